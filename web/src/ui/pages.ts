import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Page } from '../client/api';
import { problemOf } from '../client/problem';
import type { Problem } from '../wire/server';

/** Reads the page that follows a cursor; empty is the first. */
export type Reader<T> = (after: string) => Promise<Page<T>>;

/** A list that is read page by page. An answer that a later load has overtaken is dropped. */
export class Pages<T> implements ReactiveController {
  /** Null until the first page is there. */
  list: readonly T[] | null = null;
  next = '';
  problem: Problem | null = null;
  readonly #host: ReactiveControllerHost;
  #read: Reader<T> = () => Promise.resolve({ list: [], next: '' });
  #load = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // It begins with the first load.
  }

  /** Reads from the beginning, by another reader or by the one before. */
  async reload(read: Reader<T> = this.#read): Promise<void> {
    if (read !== this.#read) this.list = null;
    this.#read = read;
    await this.#fetch('', []);
  }

  async more(): Promise<void> {
    await this.#fetch(this.next, this.list ?? []);
  }

  /** Puts what has changed in the place of what it was. */
  replace(is: (one: T) => boolean, now: T): void {
    this.list = this.list?.map((one) => (is(one) ? now : one)) ?? null;
    this.#host.requestUpdate();
  }

  async #fetch(after: string, before: readonly T[]): Promise<void> {
    const mine = ++this.#load;
    try {
      const page = await this.#read(after);
      if (mine !== this.#load) return;
      this.list = [...before, ...page.list];
      this.next = page.next;
      this.problem = null;
    } catch (error) {
      if (mine === this.#load) this.problem = problemOf(error);
    }
    this.#host.requestUpdate();
  }
}
