const FIRST_MS = 300;
const LONGEST_MS = 8_000;
/** In a call somebody waits: a server that was started again has it back within 5 s. */
const LONGEST_IN_CALL_MS = 2_000;

/**
 * How long to wait before trying the socket again, in milliseconds.
 *
 * `attempt` counts from 0 since the connection last worked; `random` is in [0, 1).
 * The wait doubles up to 8 s, or 2 s during a call, and is spread over its upper half, so that many
 * browsers do not come back in the same moment after a restart.
 */
export function reconnectDelay(attempt: number, random: number, inCall: boolean): number {
  const full = Math.min(inCall ? LONGEST_IN_CALL_MS : LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return Math.round(full / 2 + (full / 2) * random);
}
