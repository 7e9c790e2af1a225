import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Msg } from '../i18n/msg';
import type { Expert } from '../wire/server';
import './avatar';
import { base, controls } from './base';
import { callButton, callButtonStyles, ratingTold, stateTold } from './callbutton';
import { choices, findable, found, languageNames, NO_SEARCH, type Search } from './find';

/** With so few experts there is nothing to look for. */
const FEW = 3;
/** So many fields can be chosen from; more are found by typing. */
const MOST_FIELDS = 60;
/** How many experts are drawn, and how many more at a time. */
const PAGE = 48;

/**
 * The experts, those who can be called first, and the search for one.
 *
 * @fires call-expert - CustomEvent with the expert's id
 * @fires await-expert - `AwaitEvent`: the member wants to be told when one is free, or no longer
 */
@customElement('parley-directory')
export class Directory extends LitElement {
  static override styles = [
    base,
    controls,
    callButtonStyles,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr));
        gap: var(--gap-4);
      }
      li {
        display: grid;
        grid-template-columns: auto 1fr;
        grid-template-rows: auto 1fr auto;
        gap: var(--gap-3) var(--gap-4);
        padding: var(--gap-5);
      }
      .who {
        align-self: center;
        min-inline-size: 0;
      }
      .facts {
        grid-column: 1 / -1;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-1) var(--gap-4);
        align-self: start;
      }
      .call {
        grid-column: 1 / -1;
      }
      h2 a {
        color: inherit;
        text-decoration: none;
      }
      h2 a:hover {
        text-decoration: underline;
      }
      search {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-3) var(--gap-2);
        margin-block-end: var(--gap-4);
      }
      search .text {
        flex: 3 1 16rem;
        min-inline-size: 0;
      }
      search select {
        flex: 1 1 auto;
        field-sizing: content; /* what is chosen is read whole; elsewhere as wide as the longest */
        min-inline-size: 8rem;
        max-inline-size: 14rem;
      }
      @media (max-width: 30rem) {
        search select {
          max-inline-size: 100%;
        }
      }
      .now {
        display: inline-flex;
        align-items: center;
        gap: var(--gap-2);
        min-block-size: 2.75rem;
        font-weight: 600;
        cursor: pointer;
      }
      .now input {
        inline-size: 1.25rem;
        block-size: 1.25rem;
        accent-color: var(--talk);
      }
      .more {
        display: grid;
        justify-items: center;
        padding-block-start: var(--gap-5);
      }
      .empty {
        display: grid;
        justify-items: center;
        gap: var(--gap-2);
        padding: var(--gap-6);
        text-align: center;
        color: var(--ink-soft);
      }
    `,
  ];

  @property({ attribute: false }) experts: readonly Expert[] | null = null;
  /** The expert whose call is being started. */
  @property() starting = '';
  /** The experts that the member waits for; null where nobody can be told. */
  @property({ attribute: false }) awaited: readonly string[] | null = null;
  /** Each expert has a page of their own. */
  @property({ type: Boolean }) pages = false;
  @state() private search: Search = NO_SEARCH;
  @state() private drawn = PAGE;
  readonly #msg = new Msg(this);
  #named = { language: '', name: languageNames('en') };

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('search')) this.drawn = PAGE;
  }

  override render(): TemplateResult {
    const { experts } = this;
    const { t } = this.#msg;
    if (experts === null) return html`<p class="empty" role="status">${t('directory.loading')}</p>`;
    if (experts.length === 0) return html`<p class="empty">${t('directory.empty')}</p>`;
    if (experts.length <= FEW) return this.#list(experts);
    const fitting = found(findable(experts, this.#name), this.search);
    return html`<div @keydown=${(event: KeyboardEvent) => this.#key(event)}>${this.#find(experts)}
      <p class="sr" role="status" data-testid="found">${this.search === NO_SEARCH ? '' : t('directory.found', { count: fitting.length })}</p>
      ${fitting.length === 0 ? this.#nobody() : this.#list(fitting)}</div>`;
  }

  #find(experts: readonly Expert[]): TemplateResult {
    const { t, language } = this.#msg;
    const { search } = this;
    const fields = choices(experts.map(({ headline }) => headline), (field) => field, language);
    const languages = choices(experts.flatMap((expert) => expert.languages), this.#name, language);
    return html`<search>
      <input class="field text" type="search" autocomplete="off" data-testid="find" aria-label=${t('directory.find')} placeholder=${t('directory.find')}
        .value=${search.text} @input=${(event: Event) => this.#look({ text: (event.target as HTMLInputElement).value })} />
      ${fields.length > 1 && fields.length <= MOST_FIELDS ? this.#choice('field', fields) : nothing}
      ${languages.length > 1 ? this.#choice('language', languages) : nothing}
      <label class="now">
        <input type="checkbox" data-testid="find-now" .checked=${search.now} @change=${(event: Event) => this.#look({ now: (event.target as HTMLInputElement).checked })} />
        ${t('directory.now')}
      </label>
    </search>`;
  }

  #choice(which: 'field' | 'language', all: ReturnType<typeof choices>): TemplateResult {
    const { t } = this.#msg;
    return html`<select class="field" data-testid=${`find-${which}`} aria-label=${t(`directory.${which}`)}
      @change=${(event: Event) => this.#look({ [which]: (event.target as HTMLSelectElement).value })}>
      <option value="" ?selected=${this.search[which] === ''}>${t(which === 'field' ? 'directory.anyField' : 'directory.anyLanguage')}</option>
      ${all.map(({ value, word }) => html`<option value=${value} ?selected=${this.search[which] === value}>${word}</option>`)}
    </select>`;
  }

  #nobody(): TemplateResult {
    const { t } = this.#msg;
    return html`<div class="empty" data-testid="nobody">
      <p>${t('directory.nobody')}</p>
      <p class="small">${t('directory.nobodyDetail')}</p>
      <button class="button" data-testid="find-clear" @click=${() => (this.search = NO_SEARCH)}>${t('directory.clear')}</button>
    </div>`;
  }

  #list(experts: readonly Expert[]): TemplateResult {
    const left = experts.length - this.drawn;
    return html`<ul>
        ${repeat(experts.slice(0, this.drawn), (expert) => expert.id, (expert) => this.#card(expert))}
      </ul>
      ${left > 0
        ? html`<div class="more"><button class="button" data-testid="more" @click=${() => (this.drawn += PAGE)}>${this.#msg.t('directory.more', { count: left })}</button></div>`
        : nothing}`;
  }

  #look(change: Partial<Search>): void {
    this.search = { ...this.search, ...change };
  }

  /** A language in the words of the page. */
  get #name(): (tag: string) => string {
    const { language } = this.#msg;
    if (this.#named.language !== language) this.#named = { language, name: languageNames(language) };
    return this.#named.name;
  }

  #card(expert: Expert): TemplateResult {
    const { t } = this.#msg;
    const { id, name, state } = expert;
    return html`<li class="card" part="card" data-testid=${`expert-${id}`} data-state=${state}>
      <parley-avatar .name=${name} style="--avatar-size: 3.5rem"></parley-avatar>
      <div class="who">
        <h2>${this.pages ? html`<a href=${expertPage(id)} data-testid=${`open-${id}`}>${name}</a>` : name}</h2>
        <p class="soft">${expert.headline}</p>
      </div>
      <div class="facts">
        ${stateTold(t, state)} ${ratingTold(this.#msg, expert)}
        ${expert.languages.length === 0 ? nothing : html`<span class="small soft">${t('directory.speaks', { languages: expert.languages.map(this.#name).join(', ') })}</span>`}
      </div>
      ${callButton(this, t, expert, { starting: this.starting, awaited: this.awaited?.includes(id) ?? false, waits: this.awaited !== null })}
    </li>`;
  }

  /** Down goes from the search into the list, and with Up from one expert to the next. */
  #key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = event.target as HTMLElement;
    if (step === undefined || from instanceof HTMLSelectElement) return;
    const cards = [...this.renderRoot.querySelectorAll('li')];
    const next = cards[cards.findIndex((card) => card.contains(from)) + step];
    const stop = next?.querySelector<HTMLElement>('a, button:enabled') ?? (step < 0 ? this.renderRoot.querySelector<HTMLElement>('search input') : null);
    if (!stop) return;
    event.preventDefault();
    stop.focus();
  }
}

/** `await-expert`: whether the member wants to be told when an expert is free. */
export type AwaitEvent = CustomEvent<{ readonly expert: string; readonly on: boolean }>;

/** The address of an expert's page. */
export function expertPage(id: string): string {
  return `#/experts/${encodeURIComponent(id)}`;
}
