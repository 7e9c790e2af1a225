import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../../i18n/msg';
import type { WrittenBeside } from '../../wire/written';
import { base, controls } from '../base';
import { clock } from '../format';

/**
 * What the two wrote to each other while they spoke; nothing where they wrote nothing.
 *
 * @fires seek - `detail` is the place at which one was written, in seconds
 */
@customElement('parley-written')
export class WrittenList extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      ul {
        display: grid;
        gap: var(--gap-2);
        max-block-size: 14rem;
        overflow-y: auto;
        padding-block-start: var(--gap-2);
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--gap-3);
        align-items: center;
      }
      .text {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      h3 {
        font-size: inherit;
      }
    `,
  ];

  @property({ attribute: false }) messages: readonly WrittenBeside[] = [];
  readonly #msg = new Msg(this);

  override render(): TemplateResult | typeof nothing {
    if (this.messages.length === 0) return nothing;
    const { t } = this.#msg;
    return html`<section class="small" aria-labelledby="title" data-testid="written">
      <h3 id="title">${t('messages.title')}</h3>
      <ul>
        ${this.messages.map((one) => this.#row(one))}
      </ul>
    </section>`;
  }

  #row({ side, at_ms, text }: WrittenBeside): TemplateResult {
    const { t } = this.#msg;
    const at = Math.max(0, at_ms);
    return html`<li>
      <button class="button figures" dir="ltr" aria-label=${t('moment.play', { time: clock(at) })} @click=${() => this.dispatchEvent(new CustomEvent<number>('seek', { detail: at / 1000 }))}>
        ${clock(at)}
      </button>
      <span><span class="soft">${t(`player.${side}`)}:</span> <span class="text" dir="auto">${text}</span></span>
    </li>`;
  }
}
