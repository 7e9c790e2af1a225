import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import type { Question, WholeEvaluation } from '../wire/evaluations';
import { base } from './base';
import { evaluationStyles } from './evaluation.styles';
import { asked, percentTold, verdictTold } from './evaluation.words';
import { clock, moment } from './format';
import { seekTo } from './moments';

/** What a reviewer answered, question by question, and what was said to it afterwards. */
@customElement('parley-evaluation')
export class EvaluationSheet extends LitElement {
  static override styles = [base, evaluationStyles];

  @property({ attribute: false }) whole!: WholeEvaluation;
  /** A player beside it goes to a moment. */
  @property({ type: Boolean }) seekable = false;
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    const { t, language } = this.#msg;
    const { form, comment } = this.whole;
    return html`<div class="sheet" data-testid="sheet">
      ${form.sections.map(
        ({ id, questions }) => html`<div class="section">
          <h3>${asked(t, id)}</h3>
          <dl>
            ${questions.map((question) => this.#answer(question))}
          </dl>
        </div>`,
      )}
      ${comment === '' ? nothing : html`<div class="section"><h3>${t('evaluation.overall')}</h3><p class="said" dir="auto">${comment}</p></div>`}
      ${this.#moments()}
      <p class="small soft">${t('evaluation.needs', { percent: percentTold(form.pass, language) })}</p>
      ${this.#said()}
    </div>`;
  }

  #answer({ id, fatal }: Question): TemplateResult {
    const { t } = this.#msg;
    const given = this.whole.answers.find(({ question }) => question === id);
    return html`<div>
      <dt>${asked(t, id)}</dt>
      <dd data-testid="answer-${id}">${verdictTold(t, given?.verdict ?? '')}${fatal && given?.verdict === 'no' ? html` · ${t('evaluation.fatal')}` : nothing}</dd>
      ${given && given.comment !== '' ? html`<dd class="said soft" dir="auto">${given.comment}</dd>` : nothing}
    </div>`;
  }

  #moments(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    if (this.whole.moments.length === 0) return nothing;
    return html`<div class="section">
      <h3>${t('moment.title')}</h3>
      <ul class="moments" data-testid="moments-read">
        ${this.whole.moments.map(({ at_ms, text }) => {
          const time = clock(at_ms);
          return html`<li>
            ${this.seekable ? html`<button class="time figures" dir="ltr" data-testid="moment-seek" aria-label=${t('moment.play', { time })} @click=${() => seekTo(this, at_ms)}>${time}</button>` : html`<span class="time figures" dir="ltr">${time}</span>`}
            <span class="said" dir="auto">${text}</span>
          </li>`;
        })}
      </ul>
    </div>`;
  }

  #said(): TemplateResult {
    const { t, language } = this.#msg;
    const { dispute, settlement } = this.whole;
    return html`
      ${dispute
        ? html`<div class="talk" data-testid="dispute-text">
            <h3>${t('evaluation.disputeTitle')}</h3>
            <p class="said" dir="auto">${dispute.text}</p>
            <p class="small soft">${moment(dispute.at, language)}</p>
          </div>`
        : nothing}
      ${settlement
        ? html`<div class="talk" data-testid="settlement-text">
            <h3>${settlement.stands ? t('evaluation.stands') : t('evaluation.withdrawn')}</h3>
            <p class="said" dir="auto">${settlement.text}</p>
            <p class="small soft">${moment(settlement.at, language)}</p>
          </div>`
        : nothing}
    `;
  }
}
