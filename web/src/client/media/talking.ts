/** How long a voice was heard, and how long it has been still since; milliseconds. */
export interface Talking {
  readonly heardMs: number;
  readonly stillMs: number;
  readonly talks: boolean;
}

export const NOT_TALKING: Talking = { heardMs: 0, stillMs: 0, talks: false };

/** As loud as somebody who talks at a microphone; levels are those of a meter, 0 to 1. */
const VOICE = 0.45;
/** A knock is shorter than this. */
const BEGINS_MS = 300;
/** The gaps between words and sentences are shorter than this. */
const ENDS_MS = 3_000;

/** Follows whether somebody talks, by the level of the last `ms` milliseconds. */
export function hear({ heardMs, stillMs, talks }: Talking, level: number, ms: number): Talking {
  const loud = level > VOICE;
  const heard = loud ? heardMs + ms : Math.max(0, heardMs - ms / 2);
  const still = loud ? 0 : stillMs + ms;
  if (talks && still >= ENDS_MS) return NOT_TALKING;
  return { heardMs: heard, stillMs: still, talks: talks || heard >= BEGINS_MS };
}
