import { Scope, type Listenable } from '../lib/scope';

/** The part of a `Notification` that is used. */
export interface NotificationLike extends Listenable {
  close(): void;
}

/** What the notifier needs of the browser. */
export interface NotifierConfig {
  /** `denied` also where there is no such thing. */
  readonly permission: () => NotificationPermission;
  readonly ask: () => Promise<unknown>;
  /** May throw: some browsers on phones know notifications and show none. */
  readonly show: (title: string, options: NotificationOptions) => NotificationLike;
  /** Whether nobody sees this tab now. */
  readonly hidden: () => boolean;
  /** Brings the tab to the front. */
  readonly focus: () => void;
}

/** Something to tell: a call that rings, an expert who is free. */
export interface News {
  /** The call or the person it is about. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/** Tells outside of the page, when the person allowed it and does not see the page. */
export class Notifier {
  readonly #config: NotifierConfig;
  #about = '';
  #scope = new Scope();

  constructor(config: NotifierConfig) {
    this.#config = config;
  }

  /** Asks once whether it may; browsers want a gesture for it. */
  prime(): void {
    if (this.#config.permission() === 'default') void this.#config.ask().catch(() => undefined);
  }

  /** Shows something, or takes it away; saying the same again changes nothing. All tabs together show one. */
  show(news: News | null): void {
    if ((news?.id ?? '') === this.#about) return;
    this.close();
    this.#about = news?.id ?? '';
    if (news === null || this.#config.permission() !== 'granted' || !this.#config.hidden()) return;
    try {
      const shown = this.#config.show(news.title, { body: news.body, tag: `parley-${news.id}`, requireInteraction: true });
      this.#scope = new Scope();
      this.#scope.defer(() => shown.close());
      this.#scope.listen(shown, 'click', () => {
        this.#config.focus();
        this.close();
      });
    } catch {
      // The tab still rings, by its sound and its title.
    }
  }

  /** Takes the notification away. */
  close(): void {
    this.#scope.close();
  }
}

/** A notifier on the browser's own notifications. */
export function browserNotifier(): Notifier {
  const known = 'Notification' in globalThis;
  return new Notifier({
    permission: () => (known ? Notification.permission : 'denied'),
    ask: () => Notification.requestPermission(),
    show: (title, options) => new Notification(title, options),
    hidden: () => document.hidden,
    focus: () => window.focus(),
  });
}
