import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Expert } from '../wire/server';
import './avatar';
import { base, controls } from './base';
import { callButton, callButtonStyles, ratingTold, stateTold } from './callbutton';
import { languageNames } from './find';
import { icon } from './icons';
import { report } from './report';

/**
 * One expert as the platform tells of them, and the way to call them.
 *
 * @fires call-expert - CustomEvent with the expert's id
 * @fires await-expert - the member wants to be told when they are free, or no longer
 */
@customElement('parley-expert-page')
export class ExpertPage extends LitElement {
  static override styles = [
    base,
    controls,
    callButtonStyles,
    css`
      :host,
      article,
      .facts {
        display: grid;
        gap: var(--gap-5);
      }
      .who {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-4);
      }
      .who > div {
        flex: 1 1 14rem;
        min-inline-size: 0;
      }
      article {
        padding: var(--gap-5);
      }
      .facts {
        gap: var(--gap-3);
      }
      .back {
        display: inline-flex;
        align-items: center;
        min-block-size: 2.75rem;
        inline-size: fit-content;
        color: var(--talk);
        font-weight: 600;
      }
      .recording {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--gap-2) var(--gap-3);
        padding-block-start: var(--gap-4);
        border-block-start: 1px solid var(--line);
      }
      .recording svg {
        margin-block-start: 0.15em;
      }
    `,
  ];

  /** Null where nobody has the id of the address. */
  @property({ attribute: false }) expert: Expert | null = null;
  @property({ attribute: false }) api!: Api;
  /** The expert whose call is being started. */
  @property() starting = '';
  /** The member waits for this one. */
  @property({ type: Boolean }) awaited = false;
  /** How long recordings are kept, in words. */
  @property() kept = '';
  @state() private blocked: boolean | null = null;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('expert') && changed.get('expert')?.id !== this.expert?.id) void this.#load();
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<a class="back" href="#/" data-testid="back">${t('expert.back')}</a>
      ${this.expert === null ? html`<h1 data-testid="no-expert">${t('expert.gone')}</h1>` : this.#profile(this.expert)}`;
  }

  #profile(expert: Expert): TemplateResult {
    const { t, language } = this.#msg;
    return html`<article class="card" data-testid="expert-page" data-state=${expert.state}>
      <div class="who">
        <parley-avatar .name=${expert.name} style="--avatar-size: 5rem"></parley-avatar>
        <div>
          <h1 dir="auto">${expert.name}</h1>
          <p class="soft" dir="auto">${expert.headline}</p>
        </div>
      </div>
      <div class="facts">
        <div role="status">${stateTold(t, expert.state)}</div>
        <div>${ratingTold(this.#msg, expert)}</div>
        ${expert.languages.length === 0 ? nothing : html`<p>${t('directory.speaks', { languages: expert.languages.map(languageNames(language)).join(', ') })}</p>`}
      </div>
      ${callButton(this, t, expert, { starting: this.starting, awaited: this.awaited, waits: true })}
      <div class="recording">
        ${icon.lightOff}
        <div>
          <p>${t('page.expertsDetail')}</p>
          <p class="small soft">${this.kept}</p>
        </div>
      </div>
      ${this.blocked === null ? nothing : this.#block(expert, this.blocked)}
    </article>`;
  }

  #block(expert: Expert, blocked: boolean): TemplateResult {
    const { t } = this.#msg;
    return html`<div>
      <button class="link" data-testid="block" @click=${() => void this.#setBlocked(expert.id, !blocked)}>
        ${t(blocked ? 'block.undo' : 'block.do', { name: expert.name })}
      </button>
      <p class="small soft" role="status">${t(blocked ? 'block.done' : 'block.detail')}</p>
    </div>`;
  }

  async #setBlocked(id: string, blocked: boolean): Promise<void> {
    try {
      await (blocked ? this.api.block(id) : this.api.unblock(id));
      if (id === this.expert?.id) this.blocked = blocked;
    } catch (error) {
      report(this, error);
    }
  }

  async #load(): Promise<void> {
    this.blocked = null;
    const id = this.expert?.id;
    if (id === undefined) return;
    try {
      const blocked = (await this.api.blocked()).some(({ person }) => person === id);
      if (id === this.expert?.id) this.blocked = blocked;
    } catch (error) {
      report(this, error);
    }
  }
}
