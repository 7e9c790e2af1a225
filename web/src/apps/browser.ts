import { createClient, type CallController } from '@parley/client';

/** What the page stands on. */
export interface Surroundings {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Makes the controller of a signed-in person's session. */
  readonly controller: (token: string) => CallController;
}

export const browserSurroundings: Surroundings = {
  fetch: (path, init) => fetch(path, init),
  controller: (token) => createClient({ server: location.origin, token: () => token }).calls,
};
