/** What to undo when the server refuses something, by the mark that it was sent with. */
export class Undo {
  readonly #undo = new Map<string, () => void>();
  #marks = 0;

  /** A mark for something that is to be sent. */
  mark(undo: () => void): string {
    const ref = `r${++this.#marks}`;
    this.#undo.set(ref, undo);
    return ref;
  }

  /** Takes what a refused mark wants undone; null where it was none of these. */
  take(ref: string): (() => void) | null {
    const undo = this.#undo.get(ref) ?? null;
    this.#undo.delete(ref);
    return undo;
  }

  /** Forgets all: what was sent over a former connection is not answered any more. */
  clear(): void {
    this.#undo.clear();
  }
}
