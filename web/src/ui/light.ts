import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import type { CallView, RecordingState } from '../wire/view';
import { base, controls } from './base';
import { clock } from './format';
import { icon } from './icons';
import { lightStyles } from './light.styles';
import { Ticker } from './ticker';

const SHAPE = {
  off: icon.lightOff,
  recording: icon.lightOn,
  paused: icon.lightPaused,
  stopped: icon.lightStopped,
  problem: icon.warning,
} as const satisfies Record<RecordingState, unknown>;

/**
 * The light: says what capture really does, by text, shape and colour, and tells screen readers each
 * change. A tap opens what was agreed, the stop button and the receipt.
 *
 * @fires withdraw - the person wants the recording to stop
 * @fires receipt - the person wants their receipt
 */
@customElement('parley-light')
export class Light extends LitElement {
  static override styles = [base, controls, lightStyles];

  @property({ attribute: false }) call!: CallView;
  /** The language of the server's words about this call, a BCP 47 tag. */
  @property() language = 'en';
  /** Server time minus this machine's, in milliseconds. */
  @property({ type: Number }) skew = 0;
  @state() private open = false;
  @state() private stopping = false;
  @query('.pill') private readonly pill!: HTMLElement | null;
  readonly #msg = new Msg(this);
  #scope = new Scope();

  constructor() {
    super();
    new Ticker(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('call') && !this.#running) this.stopping = false;
  }

  override render(): TemplateResult {
    const { recording } = this.call;
    return html`
      <button
        part="light"
        class="pill ${recording.state}"
        data-testid="light"
        data-state=${recording.state}
        aria-expanded=${this.open ? 'true' : 'false'}
        aria-controls="panel"
        @click=${() => this.#toggle()}
      >
        ${SHAPE[recording.state]}
        <span lang=${this.language} dir="auto">${recording.text}</span>
        ${recording.state === 'recording' ? html`<span class="figures" role="timer">${this.#elapsed()}</span>` : nothing}
      </button>
      <span class="sr" role="status" aria-live="polite" lang=${this.language}>${recording.text}</span>
      <div id="panel" class="panel card" role="region" aria-label=${this.#msg.t('light.about')} ?hidden=${!this.open}>
        ${this.open ? this.#panel() : nothing}
      </div>
    `;
  }

  /** It runs, or is about to go on: there is something to stop. */
  get #running(): boolean {
    return this.call.recording.state === 'recording' || this.call.recording.state === 'paused';
  }

  #panel(): TemplateResult {
    const { consent } = this.call;
    const { t } = this.#msg;
    const answered = consent.answer !== 'none';
    return html`
      ${consent.summary === '' ? html`<p>${t('light.nothingAgreed')}</p>` : html`<p lang=${this.language} dir="auto">${consent.summary}</p>`}
      ${this.#who()}
      ${this.#running
        ? html`<button class="button stop" data-testid="withdraw" ?disabled=${this.stopping} @click=${() => this.#withdraw()}>
            ${icon.lightStopped} ${t(this.stopping ? 'light.stopping' : 'light.stop')}
          </button>`
        : nothing}
      ${answered
        ? html`<button class="link" data-testid="receipt" @click=${() => this.dispatchEvent(new Event('receipt'))}>
            ${t('light.receipt')}
          </button>`
        : nothing}
    `;
  }

  /** Who agreed, while it matters: never who refused. */
  #who(): TemplateResult | typeof nothing {
    const { consent, peer } = this.call;
    if (consent.peer_answer === '' || (consent.answer !== 'yes' && consent.answer !== 'continued')) return nothing;
    const { t } = this.#msg;
    const { name } = peer;
    return html`<ul class="who" data-testid="agreed">
      <li>${icon.check} ${t(consent.answer === 'yes' ? 'light.youAgreed' : 'light.youStayed')}</li>
      <li>${icon.check} ${t(consent.peer_answer === 'yes' ? 'light.peerAgreed' : 'light.peerStayed', { name })}</li>
    </ul>`;
  }

  #elapsed(): string {
    const { since } = this.call.recording;
    return since === null ? '' : clock(Date.now() + this.skew - Date.parse(since));
  }

  #withdraw(): void {
    this.stopping = true;
    this.dispatchEvent(new Event('withdraw'));
  }

  #toggle(): void {
    if (this.open) {
      this.#close();
      return;
    }
    this.open = true;
    this.#scope = new Scope();
    this.#scope.listen(window, 'pointerdown', (event: PointerEvent) => {
      if (!event.composedPath().includes(this)) this.#close();
    });
    this.#scope.listen(this, 'keydown', (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#close();
      this.pill?.focus();
    });
  }

  #close(): void {
    this.open = false;
    this.#scope.close();
  }
}
