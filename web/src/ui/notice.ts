import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import { base, controls } from './base';
import { icon } from './icons';

/**
 * One thing that needs attention, with what to do about it: a button in the slot, the closing of it, or both.
 *
 * @fires dismiss - when it may be closed
 */
@customElement('parley-notice')
export class Notice extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .notice {
        display: grid;
        grid-template-columns: auto 1fr auto auto;
        align-items: center;
        gap: var(--gap-3);
        padding: var(--gap-3) var(--gap-4);
        border-radius: var(--round-small);
        background: var(--warn-soft);
        color: var(--on-warn-soft);
        text-align: start;
      }
      .words {
        min-inline-size: 0;
      }
      @media (max-width: 30rem) {
        .notice {
          grid-template-columns: auto 1fr auto;
        }
        ::slotted(*) {
          grid-column: 2 / -1;
          justify-self: start;
        }
        .close {
          grid-area: 1 / 3;
        }
      }
      .good {
        background: var(--talk-soft);
        color: var(--on-talk-soft);
      }
      .good svg {
        color: inherit;
      }
      strong {
        font-weight: 650;
      }
      svg {
        color: var(--warn);
      }
      .close {
        display: grid;
        place-items: center;
        inline-size: 2.5rem;
        block-size: 2.5rem;
        border: 0;
        border-radius: var(--round-full);
        background: none;
        color: inherit;
        cursor: pointer;
      }
    `,
  ];

  @property({ attribute: 'heading' }) heading = '';
  @property() detail = '';
  @property({ type: Boolean }) closable = false;
  /** What was hoped for, or what needs attention. */
  @property() tone: 'warn' | 'good' = 'warn';
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    return html`
      <div class="notice ${this.tone}" role="status">
        ${this.tone === 'good' ? icon.check : icon.warning}
        <div class="words"><strong>${this.heading}</strong> ${this.detail === '' ? nothing : html`<p>${this.detail}</p>`}</div>
        <slot></slot>
        ${this.closable
          ? html`<button class="close" aria-label=${this.#msg.t('action.close')} @click=${() => this.dispatchEvent(new Event('dismiss'))}>
              ${icon.close}
            </button>`
          : nothing}
      </div>
    `;
  }
}
