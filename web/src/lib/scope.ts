/** What a Scope can listen to: anything with the two DOM methods. */
export interface Listenable {
  addEventListener(type: string, handler: (event: Event) => void): void;
  removeEventListener(type: string, handler: (event: Event) => void): void;
}

/**
 * Owns everything that must end together: listeners, timers, tracks, child scopes.
 * `close` ends all of it in reverse order and may be called twice. What is added to
 * a closed scope ends at once, so a late answer cannot bring something back to life.
 */
export class Scope {
  readonly #endings: (() => void)[] = [];
  #closed = false;

  isClosed(): boolean {
    return this.#closed;
  }

  /** Runs `end` when the scope closes; the returned function runs it earlier, once. */
  defer(end: () => void): () => void {
    if (this.#closed) {
      end();
      return () => undefined;
    }
    this.#endings.push(end);
    return () => {
      const at = this.#endings.indexOf(end);
      if (at < 0) return;
      this.#endings.splice(at, 1);
      end();
    };
  }

  /** Listens to a DOM-like target. */
  listen(target: Listenable, type: string, handler: (event: never) => void): () => void {
    const typed = handler as (event: Event) => void;
    target.addEventListener(type, typed);
    return this.defer(() => {
      target.removeEventListener(type, typed);
    });
  }

  /** Calls `run` once after `ms` milliseconds. */
  timeout(ms: number, run: () => void): () => void {
    const timer = setTimeout(() => {
      cancel();
      run();
    }, ms);
    const cancel = this.defer(() => {
      clearTimeout(timer);
    });
    return cancel;
  }

  /** Calls `run` every `ms` milliseconds. */
  interval(ms: number, run: () => void): () => void {
    const timer = setInterval(run, ms);
    return this.defer(() => {
      clearInterval(timer);
    });
  }

  /** Calls `run` before each painted frame. */
  frames(run: () => void): () => void {
    let handle = 0;
    const step = (): void => {
      run();
      handle = requestAnimationFrame(step);
    };
    handle = requestAnimationFrame(step);
    return this.defer(() => {
      cancelAnimationFrame(handle);
    });
  }

  /** A scope that closes with this one, or earlier by itself. */
  child(): Scope {
    const child = new Scope();
    const detach = this.defer(() => {
      child.close();
    });
    child.defer(detach);
    return child;
  }

  close(): void {
    this.#closed = true;
    for (let end = this.#endings.pop(); end; end = this.#endings.pop()) end();
  }
}
