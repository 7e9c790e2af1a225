import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Access } from '../wire/rest';
import { base } from './base';
import { moment } from './format';
import { reasonTold } from './player/reason';
import { listenerTold } from './words';

/** Who listened to a recording, for the two people who spoke: role and reason, never a name. Their own plays are left out. */
@customElement('parley-accesses')
export class Accesses extends LitElement {
  static override styles = [
    base,
    css`
      .title {
        font-size: var(--size-small);
        font-weight: 600;
        color: var(--ink-soft);
      }
      li {
        padding-block: var(--gap-2);
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** The id of the recording. */
  @property() recording = '';
  @state() private list: readonly Access[] | null = null;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('recording') || changed.has('api')) void this.#load(this.recording);
  }

  override render(): TemplateResult | typeof nothing {
    if (this.list === null) return nothing;
    const { t, language } = this.#msg;
    const others = this.list.filter((access) => !access.you);
    return html`<section aria-label=${t('listener.title')} data-testid="accesses">
      <p class="title">${t('listener.title')}</p>
      ${others.length === 0
        ? html`<p class="small soft">${t('listener.nobody')}</p>`
        : html`<ul>
            ${others.map((access) => html`<li>
              <span>${listenerTold(t, access.role)}</span>
              <span class="small soft">${[reasonTold(t, access.reason), moment(access.at, language)].filter((text) => text !== '').join(' · ')}</span>
            </li>`)}
          </ul>`}
    </section>`;
  }

  async #load(recording: string): Promise<void> {
    try {
      const list = await this.api.accesses(recording);
      if (recording === this.recording) this.list = list;
    } catch {
      this.list = null; // the player says what is wrong
    }
  }
}
