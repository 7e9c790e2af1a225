import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Clash } from '../client/draft';
import { Msg } from '../i18n/msg';
import type { EvaluationAnswer, Moment } from '../wire/evaluations';
import { base, controls } from './base';
import { asked, verdictTold } from './evaluation.words';
import { clock } from './format';

/**
 * What was written differently in another window; the person decides. With `released` there is nothing
 * to decide any more: what is here was not saved.
 *
 * @fires decided - `detail` tells whether what is here stays
 */
@customElement('parley-clashes')
export class Clashes extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        position: sticky;
        inset-block-end: var(--gap-3);
        z-index: 1;
      }
      :host([released]) {
        position: static;
      }
      section {
        display: grid;
        gap: var(--gap-3);
        max-block-size: 60vh;
        overflow: auto;
        padding: var(--gap-4);
        border-radius: var(--round-small);
        background: var(--warn-soft);
        color: var(--on-warn-soft);
        box-shadow: 0 0 0 1px var(--warn);
      }
      li {
        padding-block: var(--gap-2);
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--gap-1) var(--gap-3);
      }
      dd {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .what {
        font-weight: 600;
      }
      .button {
        border-color: currentColor;
        color: inherit;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-3);
      }
    `,
  ];

  @property({ attribute: false }) clashes: readonly Clash[] = [];
  /** Comments to moments that came too late. */
  @property({ attribute: false }) moments: readonly Moment[] = [];
  @property({ type: Boolean, reflect: true }) released = false;
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<section role="alert" data-testid="clashes">
      <h3>${t(this.released ? 'clash.released' : 'clash.title')}</h3>
      <p>${t(this.released ? 'clash.releasedDetail' : 'clash.detail')}</p>
      <ul>
        ${this.clashes.map(
          ({ here, there }) => html`<li data-testid="clash">
            <p class="what">${here.question === '' ? t('evaluation.overall') : asked(t, here.question)}</p>
            <dl>
              <dt>${t('clash.there')}</dt>
              <dd dir="auto" data-testid="clash-there">${this.#said(there)}</dd>
              <dt>${t('clash.here')}</dt>
              <dd dir="auto" data-testid="clash-here">${this.#said(here)}</dd>
            </dl>
          </li>`,
        )}
        ${this.moments.map(({ at_ms, text }) => html`<li data-testid="clash"><p class="what">${t('moment.at', { time: clock(at_ms) })}</p><p dir="auto">${text}</p></li>`)}
      </ul>
      ${this.released
        ? ''
        : html`<div class="choices">
            <button class="button" data-testid="clash-keep" @click=${() => this.#decide(true)}>${t('clash.keep')}</button>
            <button class="button" data-testid="clash-take" @click=${() => this.#decide(false)}>${t('clash.take')}</button>
          </div>`}
    </section>`;
  }

  #said({ question, verdict, comment }: EvaluationAnswer): string {
    const words = question === '' ? [comment] : [verdictTold(this.#msg.t, verdict), comment];
    return words.filter((word) => word !== '').join(' · ') || '–';
  }

  #decide(here: boolean): void {
    this.dispatchEvent(new CustomEvent('decided', { detail: here }));
  }
}
