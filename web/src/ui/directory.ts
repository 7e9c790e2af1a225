import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Msg } from '../i18n/msg';
import type { Expert } from '../wire/server';
import './avatar';
import { base, controls } from './base';
import { choices, findable, found, languageNames, NO_SEARCH, type Search } from './find';
import { icon } from './icons';
import { availability } from './words';

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
 */
@customElement('parley-directory')
export class Directory extends LitElement {
  static override styles = [
    base,
    controls,
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
      .state {
        display: inline-flex;
        align-items: center;
        gap: var(--gap-2);
        font-weight: 600;
      }
      .dot {
        inline-size: 0.75rem;
        block-size: 0.75rem;
        border-radius: var(--round-full);
        border: 2px solid var(--line-strong);
      }
      .available .dot {
        background: var(--talk);
        border-color: var(--talk);
      }
      .busy .dot {
        background: linear-gradient(90deg, var(--line-strong) 50%, transparent 0);
      }
      .button {
        grid-column: 1 / -1;
      }
      search {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-3);
        margin-block-end: var(--gap-4);
      }
      search .text {
        flex: 3 1 16rem;
        min-inline-size: 0;
      }
      search ::placeholder {
        color: var(--ink-soft);
        opacity: 1;
      }
      search select {
        flex: 1 1 8rem;
        inline-size: 8rem;
        max-inline-size: 14rem;
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
    return html`${this.#find(experts)}
      <p class="sr" role="status" data-testid="found">${this.search === NO_SEARCH ? '' : t('directory.found', { count: fitting.length })}</p>
      ${fitting.length === 0 ? this.#nobody() : this.#list(fitting)}`;
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
    const starting = this.starting === expert.id;
    return html`<li class="card" part="card" data-testid=${`expert-${expert.id}`} data-state=${expert.state}>
      <parley-avatar .name=${expert.name} style="--avatar-size: 3.5rem"></parley-avatar>
      <div class="who">
        <h2>${expert.name}</h2>
        <p class="soft">${expert.headline}</p>
      </div>
      <div class="facts">
        <span class="state ${expert.state}"><span class="dot" aria-hidden="true"></span>${availability(t, expert.state)}</span>
        ${expert.languages.length === 0 ? nothing : html`<span class="small soft">${t('directory.speaks', { languages: expert.languages.map(this.#name).join(', ') })}</span>`}
      </div>
      <button
        class="button talk"
        part="button call"
        data-testid=${`call-${expert.id}`}
        aria-label=${t('directory.callName', { name: expert.name })}
        ?disabled=${expert.state !== 'available' || this.starting !== ''}
        @click=${() => this.dispatchEvent(new CustomEvent('call-expert', { detail: expert.id }))}
      >
        ${icon.phone} ${t(starting ? 'directory.starting' : 'directory.call')}
      </button>
    </li>`;
  }
}
