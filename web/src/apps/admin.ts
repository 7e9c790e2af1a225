import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api, Filter } from '../client/api';
import { Msg } from '../i18n/msg';
import { base, controls } from '../ui/base';
import { formStyles } from '../ui/form.styles';
import '../ui/reports';
import '../ui/signs';
import { pageStyles } from './page.styles';

/** The lists, by the end of their address; the first is where one begins. */
const VIEWS = ['reports', 'signs', 'blocks'] as const;
type View = (typeof VIEWS)[number];

const STATES = ['open', 'looked_at', 'settled'] as const;
const REASONS = ['abuse', 'fraud', 'unsafe', 'other'] as const;
const KINDS = ['same_human', 'same_address', 'shared_device', 'shared_address', 'burst', 'one_expert'] as const;

/** The app of who looks after people: reports, signs of ratings that were not given freely, blocks. */
@customElement('parley-admin')
export class Admin extends LitElement {
  static override styles = [
    base,
    controls,
    formStyles,
    pageStyles,
    css`
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
      nav .button[aria-current='page'] {
        background: var(--ink);
        border-color: var(--ink);
        color: var(--paper);
      }
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
        gap: var(--gap-3);
        align-items: end;
        padding: var(--gap-4);
      }
      .hint {
        padding: var(--gap-4) var(--gap-4) 0;
      }
      .field {
        inline-size: 100%;
        min-inline-size: 0;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property() route = '';
  @property({ type: Number }) fresh = 0;
  /** An auditor: reads the lists, changes nothing, and sees no word of what people wrote. */
  @property({ type: Boolean }) auditor = false;
  @state() private filter: Filter = {};
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('route')) this.filter = {};
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    const view = this.#view();
    const link = (to: View): TemplateResult =>
      html`<a class="button" data-testid=${`view-${to}`} href=${`#/${to}`} aria-current=${to === view ? 'page' : 'false'}>${t(`admin.${to}`)}</a>`;
    return html`<div class="page">
      <div class="title">
        <h1>${t('admin.title')}</h1>
        <p class="soft">${t(this.auditor ? 'admin.detailAuditor' : 'admin.detail')}</p>
      </div>
      <nav aria-label=${t('admin.lists')}>${VIEWS.map(link)}</nav>
      <section class="card" aria-labelledby="view">
        <h2 id="view" class="sr">${t(`admin.${view}`)}</h2>
        ${this.#filters(view)} ${this.#list(view)}
      </section>
    </div>`;
  }

  #view(): View {
    return VIEWS.find((view) => this.route === `#/${view}`) ?? 'reports';
  }

  #list(view: View): TemplateResult {
    const { api, filter, fresh } = this;
    switch (view) {
      case 'reports':
        return html`<parley-reports .api=${api} .filter=${filter} .fresh=${fresh} ?readonly=${this.auditor}></parley-reports>`;
      case 'signs':
        return html`<parley-signs .api=${api} .filter=${filter} .fresh=${fresh}></parley-signs>`;
      case 'blocks':
        return html`<parley-all-blocks .api=${api} .filter=${filter} .fresh=${fresh}></parley-all-blocks>`;
    }
  }

  #filters(view: View): TemplateResult {
    const { t } = this.#msg;
    return html`${view === 'signs' ? html`<p class="hint soft small">${t('admin.signHint')}</p>` : nothing}
      <form role="search" aria-label=${t('admin.filter')} data-testid="filter" @submit=${(event: SubmitEvent) => this.#choose(event)} @change=${(event: Event) => this.#choose(event)}>
        <label>${t('admin.person')} <input class="field" name="person" type="search" maxlength="128" autocomplete="off" .value=${this.filter.person ?? ''} /></label>
        ${view === 'reports' ? html`${this.#select('state', t('admin.state'), STATES, (one) => t(`admin.state_${one}`))} ${this.#select('reason', t('admin.reason'), REASONS, (one) => t(`report.${one}`))}` : nothing}
        ${view === 'signs' ? this.#select('kind', t('admin.kind'), KINDS, (one) => t(`sign.${one}`)) : nothing}
        <button class="button" data-testid="filter-apply">${t('admin.apply')}</button>
      </form>`;
  }

  #select<T extends string>(name: string, label: string, all: readonly T[], told: (one: T) => string): TemplateResult {
    return html`<label
      >${label}
      <select class="field" name=${name} .value=${this.filter[name] ?? ''}>
        <option value="">${this.#msg.t('admin.all')}</option>
        ${all.map((one) => html`<option value=${one} ?selected=${this.filter[name] === one}>${told(one)}</option>`)}
      </select></label
    >`;
  }

  #choose(event: Event): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    this.filter = Object.fromEntries([...data].map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']));
  }
}
