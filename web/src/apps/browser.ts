import { createCheck, createClient, type CallController } from '@parley/client';
import { chime } from '../client/check/chime';
import { keep, type Keep } from '../lib/keep';
import type { CheckParts } from '../ui/check';

/** What the page stands on. */
export interface Surroundings {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Makes the controller of a signed-in person's session. */
  readonly controller: (token: string) => CallController;
  /** What the check before a call stands on in that session. */
  readonly check: (calls: CallController) => CheckParts;
}

export const browserSurroundings: Surroundings = {
  fetch: (path, init) => fetch(path, init),
  controller: (token) => createClient({ server: location.origin, token: () => token }).calls,
  check: (calls) => ({ connection: () => createCheck(calls), allowed: microphoneAllowed, chime, memory: checkMemory(keep(() => sessionStorage)) }),
};

/** Whether this page may use the microphone without being asked. */
async function microphoneAllowed(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' });
    return state === 'granted';
  } catch {
    return false; // a browser that does not tell
  }
}

const CHECKED_KEY = 'parley.checked';

/** Remembers in this tab that the check before a call passed. */
function checkMemory(storage: Keep): CheckParts['memory'] {
  return { passed: () => storage.getItem(CHECKED_KEY) !== null, pass: () => storage.setItem(CHECKED_KEY, 'yes'), begun: false };
}
