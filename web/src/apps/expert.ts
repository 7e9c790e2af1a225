import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { browserNotifier } from '../client/notifier';
import { Ringer } from '../client/ringer';
import { rings, type SessionState } from '../client/state';
import type { Actions } from '../ui/actions';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import '../ui/aftercall';
import '../ui/people';
import '../ui/availability';
import { base, controls } from '../ui/base';
import '../ui/callscreen';
import '../ui/check';
import type { CheckParts } from '../ui/check';
import '../ui/incoming';
import '../ui/notice';
import '../ui/evaluations';
import '../ui/recordings';
import '../ui/today';
import { microphoneTold } from '../ui/words';
import type { CallView } from '../wire/view';
import { kept } from './member';
import { pageStyles } from './page.styles';

/** The expert's app: one switch, calls as they come, own calls afterwards. */
@customElement('parley-expert')
export class Expert extends LitElement {
  static override styles = [
    base,
    controls,
    pageStyles,
    css`
      .page {
        padding-block-start: var(--gap-6);
      }
      .left,
      .right {
        display: grid;
        align-content: start;
        gap: var(--gap-5);
        min-inline-size: 0;
      }
      /* Beside a call there is room for the desk on a wide screen only. */
      .calling .left,
      .over .left > :not(parley-availability) {
        display: none;
      }
      /* A call has its own margins, and the height of the window. */
      @media (max-width: 63.99rem) {
        .page.calling {
          padding: 0;
        }
      }
      @media (min-width: 64rem) {
        .page {
          grid-template-columns: 22rem minmax(0, 1fr);
          align-items: start;
          inline-size: min(100%, 80rem);
        }
        .page .left {
          display: grid;
        }
        .over .left > :not(parley-availability) {
          display: block;
        }
        .page.ringing {
          display: block;
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: SessionState;
  @property({ attribute: false }) actions!: Actions;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) check!: CheckParts;
  @property({ type: Number }) fresh = 0;
  readonly #msg = new Msg(this);
  readonly #ringer = new Ringer(() => new AudioContext());
  readonly #notifier = browserNotifier();
  #scope = new Scope();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
    // Any gesture lets this tab ring later, not only that at the switch: each tab rings.
    for (const gesture of ['pointerdown', 'keydown']) this.#scope.listen(window, gesture, () => this.#ringer.prime());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
    this.#ringer.close();
    this.#notifier.close();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('session')) return;
    const { call } = this.session;
    const ringing = rings(this.session) ? call : null;
    this.#ringer.ring(ringing !== null);
    this.#notifier.show(ringing && { id: ringing.id, title: ringing.peer.name, body: this.#msg.t('incoming.title') });
  }

  override render(): TemplateResult {
    const { session, actions } = this;
    const { call } = session;
    if (call && rings(session)) {
      return html`<div class="page ringing"><parley-incoming .call=${call} .session=${session} .actions=${actions}></parley-incoming></div>`;
    }
    const stage = call === null ? 'free' : call.state === 'ended' ? 'over' : 'calling';
    return html`<div class="page ${stage}">
      <div class="left">${this.#desk()}</div>
      <div class="right">${call ? this.#call(call) : this.#recent()}</div>
    </div>`;
  }

  /** The call under way, or what is left of the last one. */
  #call(call: CallView): TemplateResult {
    const { session, actions, api } = this;
    if (call.state === 'ringing') return html`<parley-incoming .call=${call} .session=${session} .actions=${actions}></parley-incoming>`;
    if (call.state !== 'ended') return html`<parley-call-screen .call=${call} .session=${session} .actions=${actions} .api=${api}></parley-call-screen>`;
    return html`<parley-after-call
      own=${session.person?.id ?? ''}
      .call=${call}
      .api=${api}
      .ready=${session.ready.get(call.id) ?? ''}
      .fresh=${this.fresh}
      @done=${() => actions.dismissCall()}
    ></parley-after-call>`;
  }

  #desk(): TemplateResult {
    const { session, api, fresh } = this;
    const changed = `${fresh} ${session.presence?.state ?? ''}`;
    return html`
      ${session.call ? nothing : html`<h1 class="sr">${this.#msg.t('page.desk')}</h1>`}
      ${this.#switch()} ${session.call ? nothing : this.#microphone()}
      <parley-today .api=${api} fresh=${changed}></parley-today>
      <parley-missed .api=${api} own=${session.person?.id ?? ''} fresh=${changed}></parley-missed>
      <parley-blocked .api=${api} fresh=${String(fresh)}></parley-blocked>
    `;
  }

  #recent(): TemplateResult {
    const { t } = this.#msg;
    return html`<parley-check ?auto=${this.session.presence?.available === false} .session=${this.session} .actions=${this.actions} .parts=${this.check}></parley-check>
      <section class="pane card" aria-labelledby="calls">
        <h2 id="calls">${t('page.recent')}</h2>
        <parley-recordings .api=${this.api} .fresh=${this.fresh}></parley-recordings>
      </section>
      <section class="pane card" aria-labelledby="evaluations" data-testid="evaluations">
        <h2 id="evaluations">${t('evaluation.own')}</h2>
        <parley-evaluations .api=${this.api} .fresh=${this.fresh}></parley-evaluations>
      </section>
      <p class="small soft">${kept(this.#msg, this.session)}</p>`;
  }

  #switch(): TemplateResult {
    return html`<parley-availability .presence=${this.session.presence} .skew=${this.session.clockSkewMs} @availability=${(e: CustomEvent<boolean>) => this.#available(e.detail)}></parley-availability>`;
  }

  #microphone(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    const { microphone } = this.session.media;
    if (microphone.kind !== 'fault') return nothing;
    const told = microphoneTold(t, microphone.fault);
    return html`<parley-notice data-testid="microphone" heading=${told.title} detail=${told.detail}>
      <button class="button" @click=${() => void this.actions.repairSound()}>${t('action.tryAgain')}</button>
    </parley-notice>`;
  }

  #available(available: boolean): void {
    // The click is the gesture that lets the tab ring later.
    this.#ringer.prime();
    if (available) this.#notifier.prime();
    void this.actions.setAvailable(available);
  }
}
