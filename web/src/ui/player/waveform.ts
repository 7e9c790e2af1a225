import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Msg } from '../../i18n/msg';
import type { Peaks, PlayEvent, Span } from '../../wire/rest';
import { base } from '../base';
import { clock } from '../format';
import { eventText, HALF, lanePath, pauses, spokenShare } from './lanes';

const COLUMNS = 1000;
const VOICES = ['member', 'expert'] as const;

/**
 * The two voices of a recording as two lanes over one time, with what was not recorded and what happened.
 *
 * @fires seek - the person points at a place; `detail` is in seconds
 */
@customElement('parley-waveform')
export class Waveform extends LitElement {
  static override styles = [
    base,
    css`
      .lanes {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: var(--gap-1) var(--gap-3);
      }
      svg {
        inline-size: 100%;
        block-size: 3.5rem;
        border-radius: var(--round-small);
        background: var(--well);
        cursor: pointer;
      }
      .voice {
        fill: var(--talk);
      }
      .pause {
        fill: var(--line);
      }
      .event {
        stroke: var(--warn);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .head {
        stroke: var(--ink);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-1) var(--gap-4);
        margin: var(--gap-2) 0 0;
        padding: 0;
        list-style: none;
      }
    `,
  ];

  @property({ attribute: false }) peaks!: Peaks;
  @property({ attribute: false }) spans: readonly Span[] = [];
  @property({ attribute: false }) events: readonly PlayEvent[] = [];
  /** Seconds. */
  @property({ type: Number }) duration = 0;
  @property({ type: Number }) position = 0;
  readonly #msg = new Msg(this);

  override render(): TemplateResult {
    const { t, language } = this.#msg;
    const share = (channel: number): string =>
      new Intl.NumberFormat(language, { style: 'percent' }).format(spokenShare(this.peaks, channel, this.duration * 1000));
    return html`
      <div class="lanes" dir="ltr" data-testid="waveform">
        ${VOICES.map(
          (name, channel) => html`
            <span class="small soft">${t(`player.${name}`)}</span>
            <svg
              viewBox="0 0 ${COLUMNS} ${2 * HALF}"
              preserveAspectRatio="none"
              role="img"
              aria-label=${t('lane.share', { who: t(`player.${name}`), share: share(channel) })}
              @click=${(e: MouseEvent) => this.#point(e)}
            >
              ${this.#pauses()}<path class="voice" d=${lanePath(this.peaks, channel, COLUMNS)}></path>${this.#events(channel)}${this.#line('head', this.position * 1000)}
            </svg>
          `,
        )}
      </div>
      ${this.#legend()}
    `;
  }

  #x(ms: number): number {
    return this.duration > 0 ? (ms / 1000 / this.duration) * COLUMNS : 0;
  }

  #pauses(): TemplateResult[] {
    return pauses(this.spans, this.duration * 1000).map(
      ({ from, to }) => svg`<rect class="pause" x=${this.#x(from)} y="0" width=${this.#x(to) - this.#x(from)} height=${2 * HALF}></rect>`,
    );
  }

  #events(channel: number): TemplateResult[] {
    const lane = VOICES[channel];
    return this.events
      .filter((event) => eventText(this.#msg.t, event) !== '' && (event.leg === '' || event.leg === lane))
      .map((event) => this.#line('event', event.at_ms));
  }

  #line(kind: string, ms: number): TemplateResult {
    const x = this.#x(ms);
    return svg`<line class=${kind} x1=${x} x2=${x} y1="0" y2=${2 * HALF}></line>`;
  }

  /** The same in words: marks alone say nothing to who does not see them. */
  #legend(): TemplateResult | typeof nothing {
    const words = [
      ...pauses(this.spans, this.duration * 1000).map(({ from, to }) => ({ at: from, text: this.#msg.t('lane.unrecorded', { time: clock(to) }) })),
      ...this.events.map((event) => ({ at: event.at_ms, text: eventText(this.#msg.t, event) })).filter(({ text }) => text !== ''),
    ].sort((a, b) => a.at - b.at);
    if (words.length === 0) return nothing;
    return html`<ul class="small soft" data-testid="happened">
      ${words.map(({ at, text }) => html`<li><span class="figures">${clock(at)}</span> ${text}</li>`)}
    </ul>`;
  }

  #point(event: MouseEvent): void {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const seconds = ((event.clientX - box.left) / box.width) * this.duration;
    this.dispatchEvent(new CustomEvent('seek', { detail: seconds }));
  }
}
