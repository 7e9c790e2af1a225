import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { draftOf, lost, merge, saying, type Clash, type Draft, type Lost } from '../client/draft';
import { ownEvaluation, releaseEvaluation, saveEvaluation } from '../client/evaluations';
import { problemOf } from '../client/problem';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import type { EvaluationAnswer, Question, Verdict, WholeEvaluation } from '../wire/evaluations';
import type { Recording } from '../wire/rest';
import { base, controls } from './base';
import './clashes';
import './evaluation';
import { evaluationStyles } from './evaluation.styles';
import { asked, outcomeTold, percentTold, verdictTold } from './evaluation.words';
import { formStyles } from './form.styles';
import './moments';
import type { Moments, Written } from './moments';
import { report } from './report';

/** How long after the last key a comment is saved, in milliseconds. */
const PAUSE = 600;

/** Scores one recording; for another one put in another element. What is answered is saved as it is. */
@customElement('parley-scoring')
export class Scoring extends LitElement {
  static override styles = [base, controls, formStyles, evaluationStyles];

  @property({ attribute: false }) recording!: Recording;
  @property({ attribute: false }) api!: Api;
  @state() private whole: WholeEvaluation | null = null;
  @state() private save: 'saved' | 'saving' | 'unsaved' | '' = '';
  /** What was changed here and in another window; nothing is saved until the person has decided. */
  @state() private clashes: readonly Clash[] = [];
  /** What was written here and came too late. */
  @state() private lost: Lost = { clashes: [], moments: [] };
  @state() private moments: readonly Written[] = [];
  @query('parley-moments') private readonly list!: Moments | null;
  readonly #msg = new Msg(this);
  readonly #answers = new Map<string, EvaluationAnswer>();
  /** Questions that had a comment already. */
  readonly #commented = new Set<string>();
  #comment = '';
  /** As the server had it last. */
  #base: Draft = { answers: [], comment: '', moments: [] };
  #numbers = 0;
  #changed = false;
  #pause = new Scope();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#pause.close();
    void this.#keep();
  }

  protected override firstUpdated(): void {
    if (this.recording.erased.length === 0) void this.#load();
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<section class="sheet" aria-labelledby="title" data-testid="scoring" data-state=${this.whole?.evaluation.state ?? ''} data-save=${this.save}>
      ${this.recording.erased.length > 0 ? html`${this.#title()}<p class="soft">${t('evaluation.erased')}</p>` : this.whole === null ? html`${this.#title()}<p class="soft" role="status">${t('directory.loading')}</p>` : this.#body(this.whole)}
    </section>`;
  }

  #title(): TemplateResult {
    return html`<h2 id="title">${this.#msg.t('evaluation.title')}</h2>`;
  }

  #body(whole: WholeEvaluation): TemplateResult {
    const { t } = this.#msg;
    const { evaluation } = whole;
    if (evaluation.state === 'draft') return this.#form(whole);
    return html`<div class="head">${this.#title()} <strong>${outcomeTold(t, evaluation)[0]}</strong></div>
      ${this.#score(whole)}
      <p role="status" data-testid="released">${t('evaluation.released')}</p>
      ${this.lost.clashes.length + this.lost.moments.length > 0 ? html`<parley-clashes released .clashes=${this.lost.clashes} .moments=${this.lost.moments}></parley-clashes>` : nothing}
      <parley-evaluation seekable .whole=${whole}></parley-evaluation>`;
  }

  #form(whole: WholeEvaluation): TemplateResult {
    const { t } = this.#msg;
    const { form } = whole;
    return html`
      <div class="head">${this.#title()} <span class="small soft" role="status">${this.save === '' ? nothing : t(`evaluation.${this.save}`)}</span></div>
      <p class="small soft">${t('evaluation.intro')}</p>
      <parley-moments .moments=${this.moments} @moments-changed=${(event: CustomEvent<readonly Written[]>) => this.#noted(event.detail)}></parley-moments>
      ${form.sections.map(({ id, questions }) => html`<div class="section"><h3>${asked(t, id)}</h3>${questions.map((question) => this.#question(question))}</div>`)}
      <label>${t('evaluation.overall')}<textarea class="field" dir="auto" maxlength="2000" data-testid="overall" .value=${this.#comment} @input=${(event: Event) => this.#overall(event)}></textarea></label>
      ${this.#score(whole)}
      ${this.clashes.length > 0 ? html`<parley-clashes .clashes=${this.#clashesNow()} @decided=${(event: CustomEvent<boolean>) => this.#decide(event.detail)}></parley-clashes>` : nothing}
      ${this.save === 'unsaved' && this.clashes.length === 0 ? html`<button class="button" data-testid="save-again" @click=${() => void this.#keep()}>${t('action.tryAgain')}</button>` : nothing}
      <button class="button talk" data-testid="release" ?disabled=${this.clashes.length > 0} @click=${() => void this.#release()}>${t('evaluation.release')}</button>
    `;
  }

  #score({ evaluation: { score, state }, form }: WholeEvaluation): TemplateResult {
    const { t, language } = this.#msg;
    const open = score.open.length;
    return html`<div class="head" data-testid="score" data-percent=${score.percent} data-open=${open}>
      <span><span class="score figures">${percentTold(score.percent, language)}</span> ${state === 'draft' && open > 0 ? html`<span class="soft">${t('evaluation.openCount', { count: open })}</span>` : nothing}</span>
      <span class="small soft">${score.failed.length > 0 ? t('evaluation.fatal') : t('evaluation.needs', { percent: percentTold(form.pass, language) })}</span>
    </div>`;
  }

  #question(question: Question): TemplateResult {
    const { t } = this.#msg;
    const { id, partly, not_applicable: apart, fatal } = question;
    const given = this.#given(id);
    const verdicts: Verdict[] = ['yes', ...(partly ? (['partly'] as const) : []), 'no', ...(apart ? (['not_applicable'] as const) : [])];
    return html`<fieldset data-testid="question-${id}">
      <legend>${asked(t, id)}</legend>
      ${fatal ? html`<p class="small soft">${t('evaluation.must')}</p>` : nothing}
      <div class="choices">
        ${verdicts.map(
          (verdict) => html`<label class="choice"
            ><input type="radio" name=${id} value=${verdict} .checked=${given.verdict === verdict} @change=${() => this.#answer({ ...this.#given(id), verdict })} />${verdictTold(t, verdict)}</label
          >`,
        )}
      </div>
      <details ?open=${this.#commented.has(id)}>
        <summary class="small" aria-label=${t('evaluation.commentTo', { question: asked(t, id) })}>${t('evaluation.comment')}</summary>
        <textarea
          class="field"
          dir="auto"
          maxlength="500"
          aria-label=${t('evaluation.commentTo', { question: asked(t, id) })}
          data-testid="comment-${id}"
          .value=${given.comment}
          @input=${(event: Event) => this.#answer({ ...this.#given(id), comment: (event.target as HTMLTextAreaElement).value }, PAUSE)}
        ></textarea>
      </details>
    </fieldset>`;
  }

  #given(id: string): EvaluationAnswer {
    return this.#answers.get(id) ?? { question: id, verdict: '', comment: '' };
  }

  #overall(event: Event): void {
    this.#comment = (event.target as HTMLTextAreaElement).value;
    this.#soon(PAUSE);
  }

  /** Begins a comment to a place of the recording, in milliseconds, if there can be another. */
  noteAt(ms: number): void {
    if (this.whole?.evaluation.state !== 'draft' || this.list?.full === true) return;
    const number = ++this.#numbers;
    this.moments = [...this.moments, { number, at_ms: Math.round(ms), text: '' }].sort((a, b) => a.at_ms - b.at_ms);
    void this.updateComplete.then(() => this.list?.write(number));
  }

  #noted(moments: readonly Written[]): void {
    this.moments = moments;
    this.#soon(PAUSE);
  }

  #answer(answer: EvaluationAnswer, pause = 0): void {
    this.#answers.set(answer.question, answer);
    this.#soon(pause);
    this.requestUpdate();
  }

  #soon(pause: number): void {
    this.#changed = true;
    this.#pause.close();
    this.#pause = new Scope();
    this.#pause.timeout(pause, () => void this.#keep());
  }

  /** Saves what was changed, one request after the other. */
  async #keep(): Promise<boolean> {
    if (this.save === 'saving' || this.clashes.length > 0) return false;
    let merged = false;
    while (this.#changed && this.whole) {
      this.#changed = false;
      this.save = 'saving';
      try {
        this.whole = await saveEvaluation(this.api, this.recording.id, this.whole.evaluation.revision, this.#now());
        this.#base = draftOf(this.whole);
        this.save = 'saved';
      } catch (error) {
        this.#changed = true;
        const overtaken: boolean = problemOf(error).status === 412 && !merged;
        if (!overtaken) report(this, error);
        merged = overtaken && (await this.#merge());
        if (merged) continue;
        this.save = 'unsaved';
        return false;
      }
    }
    return true;
  }

  /** Reads what another window has written, and tells whether what is here can be saved beside it. */
  async #merge(): Promise<boolean> {
    try {
      const there = await ownEvaluation(this.api, this.recording.id);
      const { draft, clashes } = merge(this.#base, this.#now(), draftOf(there));
      this.whole = there;
      this.#base = draftOf(there);
      if (there.evaluation.state === 'draft') {
        this.#write(draft);
        this.clashes = clashes;
        return clashes.length === 0;
      }
      this.#changed = false; // it is released as it was there
      this.lost = lost(draft, this.#base);
    } catch (error) {
      report(this, error);
    }
    return false;
  }

  /** What is here may have been changed since. */
  #clashesNow(): Clash[] {
    return this.clashes.map(({ here: { question }, there }) => ({ here: question === '' ? { question, verdict: '', comment: this.#comment } : this.#given(question), there }));
  }

  #decide(here: boolean): void {
    if (!here) this.#write(this.clashes.reduce((draft, { there }) => saying(draft, there), this.#now()));
    this.clashes = [];
    void this.#keep();
  }

  #now(): Draft {
    const moments = this.moments.map(({ at_ms, text }) => ({ at_ms, text: text.trim() })).filter(({ text }) => text !== '');
    return { answers: [...this.#answers.values()], comment: this.#comment, moments };
  }

  /** Puts a draft into the fields; a moment that is here already stays where it is, also one without a word yet. */
  #write({ answers, comment, moments }: Draft): void {
    for (const answer of answers) {
      this.#answers.set(answer.question, answer);
      if (answer.comment !== '') this.#commented.add(answer.question);
    }
    this.#comment = comment;
    const begun = this.moments.filter(({ text }) => text.trim() === '');
    const written = moments.map((one) => this.moments.find(({ at_ms, text }) => at_ms === one.at_ms && text.trim() === one.text) ?? { ...one, number: ++this.#numbers });
    this.moments = [...written, ...begun].sort((a, b) => a.at_ms - b.at_ms);
  }

  async #release(): Promise<void> {
    if (!(await this.#keep()) || !this.whole) return;
    const [first] = this.whole.evaluation.score.open;
    if (first !== undefined) {
      this.renderRoot.querySelector<HTMLInputElement>(`input[name="${CSS.escape(first)}"]`)?.focus();
      return;
    }
    try {
      this.whole = await releaseEvaluation(this.api, this.recording.id, this.whole.evaluation.revision);
    } catch (error) {
      report(this, error);
    }
  }

  async #load(): Promise<void> {
    try {
      const whole = await ownEvaluation(this.api, this.recording.id);
      this.#base = draftOf(whole);
      this.#write(this.#base);
      this.whole = whole;
    } catch (error) {
      report(this, error);
    }
  }
}
