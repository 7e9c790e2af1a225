import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { Api } from '../client/api';
import type { CallController } from '../client/controller';
import { problemOf } from '../client/problem';
import { rings, START, visibleQuestion, type SessionState } from '../client/state';
import { speak } from '../i18n/catalogue';
import { SpeechSource } from '../i18n/msg';
import { watchNetwork } from '../client/network';
import { keep } from '../lib/keep';
import { Scope } from '../lib/scope';
import { base, controls } from '../ui/base';
import { icon } from '../ui/icons';
import type { CheckParts } from '../ui/check';
import '../ui/notice';
import { pageProblemTold } from '../ui/pageproblems';
import { isReconnecting } from '../ui/reconnecting';
import type { ProblemEvent } from '../ui/report';
import { API_ROOT, COOKIE_TOKEN, type DemoSession } from '../wire/rest';
import type { Problem } from '../wire/server';
import './admin';
import { appStyles } from './app.styles';
import { browserSurroundings, type Surroundings } from './browser';
import './expert';
import { forgetIdentity, loadIdentity, saveIdentity } from './identity';
import './member';
import './privacy';
import './qa';
import './signin';
import type { SignedInEvent } from './signin';
import { title } from './title';

/** The whole page: who is signed in here, their role's app, and what concerns all of them. */
@customElement('parley-app')
export class App extends LitElement {
  static override styles = [base, controls, appStyles];

  /** What the page stands on; set it before the element is on the page. */
  @property({ attribute: false }) surroundings: Surroundings = browserSurroundings;
  @state() private identity: DemoSession | null = null;
  @state() private expired = false;
  @state() private session: SessionState = START;
  @state() private route = location.hash;
  @state() private problem: Problem | null = null;
  @state() private fresh = 0;
  @query('audio') private readonly audio!: HTMLAudioElement | null;
  @query('.banners') private readonly banners!: HTMLElement | null;
  @query('main') private readonly main!: HTMLElement | null;
  #screen = '';
  readonly #api = new Api({
    fetch: (path, init) => this.surroundings.fetch(path, init),
    token: () => this.identity?.token ?? '',
  });
  /** What this tab keeps across a reload. */
  readonly #storage = keep(() => sessionStorage);
  #scope = new Scope();
  readonly #speech = new SpeechSource(this, speak(...navigator.languages));
  #controller: CallController | null = null;
  #check: CheckParts | null = null;
  #signedIn = new Scope();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
    this.#scope.listen(window, 'hashchange', () => (this.route = location.hash));
    this.#scope.listen(window, 'online', () => this.#controller?.networkChanged(true));
    this.#scope.listen(window, 'offline', () => this.#controller?.networkChanged(false));
    watchNetwork(this.#scope, () => this.#controller?.networkChanged(true));
    const saved = loadIdentity(this.#storage, Date.now());
    if (saved) this.#begin(saved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
    this.#scope.close();
  }

  /** A call fills what the head and the banners leave of the window. */
  protected override firstUpdated(): void {
    const sized = new ResizeObserver(([banners]) => this.style.setProperty('--banners', `${banners?.contentRect.height ?? 0}px`));
    if (this.banners) sized.observe(this.banners);
    this.#scope.defer(() => sized.disconnect());
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('identity')) this.#controller?.setSink(this.audio);
    this.#speaks();
    this.#keepFocus();
    document.querySelector('link[rel="icon"]')?.setAttribute('href', rings(this.session) ? '/favicon-ringing.svg' : '/favicon.svg');
    document.title = title(this.#speech.speech.t, this.session, this.identity?.person.role ?? '', this.route);
  }

  override render(): TemplateResult {
    const { identity } = this;
    return html`
      ${identity ? this.#header(identity) : nothing}
      <div class="banners">${this.#banners()}</div>
      <main id="content" tabindex="-1" data-testid="call-state" data-state=${this.session.call?.state ?? 'none'} @problem=${(e: ProblemEvent) => (this.problem = e.detail)}>
        ${identity
          ? this.#role(identity.person.role)
          : html`<parley-signin .api=${this.#api} ?expired=${this.expired} @signed-in=${(e: SignedInEvent) => this.#signIn(e.detail)}></parley-signin>`}
      </main>
      ${identity ? html`<audio data-testid="remote-audio" autoplay></audio>` : nothing}
    `;
  }

  /** The page speaks the language that the server does; before the sign-in, one that the browser prefers. */
  #speaks(): void {
    const { language } = this.session;
    const before = this.#speech.speech.language;
    this.#speech.speech = language === '' ? speak(...navigator.languages) : speak(language);
    if (this.#speech.speech.language !== before) this.requestUpdate(); // the header speaks it too
    document.documentElement.lang = this.#speech.speech.language;
    document.documentElement.dir = this.#speech.speech.dir;
  }

  /** The address is the page's route, so that a link to a place on the page moves the focus itself. */
  #skip(event: Event): void {
    event.preventDefault();
    this.main?.focus();
  }

  /** A screen or a question that goes takes the focus with it: what comes instead gets it, once it is drawn. */
  #keepFocus(): void {
    const { call } = this.session;
    const screen = [this.identity?.person.id, this.route, call?.id, call?.state, visibleQuestion(this.session)?.hash].join(' ');
    const first = this.#screen === '';
    if (screen === this.#screen) return;
    this.#screen = screen;
    if (first) return;
    this.#scope.timeout(50, () => {
      if (document.activeElement === null || document.activeElement === document.body) this.main?.focus({ preventScroll: true });
    });
  }

  #header(identity: DemoSession): TemplateResult {
    const { t } = this.#speech.speech;
    const calling = this.session.call !== null && this.session.call.state !== 'ended';
    const link = (route: string, label: string): TemplateResult =>
      html`<a href=${route} aria-current=${(this.route || '#/') === route ? 'page' : 'false'}>${label}</a>`;
    return html`<header>
      <a class="skip button dark" href="#content" data-testid="skip" @click=${(e: Event) => this.#skip(e)}>${t('page.skip')}</a>
      <a class="brand" href="#/" aria-label=${this.session.operator?.name ?? 'Parley'}>${icon.mark} <span>${this.session.operator?.name ?? 'Parley'}</span></a>
      ${identity.person.role === 'member' && !calling ? html`<nav aria-label=${t('page.pages')}>${link('#/', t('page.experts'))} ${link('#/calls', t('page.calls'))}</nav>` : nothing}
      <span class="me">${identity.person.name}</span>
      ${calling ? nothing : html`<button class="button quiet" data-testid="sign-out" @click=${() => void this.#leave()}>${t('page.signOut')}</button>`}
    </header>`;
  }

  #banners(): TemplateResult {
    const { t } = this.#speech.speech;
    const problem = this.problem ?? this.session.problem;
    const told = problem && pageProblemTold(t, problem);
    return html`
      ${isReconnecting(this.session)
        ? html`<parley-reconnecting data-testid="banner" data-kind="reconnecting" .session=${this.session}></parley-reconnecting>`
        : nothing}
      ${problem && told
        ? html`<parley-notice data-testid="banner" data-kind="problem" closable heading=${told.title} detail=${told.detail} @dismiss=${() => this.#dismiss()}>
            ${problem.type === STEP_UP ? html`<a class="button" data-testid="step-up" href=${stepUp()}>${t('staff.again')}</a>` : nothing}
          </parley-notice>`
        : nothing}
    `;
  }

  #role(role: string): TemplateResult {
    const [controller, check] = [this.#controller, this.#check];
    if (!controller || !check) return html``;
    switch (role) {
      case 'member':
        return html`<parley-member .session=${this.session} .actions=${controller} .check=${check} .api=${this.#api} .route=${this.route} .fresh=${this.fresh}></parley-member>`;
      case 'expert':
        return html`<parley-expert .session=${this.session} .actions=${controller} .check=${check} .api=${this.#api} .fresh=${this.fresh}></parley-expert>`;
      case 'qa':
      case 'qa-lead':
        return html`<parley-qa .api=${this.#api} .route=${this.route} .fresh=${this.fresh} ?lead=${role === 'qa-lead'}></parley-qa>`;
      case 'admin':
      case 'auditor':
        return html`<parley-admin .api=${this.#api} .route=${this.route} .fresh=${this.fresh} ?auditor=${role === 'auditor'}></parley-admin>`;
      case 'privacy':
        return html`<parley-privacy .api=${this.#api} .route=${this.route} .fresh=${this.fresh}></parley-privacy>`;
      default:
        return html`<parley-notice heading=${this.#speech.speech.t('page.noRole')}></parley-notice>`;
    }
  }

  #dismiss(): void {
    this.problem = null;
    this.#controller?.dismissProblem();
  }

  #signIn(session: DemoSession): void {
    saveIdentity(this.#storage, session);
    this.#begin(session);
  }

  #begin(session: DemoSession): void {
    const controller = this.surroundings.controller(session.token);
    this.#controller = controller;
    this.#check = this.surroundings.check(controller);
    this.#signedIn = new Scope();
    this.#signedIn.defer(() => controller.close());
    this.#signedIn.defer(controller.on('change', (now) => this.#follow(now)));
    this.#signedIn.defer(controller.on('ready', () => this.fresh++));
    this.#signedIn.defer(controller.on('signedOut', () => this.#signOut(true)));
    this.expired = false;
    this.identity = session;
    controller.start();
  }

  #follow(now: SessionState): void {
    // What was announced while the connection was away is looked for once it is back.
    if (now.connection === 'online' && this.session.connection === 'reconnecting') this.fresh++;
    this.session = now;
  }

  /** Staff are signed out of the server first: their cookie would sign them in again. */
  async #leave(): Promise<void> {
    try {
      if (this.identity?.token === COOKIE_TOKEN) await this.#api.staffSignOut();
      this.#signOut(false);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  #signOut(expired: boolean): void {
    forgetIdentity(this.#storage);
    this.#end();
    this.expired = expired;
    this.identity = null;
    this.session = START;
    this.problem = null;
    location.hash = '';
  }

  #end(): void {
    this.#signedIn.close();
    this.#controller = null;
  }
}

/** The server wants a sign-in of the last few minutes. */
const STEP_UP = '/problems/step-up-needed';

/** Where staff sign in once more, and come back to what they were doing. */
function stepUp(): string {
  return `${API_ROOT}/staff/login?${new URLSearchParams({ fresh: '1', return: `/${location.hash}` }).toString()}`;
}
