import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Receipt } from '../wire/rest';
import { base, controls } from './base';
import { moment } from './format';
import { report } from './report';
import { saveReceipt } from './save';

/** A person's own receipts of one call: what they said when, each to download. Nothing while there is none. */
@customElement('parley-receipts')
export class Receipts extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .title {
        font-size: var(--size-small);
        font-weight: 600;
        color: var(--ink-soft);
      }
      li {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 0 var(--gap-3);
        padding-block: var(--gap-2);
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** The id of the call. */
  @property() call = '';
  @state() private list: readonly Receipt[] = [];
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('call') || changed.has('api')) void this.#load(this.call);
  }

  override render(): TemplateResult | typeof nothing {
    if (this.list.length === 0) return nothing;
    return html`<section aria-labelledby="title">
      <p class="title" id="title">${this.#msg.t('receipt.title')}</p>
      <ul>
        ${this.list.map((receipt) => this.#row(receipt))}
      </ul>
    </section>`;
  }

  #row(receipt: Receipt): TemplateResult {
    const { t, language } = this.#msg;
    const said = t(`receipt.${receipt.answer}`);
    const when = moment(receipt.at, language);
    return html`<li>
      <span>
        <span>${said}</span>
        <br /><span class="small soft">${when}</span>
      </span>
      <button
        class="link"
        data-testid="receipt"
        data-answer=${receipt.answer}
        aria-label=${t('receipt.downloadOf', { said, when })}
        @click=${() => void saveReceipt(this, this.api, receipt)}
      >
        ${t('receipt.download')}
      </button>
    </li>`;
  }

  /** An answer for a call that is shown no longer is dropped. */
  async #load(call: string): Promise<void> {
    this.list = [];
    if (call === '') return;
    try {
      const list = await this.api.receipts(call);
      if (call === this.call) this.list = list;
    } catch (error) {
      report(this, error);
    }
  }
}
