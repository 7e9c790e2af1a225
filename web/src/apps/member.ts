import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { browserNotifier } from '../client/notifier';
import type { SessionState } from '../client/state';
import type { Speech } from '../i18n/catalogue';
import { Msg } from '../i18n/msg';
import type { Actions } from '../ui/actions';
import '../ui/aftercall';
import { base, controls } from '../ui/base';
import '../ui/calllog';
import '../ui/callscreen';
import '../ui/check';
import type { CheckParts } from '../ui/check';
import { expertPage, type AwaitEvent } from '../ui/directory';
import '../ui/expertpage';
import { spokenDays } from '../ui/format';
import '../ui/notice';
import '../ui/people';
import '../ui/recordings';
import { Waits } from '../ui/waits';
import { microphoneTold } from '../ui/words';
import { pageStyles } from './page.styles';

/** The member's app: experts to call, the call, own calls afterwards. */
@customElement('parley-member')
export class Member extends LitElement {
  static override styles = [base, controls, pageStyles];

  @property({ attribute: false }) session!: SessionState;
  @property({ attribute: false }) actions!: Actions;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) check!: CheckParts;
  @property() route = '';
  @property({ type: Number }) fresh = 0;
  readonly #msg = new Msg(this);
  readonly #waits = new Waits(this, browserNotifier());

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('session')) this.#waits.follow(this.session.experts, this.#msg.t);
  }

  override render(): TemplateResult {
    const { session, actions, api } = this;
    const { call } = session;
    if (call?.state === 'ended') {
      return html`<parley-after-call
          own=${this.session.person?.id ?? ''}
        .call=${call}
        .api=${api}
        .ready=${session.ready.get(call.id) ?? ''}
        .fresh=${this.fresh}
        @done=${() => actions.dismissCall()}
      ></parley-after-call>`;
    }
    if (call) {
      return html`<parley-call-screen .call=${call} .session=${session} .actions=${actions} .api=${api}></parley-call-screen>`;
    }
    return this.#page();
  }

  #page(): TemplateResult {
    if (this.route === '#/calls') return this.#calls();
    return this.route.startsWith(expertPage('')) ? this.#expert() : this.#experts();
  }

  #expert(): TemplateResult {
    const { session, route } = this;
    const expert = session.experts?.find(({ id }) => expertPage(id) === route) ?? null;
    if (session.experts === null) return html`<p class="page" role="status">${this.#msg.t('directory.loading')}</p>`;
    return html`<div class="page narrow">
      ${this.#news()} ${this.#microphone()}
      <parley-expert-page
        .expert=${expert}
        .api=${this.api}
        .starting=${session.starting ?? ''}
        .awaited=${expert !== null && this.#waits.awaited.includes(expert.id)}
        .kept=${kept(this.#msg, session)}
        @call-expert=${(event: CustomEvent<string>) => void this.actions.call(event.detail)}
        @await-expert=${(event: AwaitEvent) => this.#waits.wait(event.detail.expert, event.detail.on)}
      ></parley-expert-page>
      ${this.#ready()}
    </div>`;
  }

  /** The check before a call; it begins by itself once. */
  #ready(): TemplateResult {
    return html`<parley-check auto .session=${this.session} .actions=${this.actions} .parts=${this.check}></parley-check>`;
  }

  /** Who is free now of those that the member waits for. */
  #news(): TemplateResult | typeof nothing {
    return this.#waits.notices(this.session.experts, this.#msg.t, (expert) => void this.actions.call(expert));
  }

  #experts(): TemplateResult {
    const { session, actions } = this;
    const { t } = this.#msg;
    return html`<div class="page">
      <div class="title">
        <h1>${t('page.expertsTitle')}</h1>
        <p class="soft">${t('page.expertsDetail')}</p>
      </div>
      ${this.#news()} ${this.#microphone()}
      ${this.#ready()}
      <parley-directory
        pages
        .awaited=${this.#waits.awaited}
        .experts=${session.experts}
        .starting=${session.starting ?? ''}
        @call-expert=${(event: CustomEvent<string>) => void actions.call(event.detail)}
        @await-expert=${(event: AwaitEvent) => this.#waits.wait(event.detail.expert, event.detail.on)}
      ></parley-directory>
    </div>`;
  }

  #microphone(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    const { microphone } = this.session.media;
    if (microphone.kind === 'asking') {
      return html`<parley-notice data-testid="microphone" heading=${t('microphone.asking')} detail=${this.session.starting === null ? t('microphone.askingDetail') : `${t('microphone.askingDetail')} ${t('microphone.startsAfter')}`}></parley-notice>`;
    }
    if (microphone.kind !== 'fault') return nothing;
    const told = microphoneTold(t, microphone.fault);
    return html`<parley-notice data-testid="microphone" heading=${told.title} detail=${told.detail}>
      <button class="button" @click=${() => void this.actions.repairSound()}>${t('action.tryAgain')}</button>
    </parley-notice>`;
  }

  #calls(): TemplateResult {
    return html`<div class="page narrow">
      <div class="title">
        <h1>${this.#msg.t('page.calls')}</h1>
        <p class="soft">${kept(this.#msg, this.session)}</p>
      </div>
      ${this.#news()}
      <div class="pane card"><parley-recordings .api=${this.api} .fresh=${this.fresh}></parley-recordings></div>
      <parley-call-log .api=${this.api} own=${this.session.person?.id ?? ''} fresh=${String(this.fresh)}></parley-call-log>
      <parley-blocked .api=${this.api} fresh=${String(this.fresh)}></parley-blocked>
    </div>`;
  }
}

/** What the operator promises about recordings, in its own numbers. */
export function kept({ t, language }: Pick<Speech, 't' | 'language'>, session: SessionState): string {
  const days = session.operator?.retention_days ?? 0;
  return days > 0 ? t('page.kept', { time: spokenDays(days, language) }) : '';
}
