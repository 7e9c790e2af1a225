import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import { keep } from '../lib/keep';
import type { Blocked, Missed } from '../wire/rest';
import { base, controls } from './base';
import { moment } from './format';
import { report } from './report';

const rows = css`
  section {
    padding: var(--gap-5);
  }
  .fresh {
    padding: 0.1rem var(--gap-2);
    border-radius: var(--round-full);
    background: var(--talk-soft);
    color: var(--on-talk-soft);
    font-size: var(--size-small);
    font-weight: 600;
  }
  .seen {
    display: grid;
    justify-items: start;
    gap: var(--gap-2);
  }
  h2 {
    font-size: var(--size-1);
  }
  li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--gap-2) var(--gap-4);
    padding-block: var(--gap-3);
  }
  li + li {
    border-block-start: 1px solid var(--line);
  }
`;

/** The calls that an expert has missed, the newest first; nothing while there is none. */
@customElement('parley-missed')
export class MissedCalls extends LitElement {
  static override styles = [base, controls, rows];

  @property({ attribute: false }) api!: Api;
  /** Changes whenever something new may be there. */
  @property() fresh = '';
  /** The expert's own id. */
  @property() own = '';
  @state() private list: readonly Missed[] = [];
  /** The newest call that was seen in this browser. */
  @state() private seen = '';
  readonly #msg = new Msg(this);
  readonly #storage = keep(() => localStorage);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('own')) this.seen = this.#storage.getItem(this.#key) ?? '';
    if (changed.has('api') || changed.has('fresh')) void this.#load();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.list.length === 0) return nothing;
    const { t, language } = this.#msg;
    return html`<section class="card" aria-labelledby="title" data-testid="missed">
      <h2 id="title">${t('missed.title')}</h2>
      <ul>
        ${this.list.map((one) => html`<li><span><span dir="auto">${one.member.name}</span> ${one.call > this.seen ? html`<span class="fresh">${t('missed.fresh')}</span>` : nothing}</span><span class="small soft">${t(`missed.${one.reason}`)} · ${moment(one.at, language)}</span></li>`)}
      </ul>
      <div class="seen">
        ${this.list.some(({ call }) => call > this.seen) ? html`<button class="button" data-testid="missed-seen" @click=${() => this.#see()}>${t('missed.seen')}</button>` : nothing}
        <p class="small soft">${t('missed.tell')}</p>
      </div>
    </section>`;
  }

  get #key(): string {
    return `parley.seen.${this.own}`;
  }

  /** Ids of calls are in the order of time, so the newest stands for all before it. */
  #see(): void {
    this.seen = this.list[0]?.call ?? '';
    this.#storage.setItem(this.#key, this.seen);
  }

  async #load(): Promise<void> {
    try {
      this.list = await this.api.missed();
    } catch (error) {
      report(this, error);
    }
  }
}

/** Whom a person has blocked, each to be unblocked; nothing while there is nobody. */
@customElement('parley-blocked')
export class BlockedPeople extends LitElement {
  static override styles = [base, controls, rows];

  @property({ attribute: false }) api!: Api;
  @property() fresh = '';
  @state() private list: readonly Blocked[] = [];
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('api') || changed.has('fresh')) void this.#load();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.list.length === 0) return nothing;
    const { t, language } = this.#msg;
    return html`<section class="card" aria-labelledby="title" data-testid="blocked">
      <h2 id="title">${t('blocked.title')}</h2>
      <ul>
        ${this.list.map(
          (one) => html`<li>
            <span><span dir="auto">${nameOf(one)}</span> <span class="small soft">${moment(one.at, language)}</span></span>
            <button class="button" data-testid="unblock" aria-label=${t('block.undo', { name: nameOf(one) })} @click=${() => void this.#unblock(one.person)}>${t('blocked.undo')}</button>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  async #unblock(person: string): Promise<void> {
    try {
      await this.api.unblock(person);
      await this.#load();
    } catch (error) {
      report(this, error);
    }
  }

  async #load(): Promise<void> {
    try {
      this.list = await this.api.blocked();
    } catch (error) {
      report(this, error);
    }
  }
}

function nameOf({ name, person }: Blocked): string {
  return name === '' ? person : name;
}
