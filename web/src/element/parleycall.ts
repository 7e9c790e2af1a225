import { createClient, Ringer, rings, START, type Client, type ClientConfig, type SessionState } from '@parley/client';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { learn } from '../i18n/learn';
import { SpeechSource } from '../i18n/msg';
import { ENGLISH } from '../i18n/speech';
import { watchNetwork } from '../client/network';
import { Scope } from '../lib/scope';
import '../ui/availability';
import { base, controls } from '../ui/base';
import '../ui/callscreen';
import '../ui/directory';
import '../ui/feedback';
import { spoken } from '../ui/format';
import '../ui/incoming';
import '../ui/notice';
import { problemTold } from '../ui/problems';
import '../ui/receipts';
import { isReconnecting } from '../ui/reconnecting';
import type { ProblemEvent } from '../ui/report';
import { ending, microphoneTold } from '../ui/words';
import type { CallView } from '../wire/view';
import { happened, type ElementEvents } from './events';
import { theme } from './theme';

/** Gives the token of the person who looks at the page; asked again for each connection. */
export type TokenProvider = () => string | Promise<string>;

/** The parts of the screens inside, for `::part`. */
const PARTS = 'screen, peer, light, meters, controls, button, mute, hold, hang-up, cancel, card, call';

/**
 * `<parley-call>`: calls in any page. A member sees the experts, or the one named by `expert`, and
 * calls; an expert is rung. The page gives the person's token by the property `token`; docs/embed.md
 * lists attributes, events, custom properties and parts.
 */
export class ParleyCall extends LitElement {
  static override styles = [base, controls, theme];

  /** Origin of the server; the one this file came from unless said otherwise. */
  @property() server = new URL(import.meta.url).origin;
  /** The id of the only expert that can be called here. */
  @property() expert = '';
  @property({ attribute: false }) token: TokenProvider | null = null;
  /** What the element stands on; a test gives its own. */
  @property({ attribute: false }) connect: (config: ClientConfig) => Client = createClient;
  @state() private session: SessionState = START;
  @state() private client: Client | null = null;
  @state() private signedOut = false;
  @query('audio') private readonly audio!: HTMLAudioElement | null;
  /** Whether the words of the person's language are there: nothing is said in another one before. */
  @state() private speaks = false;
  readonly #speech = new SpeechSource(this, ENGLISH);
  #wanted: string | null = null;
  readonly #ringer = new Ringer(() => new AudioContext());
  #scope = new Scope();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
    this.#ringer.close();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.signIn();
  }

  /** Connects anew, with another token. */
  signIn(): void {
    this.#end();
    if (this.token === null || !this.isConnected) return;
    const client = this.connect({ server: this.server.replace(/\/$/, ''), token: this.token, renews: true });
    const { calls } = client;
    this.#scope = new Scope();
    this.#scope.defer(() => calls.close());
    this.#scope.defer(calls.on('change', (now) => this.#follow(now)));
    this.#scope.defer(calls.on('signedOut', (why) => this.#leave(why)));
    this.#scope.listen(window, 'online', () => calls.networkChanged(true));
    this.#scope.listen(window, 'offline', () => calls.networkChanged(false));
    watchNetwork(this.#scope, () => calls.networkChanged(true));
    // Any gesture on the page lets an expert's ringing sound later.
    for (const gesture of ['pointerdown', 'keydown']) this.#scope.listen(window, gesture, () => this.#primeRinger());
    this.signedOut = false;
    this.client = client;
    calls.start();
  }

  /** Rings an expert, as a press of their button does. */
  async call(expert: string): Promise<void> {
    await this.client?.calls.call(expert);
  }

  hangUp(): void {
    this.client?.calls.hangup();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('token') || (changed.has('server') && this.client !== null)) this.signIn();
    const { language } = this.session;
    void this.#speak(...(language === '' ? navigator.languages : [language]));
  }

  /** Learns to speak as somebody prefers, and speaks as before until then. */
  async #speak(...tags: readonly string[]): Promise<void> {
    const wanted = tags.join();
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    const speech = await learn(...tags);
    if (wanted !== this.#wanted) return; // another one is preferred by now
    this.#speech.speech = speech;
    this.speaks = true;
    this.requestUpdate();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('client')) this.client?.calls.setSink(this.audio);
    this.#ringer.ring(rings(this.session));
  }

  override render(): TemplateResult {
    const { language, dir } = this.#speech.speech;
    const state = this.session.call?.state ?? 'none';
    return html`
      <div class="frame" part="frame" lang=${language} dir=${dir} data-testid="call-state" data-state=${state}
        @problem=${(event: ProblemEvent) => this.#tell('parley-problem', event.detail)}>
        ${this.speaks ? html`${this.#banners()} ${this.#content()}` : nothing}
      </div>
      <audio data-testid="remote-audio" autoplay></audio>
    `;
  }

  #banners(): TemplateResult {
    const { t } = this.#speech.speech;
    const { problem } = this.session;
    const told = problem && problemTold(t, problem);
    return html`
      ${this.signedOut
        ? html`<parley-notice data-testid="banner" data-kind="expired" heading=${t('page.expired')} detail=${t('page.expiredDetail')}>
            <button class="button" @click=${() => this.signIn()}>${t('action.tryAgain')}</button>
          </parley-notice>`
        : nothing}
      ${isReconnecting(this.session)
        ? html`<parley-reconnecting data-testid="banner" data-kind="reconnecting" .session=${this.session}></parley-reconnecting>`
        : nothing}
      ${told
        ? html`<parley-notice data-testid="banner" data-kind="problem" closable heading=${told.title} detail=${told.detail}
            @dismiss=${() => this.client?.calls.dismissProblem()}></parley-notice>`
        : nothing}
    `;
  }

  #content(): TemplateResult | typeof nothing {
    const { client, session } = this;
    if (client === null) return nothing;
    const { call } = session;
    const { calls, api } = client;
    if (call?.state === 'ended') return this.#ended(call, client);
    if (call?.state === 'ringing' && call.role === 'expert') {
      return html`<parley-incoming .call=${call} .session=${session} .actions=${calls}></parley-incoming>`;
    }
    if (call) return html`<parley-call-screen exportparts=${PARTS} .call=${call} .session=${session} .actions=${calls} .api=${api}></parley-call-screen>`;
    return html`${this.#microphone(client)} ${this.#idle(client)}`;
  }

  #idle({ calls }: Client): TemplateResult {
    const { session } = this;
    const { t } = this.#speech.speech;
    switch (session.person?.role) {
      case 'member':
        return html`<parley-directory
          exportparts=${PARTS}
          .experts=${this.expert === '' ? session.experts : (session.experts?.filter(({ id }) => id === this.expert) ?? null)}
          .starting=${session.starting ?? ''}
          @call-expert=${(event: CustomEvent<string>) => void calls.call(event.detail)}
        ></parley-directory>`;
      case 'expert':
        return html`<parley-availability .presence=${session.presence} .skew=${session.clockSkewMs} @availability=${(event: CustomEvent<boolean>) => this.#available(event.detail)}></parley-availability>`;
      case undefined:
        return html`<p class="soft" role="status">${t('status.connecting')}</p>`;
      default:
        return html`<parley-notice heading=${t('page.noRole')}></parley-notice>`;
    }
  }

  #microphone({ calls }: Client): TemplateResult | typeof nothing {
    const { t } = this.#speech.speech;
    const { microphone } = this.session.media;
    if (microphone.kind !== 'fault') return nothing;
    const told = microphoneTold(t, microphone.fault);
    return html`<parley-notice data-testid="microphone" heading=${told.title} detail=${told.detail}>
      <button class="button" @click=${() => void calls.repairSound()}>${t('action.tryAgain')}</button>
    </parley-notice>`;
  }

  #ended(call: CallView, { calls, api }: Client): TemplateResult {
    const { t, language } = this.#speech.speech;
    const told = ending(t, call);
    const { connected_at: from, ended_at: to } = call;
    return html`<section class="ended" part="ended" data-testid="ended" data-reason=${call.end_reason}>
      <h2>${told.title}</h2>
      <p class="soft">${told.detail}</p>
      ${from === null || to === null ? nothing : html`<p>${t('after.length', { length: spoken(Date.parse(to) - Date.parse(from), language) })}</p>`}
      <parley-receipts .api=${api} .call=${call.id}></parley-receipts>
      ${from === null ? nothing : html`<parley-feedback .api=${api} .call=${call}></parley-feedback>`}
      <button class="button talk" part="button" data-testid="done" @click=${() => calls.dismissCall()}>${t('action.done')}</button>
    </section>`;
  }

  #primeRinger(): void {
    if (this.session.person?.role === 'expert') this.#ringer.prime();
  }

  #available(available: boolean): void {
    this.#primeRinger();
    void this.client?.calls.setAvailable(available);
  }

  #follow(now: SessionState): void {
    const before = this.session;
    this.session = now;
    for (const { name, detail } of happened(before, now)) this.#tell(name, detail);
  }

  #leave(why: { readonly expired: boolean }): void {
    this.#end();
    this.signedOut = true;
    this.#tell('parley-signed-out', why);
  }

  #end(): void {
    this.#scope.close();
    this.client = null;
    this.session = START;
  }

  #tell<Name extends keyof ElementEvents>(name: Name, detail: ElementEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
