import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import type { Disclosure, Erasure, Hold, Recording } from '../wire/rest';
import { base, controls } from './base';
import { moment } from './format';
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
      label {
        display: grid;
        gap: var(--gap-1);
        inline-size: 100%;
      }
      form > .button {
        justify-self: start;
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
  @state() private holds: readonly Hold[] = [];
  @state() private erasures: readonly Erasure[] = [];
  @state() private disclosures: readonly Disclosure[] = [];

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('recording') || changed.has('api')) void this.#load();
  }

  override render(): TemplateResult {
    const { recording } = this;
    return html`
      <div>
        <h2>${recording.member.name} and ${recording.expert.name}</h2>
        <p class="soft">${moment(recording.started_at)} · ${recording.id}</p>
        ${this.holds.some((hold) => hold.released_at === '') ? html`<p class="held" data-testid="held">Held: nothing of it is erased</p>` : nothing}
      </div>
      ${this.#holdsPart()} ${this.#erasuresPart()} ${this.#disclosuresPart()}
    `;
  }

  #holdsPart(): TemplateResult {
    return html`<section aria-labelledby="holds">
      <h3 id="holds">Legal holds</h3>
      <ul>
        ${this.holds.map(
          (hold) => html`<li data-testid="hold">
            <span>Case ${hold.case}: ${hold.reason}</span>
            <span class="small soft">by ${hold.by}, ${moment(hold.at)}, to be looked at again ${moment(hold.review_at)}</span>
            ${hold.released_at === ''
              ? html`<details><summary>Release it</summary><form @submit=${(e: SubmitEvent) => this.#do(e, (f) => this.api.releaseHold(this.recording.id, hold.id, f('reason')))}>
                  <label>Why it is released <input class="field" name="reason" required maxlength="500" /></label>
                  <button class="button" data-testid="release">Release</button>
                </form></details>`
              : html`<span class="small soft">released ${moment(hold.released_at)}: ${hold.release_reason}</span>`}
          </li>`,
        )}
      </ul>
      <details>
        <summary>Place a hold</summary>
        <form
          @submit=${(e: SubmitEvent) =>
            this.#do(e, (f) => this.api.placeHold(this.recording.id, { case: f('case'), reason: f('reason'), review_at: new Date(f('review')).toISOString() }))}
        >
          <label>Case <input class="field" name="case" required maxlength="500" /></label>
          <label>Reason <input class="field" name="reason" required maxlength="500" /></label>
          <label>To be looked at again on <input class="field" name="review" type="date" required /></label>
          <button class="button" data-testid="place-hold">Place a hold</button>
        </form>
      </details>
    </section>`;
  }

  #erasuresPart(): TemplateResult {
    return html`<section aria-labelledby="erasures">
      <h3 id="erasures">Erasures</h3>
      <ul>
        ${this.erasures.map(
          (erasure) => html`<li data-testid="erasure" data-state=${erasure.state}>
            <span>${PART[erasure.part] ?? erasure.part}: ${STATE[erasure.state]}</span>
            <span class="small soft">${[moment(erasure.requested_at), erasure.note].filter((text) => text !== '').join(' · ')}</span>
            ${erasure.certificate_url === ''
              ? nothing
              : html`<button class="link" data-testid="certificate" @click=${() => void saveCertificate(this, this.api, erasure)}>Certificate</button>`}
          </li>`,
        )}
      </ul>
      <details>
        <summary>Order an erasure</summary>
        <form @submit=${(e: SubmitEvent) => this.#do(e, (f) => this.api.orderErasure(this.recording.id, f('part'), f('note')))}>
          <label>What is erased ${parts}</label>
          <label>Why <input class="field" name="note" required maxlength="500" /></label>
          <button class="button" data-testid="order-erasure">Erase for ever</button>
        </form>
      </details>
    </section>`;
  }

  #disclosuresPart(): TemplateResult {
    return html`<section aria-labelledby="disclosures">
      <h3 id="disclosures">Disclosures to authorities</h3>
      <ul>
        ${this.disclosures.map((one) => this.#disclosure(one))}
      </ul>
      <details>
        <summary>Enter what an authority asks for</summary>
        <form
          @submit=${(e: SubmitEvent) =>
            this.#do(e, (f) => this.api.askDisclosure(this.recording.id, { part: f('part'), authority: f('authority'), legal_basis: f('basis'), case: f('case') }))}
        >
          <label>What is asked for ${parts}</label>
          <label>Authority <input class="field" name="authority" required maxlength="500" /></label>
          <label>Legal basis <input class="field" name="basis" required maxlength="500" /></label>
          <label>Case <input class="field" name="case" required maxlength="500" /></label>
          <button class="button" data-testid="ask-disclosure">Enter</button>
        </form>
      </details>
    </section>`;
  }

  #disclosure(one: Disclosure): TemplateResult {
    const open = !one.approved && one.refused === null;
    const decide = (approve: boolean) => (e: SubmitEvent) => this.#do(e, (f) => this.api.decideDisclosure(this.recording.id, one.number, approve, f('note')));
    return html`<li data-testid="disclosure" data-approved=${one.approved ? 'yes' : 'no'}>
      <span>${PART[one.part] ?? one.part} to ${one.authority}, ${one.legal_basis}, case ${one.case}</span>
      <span class="small soft">asked by ${one.requested.by}, approved by ${one.approvals.map((step) => step.by).join(' and ') || 'nobody yet'}${one.refused === null ? '' : `, refused by ${one.refused.by}: ${one.refused.note}`}</span>
      ${open
        ? html`<form @submit=${decide(true)}><button class="button" data-testid="approve">Approve</button></form>
            <details>
              <summary>Refuse it</summary>
              <form @submit=${decide(false)}>
                <label>Why not <input class="field" name="note" required maxlength="500" /></label>
                <button class="button" data-testid="refuse">Refuse</button>
              </form>
            </details>`
        : nothing}
      ${one.approved ? html`<button class="button" data-testid="bundle" @click=${() => void saveBundle(this, this.api, one)}>Download the bundle</button>` : nothing}
    </li>`;
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

const PART: Readonly<Record<string, string>> = { member: 'The member’s voice', expert: 'The expert’s voice', call: 'Both voices' };

const STATE: Readonly<Record<Erasure['state'], string>> = {
  requested: 'to be decided',
  refused: 'refused',
  approved: 'approved, and waits',
  begun: 'under way',
  done: 'done',
};

const parts = html`<select class="field" name="part" required>
  <option value="member">The member’s voice</option>
  <option value="expert">The expert’s voice</option>
  <option value="call">Both voices</option>
</select>`;
