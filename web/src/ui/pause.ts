import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import type { RecordingView } from '../wire/view';
import { base, controls } from './base';
import { clock } from './format';
import { icon } from './icons';
import { Ticker } from './ticker';

/**
 * Halts the recording while card details are read out, by a button or the key P, and reminds of it.
 * Only the expert has it. It never goes on by itself.
 *
 * @fires pause - the recording is to halt
 * @fires resume - the recording is to go on
 */
@customElement('parley-pause')
export class Pause extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .pause {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: var(--gap-2) var(--gap-3);
      }
      .remind {
        color: var(--on-warn-soft);
        background: var(--warn-soft);
        border-radius: var(--round-small);
        padding: var(--gap-1) var(--gap-3);
        font-weight: 600;
      }
      kbd {
        padding: 0 0.4em;
        border: 1px solid currentColor;
        border-radius: 0.3em;
        font: inherit;
        font-size: var(--size-small);
      }
    `,
  ];

  @property({ attribute: false }) recording!: RecordingView;
  /** Server time minus this machine's, in milliseconds. */
  @property({ type: Number }) skew = 0;
  /** The key P does nothing while something else is asked. */
  @property({ type: Boolean }) quiet = false;
  readonly #msg = new Msg(this);
  #scope = new Scope();

  constructor() {
    super();
    new Ticker(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
    this.#scope.listen(window, 'keydown', (event: KeyboardEvent) => this.#key(event));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  override render(): TemplateResult | typeof nothing {
    const { paused, state } = this.recording;
    const { t } = this.#msg;
    if (!paused && state !== 'recording' && state !== 'problem') return nothing;
    return html`<div class="pause">
      <button class="button" data-leaves data-testid="pause" aria-pressed=${paused ? 'true' : 'false'} aria-keyshortcuts="P" @click=${() => this.#toggle()}>
        ${paused ? icon.lightOn : icon.pause} ${t(paused ? 'pause.resume' : 'pause.start')} <kbd aria-hidden="true">P</kbd>
      </button>
      ${paused && !this.#due ? html`<span class="small soft figures" role="timer">${t('pause.reminderIn', { time: clock(this.#left) })}</span>` : nothing}
      <span role="status">${paused && this.#due ? html`<span class="remind" data-testid="pause-reminder">${t('pause.still')}</span>` : nothing}</span>
    </div>`;
  }

  get #left(): number {
    const { remind_at } = this.recording;
    return remind_at === null ? 0 : Date.parse(remind_at) - Date.now() - this.skew;
  }

  get #due(): boolean {
    return this.#left <= 0;
  }

  #key(event: KeyboardEvent): void {
    const typing = event.composedPath()[0] instanceof HTMLElement && (event.composedPath()[0] as HTMLElement).matches('input, textarea, select, [contenteditable]');
    if (event.key.toLowerCase() !== 'p' || event.repeat || event.ctrlKey || event.metaKey || event.altKey || typing || this.quiet) return;
    event.preventDefault();
    this.#toggle();
  }

  #toggle(): void {
    this.dispatchEvent(new Event(this.recording.paused ? 'resume' : 'pause'));
  }
}
