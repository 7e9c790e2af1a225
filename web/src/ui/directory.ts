import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Msg } from '../i18n/msg';
import type { Expert } from '../wire/server';
import './avatar';
import { base, controls } from './base';
import { icon } from './icons';
import { availability } from './words';

/**
 * The experts, those who can be called first.
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
      .empty {
        padding: var(--gap-6);
        text-align: center;
        color: var(--ink-soft);
      }
    `,
  ];

  @property({ attribute: false }) experts: readonly Expert[] | null = null;
  /** The expert whose call is being started. */
  @property() starting = '';
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    if (this.experts === null) return html`<p class="empty" role="status">${this.#msg.t('directory.loading')}</p>`;
    if (this.experts.length === 0) return html`<p class="empty">${this.#msg.t('directory.empty')}</p>`;
    return html`<ul>
      ${repeat(this.experts, (expert) => expert.id, (expert) => this.#card(expert))}
    </ul>`;
  }

  #card(expert: Expert): TemplateResult {
    const { t, language } = this.#msg;
    const starting = this.starting === expert.id;
    return html`<li class="card" part="card" data-testid=${`expert-${expert.id}`} data-state=${expert.state}>
      <parley-avatar .name=${expert.name} style="--avatar-size: 3.5rem"></parley-avatar>
      <div class="who">
        <h2>${expert.name}</h2>
        <p class="soft">${expert.headline}</p>
      </div>
      <div class="facts">
        <span class="state ${expert.state}"><span class="dot" aria-hidden="true"></span>${availability(t, expert.state)}</span>
        ${expert.languages.length === 0 ? nothing : html`<span class="small soft">${t('directory.speaks', { languages: expert.languages.map((tag) => languageName(tag, language)).join(', ') })}</span>`}
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

/** A language tag as a word; what is no tag stays as it is. */
function languageName(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
