import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Disclosure, Erasure, Hold, Part, Recording } from '../wire/rest';
import { base, controls } from './base';
import { formStyles } from './form.styles';
import { day, moment } from './format';
import { report } from './report';
import { saveBundle, saveCertificate } from './save';

/**
 * `changed`: something about the recording was done.
 *
 * What a privacy officer sees and does about one recording: legal holds, erasures, disclosures.
 */
@customElement('parley-casefile')
export class Casefile extends LitElement {
  static override styles = [
    base,
    controls,
    formStyles,
    css`
      :host,
      section,
      form {
        display: grid;
        gap: var(--gap-3);
      }
      section {
        padding-block-start: var(--gap-4);
        border-block-start: 1px solid var(--line);
      }
      li {
        display: grid;
        gap: var(--gap-1);
        justify-items: start;
        padding-block: var(--gap-2);
      }
      .held {
        inline-size: fit-content;
        padding: 0.1rem var(--gap-2);
        border-radius: var(--round-full);
        background: var(--warn-soft);
        color: var(--on-warn-soft);
        font-size: var(--size-small);
        font-weight: 600;
      }
      li > .button {
        margin-block: var(--gap-1);
      }
      li > form {
        inline-size: 100%;
      }
      details[open] > summary {
        margin-block-end: var(--gap-3);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) recording!: Recording;
  readonly #msg = new Msg(this);
  @state() private holds: readonly Hold[] = [];
  @state() private erasures: readonly Erasure[] = [];
  @state() private disclosures: readonly Disclosure[] = [];

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('recording') || changed.has('api')) void this.#load();
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    const held = this.holds.some((hold) => hold.released_at === '');
    return html`
      <p class="small soft">${this.recording.id}</p>
      ${held ? html`<p class="held" data-testid="held">${t('case.held')}</p>` : nothing} ${this.#holdsPart()} ${this.#erasuresPart()} ${this.#disclosuresPart()}
    `;
  }

  #holdsPart(): TemplateResult {
    const { t } = this.#msg;
    return html`<section aria-labelledby="holds">
      <h3 id="holds">${t('case.holds')}</h3>
      <ul>
        ${this.holds.map((hold) => this.#hold(hold))}
      </ul>
      <details>
        <summary>${t('case.place')}</summary>
        <form
          @submit=${(e: SubmitEvent) =>
            this.#do(e, (f) => this.api.placeHold(this.recording.id, { case: f('case'), reason: f('reason'), review_at: new Date(f('review')).toISOString() }))}
        >
          ${field(t('case.case'), 'case')} ${field(t('case.reason'), 'reason')}
          <label>${t('case.review')} <input class="field" name="review" type="date" required /></label>
          <button class="button" data-testid="place-hold">${t('case.place')}</button>
        </form>
      </details>
    </section>`;
  }

  #hold(hold: Hold): TemplateResult {
    const { t, language } = this.#msg;
    return html`<li data-testid="hold">
      <span>${t('case.hold', { case: hold.case, reason: hold.reason })}</span>
      <span class="small soft">${t('case.holdBy', { by: hold.by, at: moment(hold.at, language), review: day(hold.review_at, language) })}</span>
      ${hold.released_at === ''
        ? html`<details>
            <summary>${t('case.release')}</summary>
            <form @submit=${(e: SubmitEvent) => this.#do(e, (f) => this.api.releaseHold(this.recording.id, hold.id, f('reason')))}>
              ${field(t('case.releaseWhy'), 'reason')}
              <button class="button" data-testid="release">${t('case.releaseDo')}</button>
            </form>
          </details>`
        : html`<span class="small soft">${t('case.released', { at: moment(hold.released_at, language), reason: hold.release_reason })}</span>`}
    </li>`;
  }

  #erasuresPart(): TemplateResult {
    const { t, language } = this.#msg;
    return html`<section aria-labelledby="erasures">
      <h3 id="erasures">${t('case.erasures')}</h3>
      <ul>
        ${this.erasures.map(
          (erasure) => html`<li data-testid="erasure" data-state=${erasure.state}>
            <span>${t(`voices.${erasure.part}`)} · ${t(`erasure.${erasure.state}`)}</span>
            <span class="small soft">${[moment(erasure.requested_at, language), erasure.note].filter((text) => text !== '').join(' · ')}</span>
            ${erasure.certificate_url === ''
              ? nothing
              : html`<button class="link" data-testid="certificate" @click=${() => void saveCertificate(this, this.api, erasure)}>${t('case.certificate')}</button>`}
          </li>`,
        )}
      </ul>
      <details>
        <summary>${t('case.order')}</summary>
        <form @submit=${(e: SubmitEvent) => this.#do(e, (f) => this.api.orderErasure(this.recording.id, partOf(f('part')), f('note')))}>
          ${this.#parts(t('case.orderPart'))} ${field(t('case.orderWhy'), 'note')}
          <button class="button" data-testid="order-erasure">${t('case.orderDo')}</button>
        </form>
      </details>
    </section>`;
  }

  #disclosuresPart(): TemplateResult {
    const { t } = this.#msg;
    return html`<section aria-labelledby="disclosures">
      <h3 id="disclosures">${t('case.disclosures')}</h3>
      <ul>
        ${this.disclosures.map((one) => this.#disclosure(one))}
      </ul>
      <details>
        <summary>${t('case.ask')}</summary>
        <form
          @submit=${(e: SubmitEvent) =>
            this.#do(e, (f) => this.api.askDisclosure(this.recording.id, { part: partOf(f('part')), authority: f('authority'), legal_basis: f('basis'), case: f('case') }))}
        >
          ${this.#parts(t('case.askPart'))} ${field(t('case.authority'), 'authority')} ${field(t('case.basis'), 'basis')} ${field(t('case.case'), 'case')}
          <button class="button" data-testid="ask-disclosure">${t('case.askDo')}</button>
        </form>
      </details>
    </section>`;
  }

  #disclosure(one: Disclosure): TemplateResult {
    const { t } = this.#msg;
    const open = !one.approved && one.refused === null;
    const decide = (approve: boolean) => (e: SubmitEvent) => this.#do(e, (f) => this.api.decideDisclosure(this.recording.id, one.number, approve, f('note')));
    return html`<li data-testid="disclosure" data-approved=${one.approved ? 'yes' : 'no'}>
      <span>${t('case.disclosure', { part: t(`voices.${one.part}`), authority: one.authority, basis: one.legal_basis, case: one.case })}</span>
      <span class="small soft">${this.#steps(one)}</span>
      ${open
        ? html`<form @submit=${decide(true)}><button class="button" data-testid="approve">${t('case.approve')}</button></form>
            <details>
              <summary>${t('case.refuse')}</summary>
              <form @submit=${decide(false)}>
                ${field(t('case.refuseWhy'), 'note')}
                <button class="button" data-testid="refuse">${t('case.refuseDo')}</button>
              </form>
            </details>`
        : nothing}
      ${one.approved ? html`<button class="button" data-testid="bundle" @click=${() => void saveBundle(this, this.api, one)}>${t('case.bundle')}</button>` : nothing}
    </li>`;
  }

  /** Who did what about a disclosure. */
  #steps(one: Disclosure): string {
    const { t, language } = this.#msg;
    const names = new Intl.ListFormat(language).format(one.approvals.map((step) => step.by));
    return [
      t('case.asked', { by: one.requested.by }),
      names === '' ? t('case.approvedByNobody') : t('case.approvedBy', { by: names }),
      ...(one.refused === null ? [] : [t('case.refusedBy', { by: one.refused.by, note: one.refused.note })]),
    ].join(' · ');
  }

  #parts(label: string): TemplateResult {
    const { t } = this.#msg;
    return html`<label>
      ${label}
      <select class="field" name="part" required>
        ${PARTS.map((part) => html`<option value=${part}>${t(`voices.${part}`)}</option>`)}
      </select>
    </label>`;
  }

  /** Does what a form asks for, and then shows what is there. */
  #do(event: SubmitEvent, act: (field: (name: string) => string) => Promise<unknown>): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const field = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    void this.#run(() => act(field), form);
  }

  async #run(act: () => Promise<unknown>, form: HTMLFormElement): Promise<void> {
    try {
      await act();
      form.reset();
      await this.#load();
      this.dispatchEvent(new CustomEvent('changed'));
    } catch (error) {
      report(this, error);
    }
  }

  async #load(): Promise<void> {
    const { id } = this.recording;
    try {
      [this.holds, this.erasures, this.disclosures] = await Promise.all([this.api.holds(id), this.api.erasures(id), this.api.disclosures(id)]);
    } catch (error) {
      report(this, error);
    }
  }
}

const PARTS: readonly Part[] = ['member', 'expert', 'call'];

function partOf(name: string): Part {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new Error(`no part of a recording is called ${name}`);
  return part;
}

function field(label: string, name: string): TemplateResult {
  return html`<label>${label} <input class="field" name=${name} required maxlength="500" /></label>`;
}
