import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { browserNotifier } from '../client/notifier';
import { Ringer } from '../client/ringer';
import type { SessionState } from '../client/state';
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
import '../ui/recordings';
import { microphoneTold } from '../ui/words';
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
      .wrapping {
        padding-block-end: 0;
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
    const ringing = call?.state === 'ringing' ? call : null;
    this.#ringer.ring(ringing !== null);
    this.#notifier.show(ringing && { id: ringing.id, title: ringing.peer.name, body: this.#msg.t('incoming.title') });
  }

  override render(): TemplateResult {
    const { session, actions, api } = this;
    const { call } = session;
    switch (call?.state) {
      case undefined:
        return this.#desk();
      case 'ringing':
        return html`<div class="page"><parley-incoming .call=${call} .session=${session} .actions=${actions}></parley-incoming></div>`;
      case 'ended':
        return html`${this.session.presence?.wrap_up_until ? html`<div class="page narrow wrapping">${this.#switch()}</div>` : nothing}<parley-after-call
          own=${this.session.person?.id ?? ''}
          .call=${call}
          .api=${api}
          .ready=${session.ready.get(call.id) ?? ''}
          .fresh=${this.fresh}
          @done=${() => actions.dismissCall()}
        ></parley-after-call>`;
      default:
        return html`<parley-call-screen .call=${call} .session=${session} .actions=${actions} .api=${api}></parley-call-screen>`;
    }
  }

  #desk(): TemplateResult {
    return html`<div class="page narrow">
      <h1 class="sr">${this.#msg.t('page.desk')}</h1>
      ${this.#switch()} ${this.#microphone()}
      <parley-check ?auto=${this.session.presence?.available === false} .session=${this.session} .actions=${this.actions} .parts=${this.check}></parley-check>
      <section class="pane card" aria-labelledby="calls">
        <h2 id="calls">${this.#msg.t('page.recent')}</h2>
        <parley-recordings .api=${this.api} .fresh=${this.fresh}></parley-recordings>
      </section>
      <parley-missed .api=${this.api} fresh=${`${this.fresh} ${this.session.presence?.state ?? ''}`}></parley-missed>
      <parley-blocked .api=${this.api} fresh=${String(this.fresh)}></parley-blocked>
      <p class="small soft">${kept(this.#msg.t, this.session)}</p>
    </div>`;
  }

  #switch(): TemplateResult {
    return html`<parley-availability .presence=${this.session.presence} @availability=${(e: CustomEvent<boolean>) => this.#available(e.detail)}></parley-availability>`;
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
