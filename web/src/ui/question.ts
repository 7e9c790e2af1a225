import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { Msg } from '../i18n/msg';
import type { Answer, Question as Wording } from '../wire/view';
import { base, controls } from './base';
import { deepActive, focusables } from './focus';
import { direction } from './format';
import { icon } from './icons';
import { questionStyles } from './question.styles';

/** `question-shown`: this wording is on the screen. */
export type ShownEvent = CustomEvent<{ readonly hash: string }>;
/** `question-answer`: what the person chose. */
export type AnswerEvent = CustomEvent<{ readonly hash: string; readonly answer: Answer }>;

/**
 * The recording question, or the notice where one is enough, word for word as the server gave it.
 * Both answers look the same, nothing is chosen before, and closing it means no.
 */
@customElement('parley-question')
export class QuestionDialog extends LitElement {
  static override styles = [base, controls, questionStyles];

  @property({ attribute: false }) question!: Wording;
  @query('.dialog') private readonly dialog!: HTMLElement | null;
  readonly #msg = new Msg(this);
  #shown = '';

  /** The stops of the Tab ring inside the dialog. */
  stops(): HTMLElement[] {
    return focusables(this.renderRoot);
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('question') || this.#shown === this.question.hash) return;
    this.#shown = this.question.hash;
    this.#takeFocus();
    this.dispatchEvent(new CustomEvent('question-shown', { detail: { hash: this.question.hash } }));
  }

  override render(): TemplateResult {
    const { question } = this;
    return html`
      <div
        class="dialog card"
        role="dialog"
        aria-labelledby="title"
        aria-describedby="body"
        tabindex="-1"
        data-testid="question"
        data-kind=${question.kind}
        lang=${question.language}
        dir=${direction(question.language)}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        <div class="head">
          <h2 id="title">${question.title}</h2>
          <button class="close" aria-label=${this.#msg.t('question.close', { answer: question.no })} title=${question.no} @click=${() => this.#answer('no')}>
            ${icon.close}
          </button>
        </div>
        <div id="body" class="body">${question.body.map((line) => html`<p>${line}</p>`)}</div>
        <div class="answers">
          <button class="button" data-testid="consent-yes" @click=${() => this.#answer(this.#going())}>${question.yes}</button>
          <button class="button" data-testid="consent-no" @click=${() => this.#answer('no')}>${question.no}</button>
        </div>
        <div class="more">${this.#why()} ${this.#details()}</div>
      </div>
    `;
  }

  #why(): TemplateResult | typeof nothing {
    const { why, sources } = this.question;
    if (why.length === 0 && sources.length === 0) return nothing;
    return html`<details data-testid="why">
      <summary>${this.question.why_title}</summary>
      ${why.map((line) => html`<p>${line}</p>`)}
      ${sources.map((source) => html`<p class="source"><cite>${source.citation}</cite> ${source.says}</p>`)}
    </details>`;
  }

  #details(): TemplateResult | typeof nothing {
    const { details } = this.question;
    if (details.length === 0) return nothing;
    return html`<details data-testid="details">
      <summary>${this.question.details_title}</summary>
      <ul>
        ${details.map((line) => html`<li>${line}</li>`)}
      </ul>
    </details>`;
  }

  /** A notice asks nothing: going on is not a yes. */
  #going(): Answer {
    return this.question.kind === 'notice' ? 'continued' : 'yes';
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    this.#answer('no');
  }

  #answer(answer: Answer): void {
    this.dispatchEvent(new CustomEvent('question-answer', { detail: { hash: this.question.hash, answer } }));
  }

  /** The dialog itself gets the focus, so that no answer is one keystroke ahead of the other. */
  #takeFocus(): void {
    const leaving = deepActive()?.matches('[data-leaves]') ?? false;
    if (!leaving) this.dialog?.focus({ preventScroll: true });
    this.dialog?.scrollIntoView({ block: 'nearest' });
  }
}
