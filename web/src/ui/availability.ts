import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import type { Presence } from '../wire/server';
import { base, controls } from './base';

/**
 * The expert's one large switch.
 *
 * @fires availability - CustomEvent with the wanted state, true for available
 */
@customElement('parley-availability')
export class Availability extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      button {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: var(--gap-4);
        inline-size: 100%;
        padding: var(--gap-5);
        text-align: start;
        cursor: pointer;
        transition: background-color var(--quick);
      }
      .wait {
        display: grid;
        align-items: center;
        min-block-size: 6.75rem;
        padding: var(--gap-5);
      }
      button[aria-checked='true'] {
        background: var(--talk-soft);
        border-color: var(--talk);
        color: var(--on-talk-soft);
      }
      button[aria-checked='true'] .soft {
        color: inherit;
      }
      strong {
        display: block;
        font-size: var(--size-2);
        font-weight: 680;
        letter-spacing: -0.018em;
        line-height: 1.2;
        margin-block-end: var(--gap-1);
      }
      .switch {
        inline-size: 4.25rem;
        block-size: 2.5rem;
        padding: 0.25rem;
        border-radius: var(--round-full);
        background: var(--line-strong);
        transition: background-color var(--quick);
      }
      .knob {
        inline-size: 2rem;
        block-size: 2rem;
        border-radius: var(--round-full);
        background: var(--card);
        transition: margin-inline-start var(--quick);
      }
      [aria-checked='true'] .switch {
        background: var(--talk);
      }
      [aria-checked='true'] .knob {
        margin-inline-start: 1.75rem;
      }
    `,
  ];

  @property({ attribute: false }) presence: Presence | null = null;

  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    if (this.presence === null) return html`<div class="wait card soft" role="status">${this.#msg.t('status.connecting')}</div>`;
    const { available: on, state } = this.presence;
    const busy = state === 'busy';
    const { t } = this.#msg;
    const detail = t(!on ? 'availability.awayDetail' : busy ? 'availability.busyDetail' : 'availability.availableDetail');
    return html`
      <button
        class="card"
        role="switch"
        aria-checked=${on ? 'true' : 'false'}
        aria-label=${t('availability.switch')}
        data-testid="availability"
        data-state=${state}
        @click=${() => this.dispatchEvent(new CustomEvent('availability', { detail: !on }))}
      >
        <span>
          <strong>${t(on ? 'availability.available' : 'availability.away')}</strong>
          <span class="soft" role="status">${detail}</span>
        </span>
        <span class="switch" aria-hidden="true"><span class="knob" style="display:block"></span></span>
      </button>
    `;
  }
}
