import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Api } from '../../client/api';
import { createChannelSwitch } from '../../client/channelswitch';
import { Playback, playable, RATES, type Channel, type PlaybackState } from '../../client/playback';
import { Msg } from '../../i18n/msg';
import { keep } from '../../lib/keep';
import { Scope } from '../../lib/scope';
import type { Peaks, Play, Recording } from '../../wire/rest';
import type { Problem } from '../../wire/server';
import type { WrittenBeside } from '../../wire/written';
import { base, controls } from '../base';
import { clock, spoken } from '../format';
import { icon } from '../icons';
import '../notice';
import { notesTold } from '../notes';
import { pageProblemTold } from '../pageproblems';
import { playerCommand, typesInto } from './keys';
import { playerStyles } from './player.styles';
import { report } from '../report';
import './waveform';
import './written';
import { NO_REASON, reasonText, reasonTold, REASONS, rememberedReason, rememberReason, type Reason } from './reason';

const CHANNELS: readonly Channel[] = ['member', 'both', 'expert'];

/**
 * Plays one recording; for another one put in another player. With `review` it asks for the reason
 * before the first sound, lets one voice be heard alone, and takes its keys from the whole page.
 */
@customElement('parley-player')
export class Player extends LitElement {
  static override styles = [base, controls, playerStyles];

  @property({ attribute: false }) recording!: Recording;
  @property({ attribute: false }) api!: Api;
  @property({ type: Boolean }) review = false;
  @state() private playback: PlaybackState | null = null;
  @state() private reason: Reason = NO_REASON;
  @state() private reasonMissing = false;
  @state() private play: Play | null = null;
  @state() private peaks: Peaks | null = null;
  @state() private written: readonly WrittenBeside[] = [];
  @query('audio') private readonly audio!: HTMLAudioElement;
  @query('[data-testid="reason"]') private readonly reasonField!: HTMLSelectElement | null;
  readonly #msg = new Msg(this);
  readonly #storage = keep(() => sessionStorage);
  #engine: Playback | null = null;
  #scope = new Scope();

  /** The place that is heard, in seconds. */
  get position(): number {
    return this.#engine?.state.position ?? 0;
  }

  pause(): void {
    this.#engine?.pause();
  }

  /** Goes to a place, in seconds. */
  seek(seconds: number): void {
    this.#engine?.seek(seconds);
  }

  protected override firstUpdated(): void {
    if (this.review) this.reason = rememberedReason(this.#storage);
    const engine = new Playback({
      audio: this.audio,
      open: async () => {
        const play = await this.api.play(this.recording.id, this.review ? reasonText(this.reason) : '');
        void this.#draw(play);
        void this.#read(play);
        return playable(play, (type) => this.audio.canPlayType(type));
      },
      createSwitch: this.review ? (gainsDb) => createChannelSwitch(this.audio, gainsDb) : null,
      duration: this.recording.length_ms / 1000,
    });
    this.#engine = engine;
    this.playback = engine.state;
    this.#scope.defer(() => engine.close());
    this.#scope.defer(engine.on('change', (now) => (this.playback = now)));
    this.#scope.listen(this.review ? window : this, 'keydown', (event: KeyboardEvent) => this.#key(event));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  override render(): TemplateResult {
    const now = this.playback;
    const duration = this.recording.length_ms / 1000;
    return html`
      <div
        class="player"
        role="group"
        aria-label=${this.#msg.t('player.title')}
        data-testid="player"
        data-position=${(now?.position ?? 0).toFixed(2)}
        data-duration=${duration.toFixed(2)}
        data-playing=${now?.playing ?? false}
      >
        <audio preload="none"></audio>
        ${this.review ? this.#reason() : nothing} ${this.#marks()} ${this.#waveform(now?.position ?? 0, duration)}
        ${this.#timeline(now?.position ?? 0, duration)}
        ${this.#transport(now)}
        ${now?.problem ? this.#trouble(now.problem) : nothing}
        ${this.review ? this.#voices(now?.channel ?? 'both') : nothing}
        <parley-written .messages=${this.written} @seek=${(e: CustomEvent<number>) => this.seek(e.detail)}></parley-written>
      </div>
    `;
  }

  #trouble(problem: Problem): TemplateResult {
    const told = pageProblemTold(this.#msg.t, problem);
    return html`<parley-notice heading=${told.title} detail=${told.detail}></parley-notice>`;
  }

  #reason(): TemplateResult {
    const { t } = this.#msg;
    const given = reasonTold(t, reasonText(this.reason));
    if (this.playback && this.playback.phase !== 'closed') {
      return html`<p class="given">${icon.ear} <span><span class="soft">${t('player.listeningFor')}:</span> <span dir="auto">${given}</span></span></p>`;
    }
    return html`
      <fieldset class="reason">
        <legend>${t('player.why')}</legend>
        <select
          class="field"
          data-testid="reason"
          aria-label=${t('player.reason')}
          aria-invalid=${this.reasonMissing ? 'true' : 'false'}
          aria-describedby="reason-help"
          @change=${(e: Event) => this.#setReason({ kind: (e.target as HTMLSelectElement).value })}
        >
          <option value="" ?selected=${this.reason.kind === ''}>${t('player.reasonChoose')}</option>
          ${REASONS.map(([name, key]) => html`<option value=${name} ?selected=${this.reason.kind === name}>${t(key)}</option>`)}
        </select>
        <input
          class="field"
          data-testid="reason-note"
          aria-label=${t('player.note')}
          placeholder=${t(this.reason.kind === 'Other' ? 'player.noteOther' : 'player.noteExample')}
          maxlength="200"
          .value=${this.reason.note}
          @input=${(e: Event) => this.#setReason({ note: (e.target as HTMLInputElement).value })}
        />
        <p id="reason-help" class="small ${this.reasonMissing ? 'missing' : 'soft'}" role="status">
          ${t(this.reasonMissing ? 'player.reasonMissing' : 'player.reasonKept')}
        </p>
      </fieldset>
    `;
  }

  #marks(): TemplateResult {
    return html`${this.#mark()} ${this.recording.remarks.map((remark) => html`<p class="small soft" data-testid="remark">${notesTold(this.#msg.t, [remark])}</p>`)}`;
  }

  #mark(): TemplateResult | typeof nothing {
    const { state, clean, notes, erased } = this.recording;
    const { t } = this.#msg;
    if (state === 'damaged') {
      return html`<parley-notice data-testid="damaged" heading=${t('player.damaged')} detail=${`${t('player.damagedDetail')} ${notesTold(t, notes)}`}></parley-notice>`;
    }
    if (erased.length > 0) {
      return html`<parley-notice data-testid="erased" heading=${t('player.erased')} detail=${t(erased[0] === 'member' ? 'player.erasedMember' : 'player.erasedExpert')}></parley-notice>`;
    }
    if (clean) return nothing;
    return html`<parley-notice data-testid="unclean" heading=${t('player.unclean')} detail=${notes.length > 0 ? notesTold(t, notes) : t('player.uncleanDetail')}></parley-notice>`;
  }

  /** The waveform is a convenience: without it the recording plays as well. */
  async #draw(play: Play): Promise<void> {
    this.play = play;
    try {
      this.peaks = await this.api.peaks(play);
    } catch {
      this.peaks = null;
    }
  }

  async #read(play: Play): Promise<void> {
    try {
      this.written = await this.api.written(play);
    } catch (error) {
      report(this, error);
    }
  }

  #waveform(position: number, duration: number): TemplateResult | typeof nothing {
    if (!this.play || !this.peaks) return nothing;
    return html`<parley-waveform
      .peaks=${this.peaks}
      .spans=${this.play.spans}
      .events=${this.play.events}
      .duration=${duration}
      .position=${position}
      @seek=${(e: CustomEvent<number>) => this.#engine?.seek(e.detail)}
    ></parley-waveform>`;
  }

  #timeline(position: number, duration: number): TemplateResult {
    const { t, language } = this.#msg;
    const share = duration > 0 ? (position / duration) * 100 : 0;
    return html`
      <div class="timeline" dir="ltr">
        <span class="figures small" aria-hidden="true">${clock(position * 1000)}</span>
        <input
          type="range"
          data-testid="seek"
          aria-label=${t('player.place')}
          aria-valuetext=${t('player.placeOf', { position: spoken(position * 1000, language), length: spoken(duration * 1000, language) })}
          min="0"
          max=${duration}
          step="0.01"
          style="--share: ${share}%"
          .value=${String(position)}
          @input=${(e: Event) => this.#engine?.seek(Number((e.target as HTMLInputElement).value))}
        />
        <span class="figures small" aria-hidden="true">${clock(duration * 1000)}</span>
      </div>
    `;
  }

  #transport(now: PlaybackState | null): TemplateResult {
    const { t } = this.#msg;
    const playing = now?.playing ?? false;
    const loading = now?.phase === 'opening' || (now?.buffering ?? false);
    return html`
      <div class="transport">
        <span class="loading small soft" role="status">${loading ? t('directory.loading') : ''}</span>
        <div class="keys" dir="ltr">
          <button class="round" aria-label=${t('player.back')} title=${`${t('player.back')} (←)`} @click=${() => this.#engine?.skip(-5)}>
            ${icon.back}<span aria-hidden="true">5</span>
          </button>
          <button class="round main" data-testid="play" aria-label=${t(playing ? 'player.pause' : 'player.play')} title=${`${t(playing ? 'player.pause' : 'player.play')} (K)`} @click=${() => this.#toggle()}>
            ${playing ? icon.pause : icon.play}
          </button>
          <button class="round" aria-label=${t('player.forward')} title=${`${t('player.forward')} (→)`} @click=${() => this.#engine?.skip(5)}>
            <span aria-hidden="true">5</span>${icon.forward}
          </button>
        </div>
        <label class="rate small">
          <span class="soft" aria-hidden="true">${t('player.speed')}</span>
          <select class="field" aria-label=${t('player.speed')} data-testid="rate" @change=${(e: Event) => this.#engine?.setRate(Number((e.target as HTMLSelectElement).value))}>
            ${RATES.map((rate) => html`<option value=${rate} .selected=${(now?.rate ?? 1) === rate}>${speed(rate, this.#msg.language)}</option>`)}
          </select>
        </label>
      </div>
    `;
  }

  #voices(channel: Channel): TemplateResult {
    const { t } = this.#msg;
    return html`
      <div class="voices">
        <div class="solo" role="group" aria-label=${t('player.voices')}>
          ${CHANNELS.map(
            (name) =>
              html`<button aria-pressed=${channel === name ? 'true' : 'false'} data-testid=${`channel-${name}`} @click=${() => this.#engine?.setChannel(name)}>
                ${t(`player.${name}`)}
              </button>`,
          )}
        </div>
        <p class="small soft">${t('player.sides')}</p>
      </div>
    `;
  }

  #setReason(change: Partial<Reason>): void {
    this.reason = { ...this.reason, ...change };
    this.reasonMissing = false;
    rememberReason(this.#storage, this.reason);
  }

  #toggle(): void {
    const missing = this.review && this.playback?.phase === 'closed' && reasonText(this.reason) === '';
    this.reasonMissing = missing;
    if (missing) this.reasonField?.focus();
    else void this.#engine?.toggle();
  }

  #key(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    const command = playerCommand(event);
    if (!this.#engine || !command || typesInto(target)) return;
    const toggles = event.key === ' ' || event.key.toLowerCase() === 'k';
    // The space bar on a button presses that button.
    if (event.key === ' ' && target instanceof HTMLElement && target.matches('button, summary, a[href]')) return;
    event.preventDefault();
    if (toggles) this.#toggle();
    else command(this.#engine, this.peaks);
  }
}

/** A speed as one reads it: 1.5×. */
function speed(rate: number, language: string): string {
  return `${new Intl.NumberFormat(language).format(rate)}×`;
}
