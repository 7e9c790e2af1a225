import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { disputeEvaluation, listEvaluations, readEvaluation, settleEvaluation } from '../client/evaluations';
import type { Evaluation, WholeEvaluation } from '../wire/evaluations';
import './evaluation';
import { outcomeTold, percentTold } from './evaluation.words';
import { moment } from './format';
import { IncidentList } from './incidentlist';
import type { Reader } from './pages';
import { report } from './report';

/** What reviewers thought of an expert's calls; with `lead` those that experts dispute, to be answered. */
@customElement('parley-evaluations')
export class Evaluations extends IncidentList<Evaluation> {
  static override styles = [
    ...IncidentList.styles,
    css`
      .percent {
        font-size: var(--size-1);
        font-weight: 680;
      }
      details.whole {
        inline-size: 100%;
      }
      textarea {
        font: inherit;
        color: inherit;
        inline-size: 100%;
        min-block-size: 5rem;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-3);
      }
      .more-space {
        display: grid;
        gap: var(--gap-5);
        padding-block: var(--gap-3);
      }
    `,
  ];

  @property({ type: Boolean }) lead = false;
  /** What was opened, by its id. */
  @state() private wholes: ReadonlyMap<string, WholeEvaluation> = new Map();

  protected override reader(): Reader<Evaluation> {
    return (after) => listEvaluations(this.api, this.lead ? 'disputed' : '', after);
  }

  protected override empty(): string {
    return this.msg.t(this.lead ? 'evaluation.noDisputes' : 'evaluation.none');
  }

  protected override row(one: Evaluation): TemplateResult {
    const { t, language } = this.msg;
    const [word, calm] = outcomeTold(t, one);
    const whole = this.wholes.get(one.id);
    return html`
      <div class="head">
        <span class="percent figures" data-testid="percent">${percentTold(one.score.percent, language)}</span>
        <span class=${calm ? 'mark calm' : 'mark'} data-testid="outcome" data-state=${one.state}>${word}</span>
      </div>
      <p>${this.lead ? t('recordings.names', { member: one.member.name, expert: one.expert.name }) : html`<span dir="auto">${one.member.name}</span>`} <span class="small soft">· ${moment(one.started_at, language)}</span></p>
      ${this.lead ? html`<p class="small soft">${t('evaluation.by', { name: one.reviewer })} · <a class="link" href="#/recordings/${encodeURIComponent(one.recording)}">${t('evaluation.listen')}</a></p>` : nothing}
      <details class="whole" @toggle=${(event: Event) => this.#open(event, one)}>
        <summary data-testid="open-${one.id}">${t('evaluation.show')}</summary>
        ${whole ? html`<div class="more-space"><parley-evaluation .whole=${whole}></parley-evaluation>${this.#reply(one)}</div>` : nothing}
      </details>
    `;
  }

  #reply(one: Evaluation): TemplateResult | typeof nothing {
    const { t } = this.msg;
    if (this.lead) {
      if (one.state !== 'disputed') return nothing;
      return html`<form @submit=${(event: SubmitEvent) => this.#settle(event, one)}>
        <label>${t('evaluation.settleLabel')}<textarea class="field" dir="auto" name="text" required maxlength="2000" data-testid="settle-text"></textarea></label>
        <div class="answers">
          <button class="button" value="stands" data-testid="stands">${t('evaluation.keep')}</button>
          <button class="button" value="withdraw" data-testid="withdraw">${t('evaluation.withdraw')}</button>
        </div>
      </form>`;
    }
    if (one.state !== 'released') return nothing;
    return html`<details>
      <summary data-testid="dispute-open">${t('evaluation.dispute')}</summary>
      <form @submit=${(event: SubmitEvent) => this.#dispute(event, one)}>
        <label>${t('evaluation.disputeLabel')}<textarea class="field" dir="auto" name="text" required maxlength="2000" data-testid="dispute-input"></textarea></label>
        <p class="small soft">${t('evaluation.disputeDetail')}</p>
        <button class="button" data-testid="dispute-send">${t('evaluation.disputeSend')}</button>
      </form>
    </details>`;
  }

  #open(event: Event, one: Evaluation): void {
    if ((event.currentTarget as HTMLDetailsElement).open && !this.wholes.has(one.id)) void this.#now(() => readEvaluation(this.api, one.id));
  }

  #dispute(event: SubmitEvent, one: Evaluation): void {
    event.preventDefault();
    const text = written(event);
    if (text !== '') void this.#now(() => disputeEvaluation(this.api, one.id, text));
  }

  #settle(event: SubmitEvent, one: Evaluation): void {
    event.preventDefault();
    const text = written(event);
    const stands = (event.submitter as HTMLButtonElement | null)?.value === 'stands';
    if (text !== '') void this.#now(() => settleEvaluation(this.api, one.id, stands, text));
  }

  /** Does something with an evaluation, and shows how it stands now. */
  async #now(act: () => Promise<WholeEvaluation>): Promise<void> {
    try {
      const whole = await act();
      this.wholes = new Map([...this.wholes, [whole.evaluation.id, whole]]);
      this.pages.replace(({ id }) => id === whole.evaluation.id, whole.evaluation);
    } catch (error) {
      report(this, error);
    }
  }
}

function written(event: SubmitEvent): string {
  const text = new FormData(event.currentTarget as HTMLFormElement).get('text');
  return typeof text === 'string' ? text.trim() : '';
}
