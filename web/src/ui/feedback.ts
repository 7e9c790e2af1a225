import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import type { Feedback, ReportReason } from '../wire/rest';
import type { CallView } from '../wire/view';
import { base, controls } from './base';
import { report } from './report';

const REASONS: readonly ReportReason[] = ['abuse', 'fraud', 'unsafe', 'other'];
/** The record of a call may come a moment after its end. */
const AGAIN_MS = 1500;
const MOST = 2000;

/** What somebody may say of a call that is over: stars by one tap, a survey, a report, and never to meet the other again. */
@customElement('parley-feedback')
export class FeedbackForm extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      section,
      form {
        display: grid;
        gap: var(--gap-3);
      }
      fieldset {
        border: 0;
        padding: 0;
        margin: 0;
      }
      legend {
        padding: 0;
        margin-block-end: var(--gap-2);
      }
      .stars,
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
      .stars {
        display: grid;
        grid-template-columns: repeat(5, minmax(0, 4rem));
      }
      .stars .button,
      .choices label {
        display: grid;
        place-items: center;
        min-inline-size: 2.75rem;
        min-block-size: 2.75rem;
        padding: var(--gap-1) var(--gap-2);
        border: 1.5px solid var(--line-strong);
        border-radius: var(--round-full);
        font-weight: 600;
        cursor: pointer;
      }
      .choices label:has(:checked) {
        background: var(--talk);
        border-color: var(--talk);
        color: var(--on-talk);
      }
      .choices label:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      textarea {
        font: inherit;
        inline-size: 100%;
        box-sizing: border-box;
        min-block-size: 5rem;
      }
      form > .button {
        justify-self: start;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) call!: CallView;
  @state() private feedback: Feedback | null = null;
  @state() private thanked = false;
  @state() private reported = false;
  readonly #msg = new Msg(this);
  #scope = new Scope();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('call') && changed.get('call')?.id !== this.call.id) void this.#load(true);
  }

  override render(): TemplateResult | typeof nothing {
    if (this.feedback === null) return nothing;
    return html`<section>${this.#rating(this.feedback)} ${this.#report()} ${this.#block(this.feedback)}</section>`;
  }

  #rating({ ratable, rating }: Feedback): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    if (rating !== null) {
      const complete = rating.sound !== null || rating.again !== null || rating.comment !== '';
      return html`<p role="status" data-testid="rated">${t('feedback.rated', { stars: rating.stars })} ${this.thanked ? t('feedback.thanks') : nothing}</p>
        ${complete || this.thanked ? nothing : this.#survey()}`;
    }
    if (!ratable) return nothing;
    return html`<fieldset data-testid="rating">
      <legend>${t('feedback.question')}</legend>
      <div class="stars">${[1, 2, 3, 4, 5].map((n) => this.#star(n))}</div>
    </fieldset>`;
  }

  /** One tap is the rating; it is a button, so that arrow keys alone choose nothing. */
  #star(n: number): TemplateResult {
    return html`<button type="button" class="button" data-testid=${`star-${n}`} aria-label=${this.#msg.t('feedback.stars', { stars: n })} @click=${() => void this.#rate(n)}>
      <span aria-hidden="true">${n} ★</span>
    </button>`;
  }

  #survey(): TemplateResult {
    const { t } = this.#msg;
    return html`<form data-testid="survey" @submit=${(event: SubmitEvent) => void this.#complete(event)}>
      <p class="small soft">${t('feedback.more')}</p>
      <fieldset>
        <legend>${t('feedback.sound')}</legend>
        <div class="choices">${[1, 2, 3, 4, 5].map((n) => choice('sound', String(n), String(n), t(n === 1 ? 'feedback.soundWorst' : n === 5 ? 'feedback.soundBest' : 'feedback.soundOf', { level: n })))}</div>
      </fieldset>
      <fieldset>
        <legend>${t('feedback.again', { name: this.call.peer.name })}</legend>
        <div class="choices">${choice('again', 'yes', t('feedback.yes'))} ${choice('again', 'no', t('feedback.no'))}</div>
      </fieldset>
      <label>${t('feedback.comment')}<textarea class="field" dir="auto" name="comment" maxlength=${MOST}></textarea></label>
      <button class="button" data-testid="survey-send">${t('messages.send')}</button>
    </form>`;
  }

  #report(): TemplateResult {
    const { t } = this.#msg;
    if (this.reported) return html`<p role="status" data-testid="reported">${t('report.sent')}</p>`;
    return html`<details>
      <summary data-testid="report-open">${t('report.title')}</summary>
      <form data-testid="report" @submit=${(event: SubmitEvent) => void this.#tell(event)}>
        <label>${t('report.reason')}
          <select class="field" name="reason">${REASONS.map((reason) => html`<option value=${reason}>${t(`report.${reason}`)}</option>`)}</select>
        </label>
        <label>${t('report.minute')} <input class="field" name="minute" type="number" min="0" step="1" inputmode="numeric" /></label>
        <label>${t('report.text')}<textarea class="field" dir="auto" name="text" maxlength=${MOST}></textarea></label>
        <button class="button" data-testid="report-send">${t('messages.send')}</button>
      </form>
    </details>`;
  }

  #block({ blocked }: Feedback): TemplateResult {
    const { t } = this.#msg;
    const { name } = this.call.peer;
    return html`<div>
      <button class="link" data-testid="block" aria-pressed=${blocked ? 'true' : 'false'} @click=${() => void this.#setBlocked(!blocked)}>
        ${t(blocked ? 'block.undo' : 'block.do', { name })}
      </button>
      <p class="small soft" role="status">${t(blocked ? 'block.done' : 'block.detail')}</p>
    </div>`;
  }

  async #rate(stars: number): Promise<void> {
    await this.#do(() => this.api.rate(this.call.id, stars));
    await this.#load(false);
  }

  async #complete(event: SubmitEvent): Promise<void> {
    const form = fieldsOf(event);
    const [sound, again, comment] = [form('sound'), form('again'), form('comment')];
    this.thanked =
      sound === '' && again === '' && comment === ''
        ? true // nothing is to be added
        : await this.#do(() => this.api.survey(this.call.id, { sound: sound === '' ? null : Number(sound), again: again === '' ? null : again === 'yes', comment }));
  }

  async #tell(event: SubmitEvent): Promise<void> {
    const form = fieldsOf(event);
    const minute = form('minute');
    const offset = minute === '' ? null : (Number(minute) - 1) * 60;
    const reason = REASONS.find((one) => one === form('reason')) ?? 'other';
    this.reported = await this.#do(() => this.api.report(this.call.id, reason, offset === null ? null : Math.max(0, offset), form('text')));
  }

  async #setBlocked(blocked: boolean): Promise<void> {
    const { id } = this.call.peer;
    if (!(await this.#do(() => (blocked ? this.api.block(id) : this.api.unblock(id)))) || this.feedback === null) return;
    this.feedback = { ...this.feedback, blocked };
  }

  async #do(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      report(this, error);
      return false;
    }
  }

  async #load(again: boolean): Promise<void> {
    await this.#do(async () => {
      const { id } = this.call;
      const feedback = await this.api.feedback(id);
      if (id !== this.call.id) return;
      this.feedback = feedback;
      if (again && !feedback.ratable && feedback.rating === null) this.#scope.timeout(AGAIN_MS, () => void this.#load(false));
    });
  }
}

/** One of several answers. */
function choice(name: string, value: string, shown: string, spoken = shown): TemplateResult {
  return html`<label><input class="sr" type="radio" name=${name} value=${value} aria-label=${spoken} /><span aria-hidden="true">${shown}</span></label>`;
}

/** Reads the fields of a form that was sent. */
function fieldsOf(event: SubmitEvent): (name: string) => string {
  event.preventDefault();
  const data = new FormData(event.target as HTMLFormElement);
  return (name) => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
}
