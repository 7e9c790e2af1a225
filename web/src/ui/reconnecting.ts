import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionState } from '../client/state';
import { Msg } from '../i18n/msg';
import { base } from './base';
import './notice';
import { Ticker } from './ticker';

/** A loss that lasts longer than this deserves advice. */
const LONG_MS = 10_000;

/** The connection to the server is being made again: when the next try is, and what helps when it takes long. */
@customElement('parley-reconnecting')
export class Reconnecting extends LitElement {
  static override styles = [base];

  @property({ attribute: false }) session!: SessionState;
  readonly #msg = new Msg(this);

  constructor() {
    super();
    new Ticker(this);
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    const { lostAtMs, retryAtMs } = this.session;
    const now = Date.now();
    const detail = t(now - lostAtMs > LONG_MS ? 'page.reconnectingLong' : 'page.reconnectingDetail');
    const seconds = Math.ceil((retryAtMs - now) / 1000);
    const next = seconds > 0 ? t('page.nextTry', { seconds }) : t('page.trying');
    return html`<parley-notice heading=${t('page.reconnecting')} detail=${detail}>
      <span class="small figures" role="timer" data-testid="next-try">${next}</span>
    </parley-notice>`;
  }
}
