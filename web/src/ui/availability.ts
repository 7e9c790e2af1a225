import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import type { Presence } from '../wire/server';
import { base, controls } from './base';
import { clock } from './format';
import { Ticker } from './ticker';

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
      .wrap {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--gap-4);
        padding: var(--gap-5);
        margin-block-end: var(--gap-4);
      }
      .clock {
        font-size: var(--size-2);
        font-variant-numeric: tabular-nums;
      }
      [role='switch'] {
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
      [role='switch'][aria-checked='true'] {
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
  /** Server time minus this machine's, in milliseconds. */
  @property({ type: Number }) skew = 0;
  readonly #msg = new Msg(this);

  constructor() {
    super();
    new Ticker(this);
  }

  override render(): TemplateResult {
    if (this.presence === null) return html`<div class="wait card soft" role="status">${this.#msg.t('status.connecting')}</div>`;
    const { available: on, state } = this.presence;
    const { t } = this.#msg;
    return html`
      ${this.#wrapUp()}
      <button
        class="card"
        role="switch"
        aria-checked=${on ? 'true' : 'false'}
        aria-label=${t('availability.switch')}
        data-testid="availability"
        data-state=${state}
        @click=${() => this.#ask(!on)}
      >
        <span>
          <strong>${t(on ? 'availability.available' : 'availability.away')}</strong>
          <span class="soft" role="status">${this.#detail(this.presence)}</span>
        </span>
        <span class="switch" aria-hidden="true"><span class="knob" style="display:block"></span></span>
      </button>
    `;
  }

  /** Why it is as it is, in words. */
  #detail({ available: on, state, reason }: Presence): string {
    const { t } = this.#msg;
    if (!on) return t(reason === 'missed_calls' ? 'availability.missedDetail' : 'availability.awayDetail');
    switch (state) {
      case 'busy':
        return t('availability.busyDetail');
      case 'wrap_up':
        return t('availability.wrap_upDetail');
      default:
        return t('availability.availableDetail');
    }
  }

  /** The time after a call, and the way to end it early. */
  #wrapUp(): TemplateResult | typeof nothing {
    const until = this.presence?.wrap_up_until;
    if (until === null || until === undefined) return nothing;
    const { t } = this.#msg;
    return html`<div class="wrap card" data-testid="wrap-up">
      <span><strong>${t('availability.wrap_up')}</strong><span class="clock" role="timer">${clock(Date.parse(until) - Date.now() - this.skew)}</span></span>
      <button class="button talk" data-testid="wrap-up-end" @click=${() => this.#ask(true)}>${t('availability.ready')}</button>
    </div>`;
  }

  #ask(available: boolean): void {
    this.dispatchEvent(new CustomEvent('availability', { detail: available }));
  }
}
