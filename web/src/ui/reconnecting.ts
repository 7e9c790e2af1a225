import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionState } from '../client/state';
import { Msg } from '../i18n/msg';
import { base } from './base';
import './notice';
import { Ticker } from './ticker';

/** A loss that lasts longer than this deserves advice. */
const LONG_MS = 10_000;

/** Whether something of a person's session is being made again. */
export function isReconnecting({ connection, media }: SessionState): boolean {
  return connection === 'reconnecting' || media.link === 'lost';
}

/** The connection to the server, or else the sound, is being made again: when the next try is, and what is tried when it takes long. */
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
    const { session } = this;
    const now = Date.now();
    const page = session.connection === 'reconnecting';
    const long = now - (page ? session.lostAtMs : session.soundLostAtMs) > LONG_MS;
    const heading = t(page ? 'page.reconnecting' : 'page.soundAgain');
    const detail = page ? t(long ? 'page.reconnectingLong' : 'page.reconnectingDetail') : t(long ? 'page.soundAgainLong' : 'page.soundAgainDetail');
    const seconds = Math.ceil(((page ? session.retryAtMs : session.soundRetryAtMs) - now) / 1000);
    const next = seconds > 0 ? t('page.nextTry', { seconds }) : t('page.trying');
    return html`<parley-notice heading=${heading} detail=${detail}>
      <span class="small figures" role="timer" data-testid="next-try">${next}</span>
    </parley-notice>`;
  }
}
