import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { problemOf } from '../client/problem';
import { Msg } from '../i18n/msg';
import '../ui/avatar';
import { base, controls } from '../ui/base';
import { icon } from '../ui/icons';
import '../ui/notice';
import { pageProblemTold } from '../ui/pageproblems';
import { report } from '../ui/report';
import type { Config, DemoPerson, DemoSession } from '../wire/rest';
import type { Problem } from '../wire/server';
import { signinStyles } from './signin.styles';

const GROUPS = ['member', 'expert', 'qa', 'privacy', 'admin'] as const;

type StaffFailure = 'staff.failedDetail' | 'staff.noRole' | 'staff.unavailable';

/** What the address says of a sign-in of staff that failed. */
const FAILURES: ReadonlyMap<string, StaffFailure> = new Map([
  ['failed', 'staff.failedDetail'],
  ['no-role', 'staff.noRole'],
  ['unavailable', 'staff.unavailable'],
]);

/** `signed-in`: the server gave a session. */
export type SignedInEvent = CustomEvent<DemoSession>;

/** The first page: in the demo anybody takes any role; otherwise it says where people come from. */
@customElement('parley-signin')
export class SignIn extends LitElement {
  static override styles = [base, controls, signinStyles];

  @property({ attribute: false }) api!: Api;
  /** The token of this tab was refused or has run out. */
  @property({ type: Boolean }) expired = false;
  @state() private config: Config | null = null;
  @state() private people: readonly DemoPerson[] = [];
  @state() private problem: Problem | null = null;
  @state() private taking = '';
  readonly #msg = new Msg(this);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<div class="page">
      <p class="brand">${icon.mark} <span>${this.config?.operator.name ?? 'Parley'}</span></p>
      ${this.expired
        ? html`<parley-notice data-testid="banner" data-kind="expired" heading=${t('page.expired')} detail=${t('page.expiredDetail')}></parley-notice>`
        : nothing}
      ${this.#content()}
    </div>`;
  }

  #content(): TemplateResult {
    if (this.problem) {
      const told = pageProblemTold(this.#msg.t, this.problem);
      return html`<parley-notice data-testid="banner" data-kind="problem" heading=${told.title} detail=${told.detail}>
        <button class="button" @click=${() => void this.#load()}>${this.#msg.t('action.tryAgain')}</button>
      </parley-notice>`;
    }
    if (!this.config) return html`<p class="soft" role="status">${this.#msg.t('directory.loading')}</p>`;
    const { staff_sign_in: staff } = this.config;
    return html`${staff === '' ? nothing : this.#staff(staff)} ${this.config.demo ? this.#demo() : this.#elsewhere(staff === '')}`;
  }

  /** The way in for staff, which leads through their organisation's own sign-in. */
  #staff(address: string): TemplateResult {
    const { t } = this.#msg;
    const failed = FAILURES.get(new URLSearchParams(location.search).get('sign_in') ?? '');
    return html`<section class="staff" aria-labelledby="staff">
      ${failed ? html`<parley-notice data-testid="banner" data-kind="sign-in" heading=${t('staff.failed')} detail=${t(failed)}></parley-notice>` : nothing}
      ${this.config?.demo ? html`<h2 id="staff">${t('staff.title')}</h2>` : html`<h1 id="staff">${t('staff.title')}</h1>`}
      <p class="soft">${t('staff.detail')}</p>
      <p><a class="button dark" data-testid="staff-sign-in" href=${`${address}?return=/`}>${t('staff.signIn')}</a></p>
    </section>`;
  }

  #demo(): TemplateResult {
    const { t } = this.#msg;
    return html`
      <div class="intro">
        <h1>${t('signin.title')}</h1>
        <p>${t('signin.detail')}</p>
        <ol class="steps">
          ${(['signin.step1', 'signin.step2', 'signin.step3'] as const).map((step) => html`<li><span>${t(step)}</span></li>`)}
        </ol>
      </div>
      ${GROUPS.map((role) => this.#group(role))}
    `;
  }

  #group(role: (typeof GROUPS)[number]): TemplateResult | typeof nothing {
    const people = this.people.filter((person) => person.role === role || (role === 'qa' && person.role === 'qa-lead'));
    if (people.length === 0) return nothing;
    const { t } = this.#msg;
    return html`<section aria-labelledby=${role}>
      <h2 id=${role}>${t(`signin.${role}`)}</h2>
      <p class="soft">${t(`signin.${role}Can`)}</p>
      <ul>
        ${people.map((person) => html`<li>${this.#card(person)}</li>`)}
      </ul>
    </section>`;
  }

  /** Where people come from who cannot sign in here. */
  #elsewhere(alone: boolean): TemplateResult {
    const { t } = this.#msg;
    const where = html`<p>${t('signin.elsewhere')}</p>`;
    return alone ? html`<div class="intro"><h1>${t('signin.closed')}</h1>${where}</div>` : where;
  }

  #card(person: DemoPerson): TemplateResult {
    return html`<button class="person card" data-testid=${`person-${person.id}`} ?disabled=${this.taking !== ''} @click=${() => void this.#take(person)}>
      <parley-avatar .name=${person.name}></parley-avatar>
      <span class="words">
        <strong>${person.name}</strong>
        ${person.headline === '' ? nothing : html`<span class="soft">${person.headline}</span>`}
        ${person.place_name === '' ? nothing : html`<span class="place small soft">${icon.place} ${person.place_name}</span>`}
      </span>
      <span class="go">${icon.arrow}</span>
    </button>`;
  }

  async #load(): Promise<void> {
    this.problem = null;
    try {
      const config = await this.api.config();
      const session = config.staff_sign_in === '' ? null : await this.api.staffSession();
      if (session) {
        this.dispatchEvent(new CustomEvent('signed-in', { detail: session }));
        return;
      }
      this.people = config.demo ? await this.api.demoPeople() : [];
      this.config = config;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  async #take(person: DemoPerson): Promise<void> {
    this.taking = person.id;
    try {
      const session = await this.api.demoSession(person.id);
      this.dispatchEvent(new CustomEvent('signed-in', { detail: session }));
    } catch (error) {
      report(this, error);
    } finally {
      this.taking = '';
    }
  }
}
