import { Scope } from '../lib/scope';
import type { SessionState } from './state';

/** Follows the time for which an expert lets a ringing call wait. `due` is told when it is over and the call rings anew. */
export class Delay {
  readonly #due: () => void;
  #by: string | null = null;
  #scope = new Scope();

  constructor(due: () => void) {
    this.#due = due;
  }

  /** The state with what is to be told of the waiting now; `nowMs` is this machine's clock. */
  follow(state: SessionState, nowMs: number): SessionState {
    const by = state.call?.answers_by ?? null;
    if (by === this.#by) return state;
    this.close();
    this.#by = by;
    const left = by === null ? 0 : Date.parse(by) - nowMs - state.clockSkewMs;
    if (left > 0) this.#scope.timeout(left, this.#due);
    return { ...state, waits: left > 0 };
  }

  close(): void {
    this.#scope.close();
    this.#scope = new Scope();
  }
}
