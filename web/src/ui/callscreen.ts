import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Api } from '../client/api';
import type { SessionState } from '../client/state';
import { tellQuality, type Quality, type ToldQuality } from '../client/media/quality';
import { visibleQuestion } from '../client/state';
import { Msg } from '../i18n/msg';
import { type CallView, type QualityView, unaccepted } from '../wire/view';
import type { Actions } from './actions';
import './avatar';
import { base, controls } from './base';
import { callStyles } from './callscreen.styles';
import './devices';
import { deepActive, focusables, nextInRing } from './focus';
import { clock } from './format';
import { icon } from './icons';
import './level';
import './light';
import './mutednote';
import './notice';
import './pause';
import './question';
import './messages';
import type { Draft } from './messages';
import type { AnswerEvent, QuestionDialog, ShownEvent } from './question';
import { saveNewestReceipt } from './save';
import { Ticker } from './ticker';
import { callStatus, faultTold, microphoneTold, qualityTold } from './words';

/** The server's word for a connection, as this side has its own. */
function measured({ word, reason }: QualityView): Quality {
  return { word: word === '' ? 'unknown' : word, reason };
}

/** A call from ringing (for the caller) to its end: the light, who, the question, the controls. */
@customElement('parley-call-screen')
export class CallScreen extends LitElement {
  static override styles = [base, controls, callStyles];

  @property({ attribute: false }) session!: SessionState;
  @property({ attribute: false }) call!: CallView;
  @property({ attribute: false }) actions!: Actions;
  @property({ attribute: false }) api!: Api;
  @query('parley-question') private readonly dialog!: QuestionDialog | null;

  readonly #msg = new Msg(this);

  constructor() {
    super();
    new Ticker(this);
  }

  override render(): TemplateResult {
    const { call, session, actions } = this;
    const asking = visibleQuestion(session) !== null || call.consent.before === 'ask';
    return html`
      <section part="screen" class="call ${asking ? 'asking' : ''}" aria-label=${this.#msg.t('call.with', { name: call.peer.name })} @keydown=${(e: KeyboardEvent) => this.#key(e)}>
        <parley-light
          exportparts="light"
          .call=${call}
          .skew=${session.clockSkewMs}
          language=${this.#language}
          @withdraw=${() => actions.withdraw()}
          @receipt=${() => void this.#receipt()}
        ></parley-light>
        ${this.#who()} ${call.here || unaccepted(call.state) ? this.#sound() : this.#elsewhere()} ${this.#question()}
        ${call.here && !unaccepted(call.state) && !asking ? html`<parley-devices .media=${session.media} .actions=${actions}></parley-devices>` : nothing}
        ${this.#messages()} ${this.#controls()}
      </section>
    `;
  }

  /** The server's words about the recording, which may come in a language that the page does not have. */
  get #language(): string {
    return this.session.language === '' ? this.#msg.language : this.session.language;
  }

  #who(): TemplateResult {
    const { call } = this;
    return html`
      <div part="peer" class="who ${call.state}">
        <div class="face"><parley-avatar .name=${call.peer.name}></parley-avatar></div>
        <div>
          <h1>${call.peer.name}</h1>
          ${call.peer.headline === '' ? nothing : html`<p class="soft">${call.peer.headline}</p>`}
          <p class="status"><span role="status">${callStatus(this.#msg.t, call, this.session.media.link, this.session.waits)}</span> <span class="figures soft ${this.session.waits ? 'again' : ''}">${this.#timer()}</span></p>
        </div>
      </div>
    `;
  }

  /** What they write to each other, once the call was accepted. */
  #messages(): TemplateResult | typeof nothing {
    const { call, session } = this;
    if (unaccepted(call.state)) return nothing;
    return html`<parley-messages
      .api=${this.api}
      call=${call.id}
      own=${session.person?.id ?? ''}
      peer=${call.peer.name}
      .messages=${session.messages}
      @write=${(event: CustomEvent<Draft>) => this.actions.write(event.detail.text, event.detail.refused)}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    ></parley-messages>`;
  }

  #timer(): string {
    const { call, session } = this;
    const now = Date.now() + session.clockSkewMs;
    if (session.waits && call.answers_by !== null) return this.#msg.t('status.again', { time: clock(Date.parse(call.answers_by) - now) });
    return clock(now - Date.parse(call.connected_at ?? call.created_at));
  }

  #sound(): TemplateResult {
    const { media } = this.session;
    const { call, actions } = this;
    return html`
      ${this.#faults()}
      ${this.#ends()} ${this.#held()}
      ${call.recording.hint === '' || faultTold(this.#msg.t, call) ? nothing : html`<p class="hint" role="status" data-testid="hint" lang=${this.#language} dir="auto">${call.recording.hint}</p>`}
      ${unaccepted(call.state) ? nothing : this.#meters()}
      ${media.hearing === 'blocked'
        ? html`<button class="button talk hear" data-testid="hear" @click=${() => void actions.hear()}>
            ${icon.speaker} ${this.#msg.t('call.hear', { name: call.peer.name })}
          </button>`
        : nothing}
    `;
  }

  /** The longest call there may be is nearly over. */
  #ends(): TemplateResult | typeof nothing {
    const { ends_at } = this.call;
    if (ends_at === null || this.call.state !== 'active') return nothing;
    const left = Math.max(0, Date.parse(ends_at) - Date.now() - this.session.clockSkewMs);
    const { t } = this.#msg;
    return html`<p class="hint" data-testid="ends-soon">
      <span role="status">${t('call.endsSoon')}</span> <span class="figures" role="timer">${t('call.endsIn', { time: clock(left) })}</span>
    </p>`;
  }

  #held(): TemplateResult | typeof nothing {
    const { hold, peer } = this.call;
    if (!hold.by_you && !hold.by_peer) return nothing;
    const { t } = this.#msg;
    const who = hold.by_you ? t('hold.yours') : t('hold.theirs', { name: peer.name });
    return html`<parley-notice data-testid="held" heading=${t('hold.title')} detail=${`${t('hold.detail')} ${who}`}></parley-notice>`;
  }

  #meters(): TemplateResult {
    const { actions, call } = this;
    const { media } = this.session;
    return html`
      <dl class="meters" part="meters">
        <dt>${this.#msg.t('call.you')}</dt>
        <dd><parley-level .source=${() => actions.level('you')} ?muted=${media.muted}></parley-level></dd>
        <dt>${call.peer.name}</dt>
        <dd><parley-level .source=${() => actions.level('peer')}></parley-level></dd>
      </dl>
      <p class="quality small soft" role="status">${qualityTold(this.#msg.t, this.#quality())}</p>
      <parley-muted-note ?muted=${media.muted} .source=${() => actions.level('you')}></parley-muted-note>
    `;
  }

  #quality(): ToldQuality {
    const { you_quality, peer_quality } = this.call.media;
    return tellQuality(this.session.media.quality, { you: measured(you_quality), peer: measured(peer_quality) });
  }

  #faults(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    const { microphone, interrupted, silent, fellBack } = this.session.media;
    if (microphone.kind === 'asking') return this.#told(t('microphone.asking'), t('microphone.askingDetail'));
    if (microphone.kind === 'fault') {
      const told = microphoneTold(t, microphone.fault);
      return this.#told(told.title, told.detail, html`<button class="button" @click=${() => void this.actions.repairSound()}>${t('action.tryAgain')}</button>`);
    }
    if (interrupted) return this.#told(t('microphone.interrupted'), t('microphone.interruptedDetail'));
    const unheard = faultTold(t, this.call);
    if (unheard) return html`<parley-notice data-testid="fault" heading=${unheard.title} detail=${unheard.detail}></parley-notice>`;
    if (silent) return this.#told(t('microphone.silent'), t('microphone.silentDetail'));
    return fellBack ? html`<p class="hint" role="status" data-testid="fell-back">${t('microphone.fellBack', { name: this.#microphoneName() })}</p>` : nothing;
  }

  #told(heading: string, detail: string, cure: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<parley-notice data-testid="microphone" heading=${heading} detail=${detail}>${cure}</parley-notice>`;
  }

  #microphoneName(): string {
    const { devices, microphoneId } = this.session.media;
    return devices.microphones.find(({ id }) => id === microphoneId)?.label ?? this.#msg.t('device.default');
  }

  #elsewhere(): TemplateResult {
    const { t } = this.#msg;
    const heading = t(this.call.role === 'expert' ? 'call.elsewhereAnswered' : 'call.elsewhere');
    return html`<parley-notice data-testid="elsewhere" heading=${heading}>
      <button class="button" data-testid="join-here" @click=${() => void this.actions.joinHere()}>${t('call.elsewhereBring')}</button>
    </parley-notice>`;
  }

  #question(): TemplateResult | typeof nothing {
    const question = visibleQuestion(this.session);
    if (!question) return html`${this.#before()} ${this.#waiting()}`;
    return html`<parley-question
      .question=${question}
      @question-shown=${(event: ShownEvent) => this.actions.shown(event.detail.hash)}
      @question-answer=${(event: AnswerEvent) => this.actions.answer(event.detail.hash, event.detail.answer)}
    ></parley-question>`;
  }

  /** What becomes of the recording made before a no: a choice, or what was decided. */
  #before(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    switch (this.call.consent.before) {
      case 'ask':
        return html`<section class="card before" role="group" aria-labelledby="before" data-testid="part-ask">
          <h2 id="before">${t('part.ask')}</h2>
          <p>${t('part.askDetail')}</p>
          <div class="answers">
            <button class="button" data-testid="part-keep" @click=${() => this.actions.choosePart(true)}>${t('part.keep')}</button>
            <button class="button" data-testid="part-erase" @click=${() => this.actions.choosePart(false)}>${t('part.erase')}</button>
          </div>
        </section>`;
      case 'kept':
        return html`<p class="small" role="status" data-testid="part-kept">${t('part.kept')}</p>`;
      case 'erased':
        return html`<p class="small" role="status" data-testid="part-erased">${t('part.erased')}</p>`;
      default:
        return nothing;
    }
  }

  #waiting(): TemplateResult | typeof nothing {
    const { consent } = this.call;
    return consent.summary === '' ? nothing : html`<p class="summary small soft" lang=${this.#language} dir="auto">${consent.summary}</p>`;
  }

  #controls(): TemplateResult {
    const { actions, call } = this;
    const { t } = this.#msg;
    if (unaccepted(call.state)) {
      return html`<div class="controls" part="controls">
        <button class="button dark" part="button cancel" data-leaves data-testid="cancel" @click=${() => actions.cancel()}>${icon.hangup} ${t('action.cancel')}</button>
      </div>`;
    }
    const { muted } = this.session.media;
    return html`<div class="controls" part="controls">
      ${call.role === 'expert' && call.state === 'active'
        ? html`<parley-pause .recording=${call.recording} .skew=${this.session.clockSkewMs} .quiet=${this.dialog !== null}
            @pause=${() => actions.pause()} @resume=${() => actions.resume()}></parley-pause>`
        : nothing}
      ${call.state === 'active'
        ? html`<button class="button" part="button hold" data-leaves data-testid="hold" aria-pressed=${call.hold.by_you ? 'true' : 'false'} @click=${() => actions.hold(!call.hold.by_you)}>
            ${call.hold.by_you ? icon.phone : icon.pause} ${t(call.hold.by_you ? 'hold.takeBack' : 'hold.put')}
          </button>`
        : nothing}
      ${call.here
        ? html`<button class="button" part="button mute" data-leaves data-testid="mute" data-muted=${muted} @click=${() => actions.setMuted(!muted)}>
            ${muted ? icon.muted : icon.microphone} ${t(muted ? 'mute.off' : 'mute.on')}
          </button>`
        : nothing}
      <button class="button dark" part="button hang-up" data-leaves data-testid="hangup" @click=${() => actions.hangup()}>${icon.hangup} ${t('action.hangUp')}</button>
    </div>`;
  }

  /** While the question is open Tab goes round through it and the controls, which always stay in reach. */
  #key(event: KeyboardEvent): void {
    if (event.key !== 'Tab' || !this.dialog) return;
    const leaving = focusables(this.renderRoot).filter((element) => element.dataset.leaves !== undefined);
    const next = nextInRing([...this.dialog.stops(), ...leaving], deepActive(), event.shiftKey);
    event.preventDefault();
    (next as HTMLElement | undefined)?.focus();
  }

  async #receipt(): Promise<void> {
    await saveNewestReceipt(this, this.api, this.call.id);
  }
}
