import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Notifier } from '../client/notifier';
import { awaitExpert, follow, NOT_WAITING, type Waiting } from '../client/waiting';
import type { Translate } from '../i18n/catalogue';
import { keep, type Keep } from '../lib/keep';
import type { Expert } from '../wire/server';
import './notice';

const KEY = 'parley.waiting';

/**
 * Waits for experts in the name of one member: tells in the page, and outside of it where that is
 * allowed, when one is free. It lasts as long as the tab, a reload included, and ends with the sign-out.
 */
export class Waits implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #notifier: Notifier | null;
  readonly #storage: Keep;
  #waiting: Waiting = NOT_WAITING;

  constructor(host: ReactiveControllerHost, notifier: Notifier | null, storage: Keep = keep(() => sessionStorage)) {
    this.#host = host;
    this.#notifier = notifier;
    this.#storage = storage;
    host.addController(this);
  }

  hostConnected(): void {
    this.#waiting = { ...NOT_WAITING, awaited: this.#load() };
  }

  /** Its person signed out, or the page goes. */
  hostDisconnected(): void {
    this.#set(NOT_WAITING);
    this.#notifier?.close();
  }

  get awaited(): readonly string[] {
    return this.#waiting.awaited;
  }

  /** What the server says of the experts now; call it whenever that may have changed. */
  follow(experts: readonly Expert[] | null, t: Translate): void {
    if (experts === null) return;
    const before = this.#waiting;
    const now = follow(before, experts);
    if (now === before) return;
    this.#set(now);
    const newest = experts.find(({ id }) => now.told.includes(id) && !before.told.includes(id));
    if (newest) this.#notifier?.show({ id: newest.id, title: t('wait.free', { name: newest.name }), body: t('wait.freeDetail') });
  }

  /** Begins to wait for an expert, or ceases; the gesture lets the browser ask whether it may notify. */
  wait(expert: string, on: boolean): void {
    if (on) this.#notifier?.prime();
    this.#set(awaitExpert(this.#waiting, expert, on));
  }

  /** What was told, each until it is closed or its expert is called. */
  notices(experts: readonly Expert[] | null, t: Translate, call: (expert: string) => void): TemplateResult | typeof nothing {
    const told = (experts ?? []).filter(({ id }) => this.#waiting.told.includes(id));
    return told.length === 0 ? nothing : html`${told.map((expert) => this.#notice(expert, t, call))}`;
  }

  #notice(expert: Expert, t: Translate, call: (expert: string) => void): TemplateResult {
    const { id, name, state } = expert;
    const free = state === 'available';
    const done = (): void => this.wait(id, false);
    const act = (): void => {
      this.wait(id, !free);
      if (free) call(id);
    };
    return html`<parley-notice
      tone="good"
      closable
      data-testid=${`free-${id}`}
      data-state=${state}
      heading=${t(free ? 'wait.free' : 'wait.wasFree', { name })}
      @dismiss=${done}
    >
      <button class=${free ? 'button talk' : 'button'} @click=${act}>${t(free ? 'directory.call' : 'wait.again')}</button>
    </parley-notice>`;
  }

  #set(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#save(waiting.awaited);
    if (waiting.told.length === 0) this.#notifier?.show(null);
    this.#host.requestUpdate();
  }

  #load(): readonly string[] {
    try {
      const saved: unknown = JSON.parse(this.#storage.getItem(KEY) ?? '[]');
      return Array.isArray(saved) ? saved.filter((one) => typeof one === 'string') : [];
    } catch {
      return [];
    }
  }

  #save(awaited: readonly string[]): void {
    if (awaited.length === 0) this.#storage.removeItem(KEY);
    else this.#storage.setItem(KEY, JSON.stringify(awaited));
  }
}
