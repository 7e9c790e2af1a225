import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Msg } from '../i18n/msg';
import type { Moment } from '../wire/evaluations';
import { base, controls } from './base';
import { clock } from './format';
import { icon } from './icons';

/** As many as the server takes, and as long as it takes them. */
const MOST = 50;
const LONGEST = 250;

/** A moment while it is written; the number stays with it. */
export interface Written extends Moment {
  readonly number: number;
}

/** `moment-seek`: somebody wants to hear that place, in milliseconds. */
export type MomentSeek = CustomEvent<number>;

export function seekTo(from: EventTarget, ms: number): void {
  from.dispatchEvent(new CustomEvent('moment-seek', { detail: ms, bubbles: true, composed: true }));
}

/**
 * Comments to places of a recording, as they are written.
 *
 * @fires moment-here - a comment is wanted to the place that is played
 * @fires moment-seek - a place is to be heard
 * @fires moments-changed - `detail` is all of them
 */
@customElement('parley-moments')
export class Moments extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .moments,
      ul {
        display: grid;
        gap: var(--gap-3);
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: var(--gap-2);
        align-items: start;
      }
      textarea {
        font: inherit;
        color: inherit;
        inline-size: 100%;
        min-block-size: 2.75rem;
        field-sizing: content;
      }
      .button {
        padding-inline: var(--gap-4);
        justify-self: start;
      }
      .remove {
        display: grid;
        place-items: center;
        inline-size: 2.75rem;
        block-size: 2.75rem;
        border: 0;
        border-radius: var(--round-full);
        background: none;
        cursor: pointer;
      }
      .remove:hover {
        background: var(--well);
      }
      @media (max-width: 30rem) {
        li {
          grid-template-columns: 1fr auto;
        }
        textarea {
          grid-row: 2;
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) moments: readonly Written[] = [];
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<div class="moments" data-testid="moments">
      <h3>${t('moment.title')}</h3>
      ${this.moments.length === 0
        ? nothing
        : html`<ul>
            ${repeat(this.moments, ({ number }) => number, (moment) => this.#moment(moment))}
          </ul>`}
      <button class="button" data-testid="moment-here" ?disabled=${this.moments.length >= MOST} aria-keyshortcuts="N" title="N" @click=${() => this.dispatchEvent(new CustomEvent('moment-here', { bubbles: true, composed: true }))}>${t('moment.add')}</button>
      <p class="small soft">${t('moment.detail')}</p>
    </div>`;
  }

  /** Puts the cursor where the comment to that moment is written. */
  async write(number: number): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLTextAreaElement>(`textarea[data-number="${number}"]`)?.focus();
  }

  get full(): boolean {
    return this.moments.length >= MOST;
  }

  #moment({ number, at_ms, text }: Written): TemplateResult {
    const { t } = this.#msg;
    const time = clock(at_ms);
    return html`<li>
      <button class="button figures" dir="ltr" data-testid="moment-seek" aria-label=${t('moment.play', { time })} @click=${() => seekTo(this, at_ms)}>${icon.play} ${time}</button>
      <textarea
        class="field"
        dir="auto"
        rows="1"
        maxlength=${LONGEST}
        data-number=${number}
        data-testid="moment-text"
        aria-label=${t('moment.at', { time })}
        .value=${text}
        @input=${(event: Event) => this.#change(this.moments.map((one) => (one.number === number ? { ...one, text: (event.target as HTMLTextAreaElement).value } : one)))}
        @keydown=${(event: KeyboardEvent) => this.#leave(event)}
      ></textarea>
      <button class="remove" data-testid="moment-remove" aria-label=${t('moment.remove', { time })} title=${t('moment.remove', { time })} @click=${() => this.#change(this.moments.filter((one) => one.number !== number))}>${icon.close}</button>
    </li>`;
  }

  /** Escape gives the keys back to the player. */
  #leave(event: KeyboardEvent): void {
    if (event.key === 'Escape') (event.target as HTMLTextAreaElement).blur();
  }

  #change(all: readonly Written[]): void {
    this.dispatchEvent(new CustomEvent('moments-changed', { detail: all }));
  }
}
