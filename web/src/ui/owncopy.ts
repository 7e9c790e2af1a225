import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import { base, controls } from './base';
import { saveOwnCopy } from './save';

/** Gets a person a copy of all that is kept about them. */
@customElement('parley-own-copy')
export class OwnCopy extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      section {
        display: grid;
        gap: var(--gap-2);
        justify-items: start;
        padding: var(--gap-4);
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @state() private busy = false;
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<section aria-label=${t('copy.title')}>
      <p class="small soft">${t('copy.detail')}</p>
      <button class="button" data-testid="own-copy" ?disabled=${this.busy} aria-busy=${this.busy ? 'true' : 'false'} @click=${() => void this.#get()}>
        ${this.busy ? t('copy.busy') : t('copy.get')}
      </button>
    </section>`;
  }

  async #get(): Promise<void> {
    this.busy = true;
    await saveOwnCopy(this, this.api);
    this.busy = false;
  }
}
