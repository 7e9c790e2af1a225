import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { callSound } from '../client/sound';
import { Msg } from '../i18n/msg';
import type { CallSound as Sound, LegSound, Measured, WaySound } from '../wire/sound';
import { base } from './base';

const LEGS = ['member', 'expert'] as const;

/** How the call of a recording sounded: who listens tells the network's faults from the expert's. For another recording put in another element. */
@customElement('parley-call-sound')
export class CallSound extends LitElement {
  static override styles = [
    base,
    css`
      summary {
        cursor: pointer;
        font-weight: 600;
      }
      dl {
        display: grid;
        gap: var(--gap-3);
        padding-block-start: var(--gap-3);
      }
      dt {
        font-weight: 600;
      }
      .exact {
        display: block;
      }
      dd + dd {
        margin-block-start: var(--gap-1);
      }
      .poor {
        padding: 0.1rem var(--gap-2);
        border-radius: var(--round-full);
        background: var(--warn-soft);
        color: var(--on-warn-soft);
        font-weight: 600;
      }
    `,
  ];

  @property() recording = '';
  @property({ attribute: false }) api!: Api;
  @state() private sound: Sound | null = null;
  readonly #msg = new Msg(this);

  protected override firstUpdated(): void {
    void this.#load();
  }

  override render(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    const { sound } = this;
    if (sound === null) return nothing;
    return html`<details class="small" data-testid="call-sound" ?open=${LEGS.some((leg) => troubled(sound[leg]))}>
      <summary>${t('sound.title')}</summary>
      <dl>
        ${LEGS.map(
          (leg) => html`<div data-testid="sound-${leg}">
            <dt>${t(`player.${leg}`)}</dt>
            ${this.#way('sent', sound[leg].sent)} ${this.#way('heard', sound[leg].heard)} ${this.#missed(sound[leg])}
          </div>`,
        )}
      </dl>
    </details>`;
  }

  #way(which: 'sent' | 'heard', way: WaySound | null): TemplateResult {
    const { t } = this.#msg;
    if (way === null || way.word === '') return html`<dd><span class="soft">${t(`sound.${which}`)}:</span> ${t('sound.unknown')}</dd>`;
    return html`<dd>
      <span class="soft">${t(`sound.${which}`)}:</span> <span class=${way.word} data-testid="sound-word">${t(`sound.${way.word}`)}</span>${way.cause === '' ? nothing : html`, ${t(`sound.${way.cause}`)}`}
      <span class="soft figures exact">${t('sound.figures', { mos: this.#figures(way.mos, 1), loss: this.#figures(way.loss_percent, 1, 'percent'), jitter: this.#figures(way.jitter_ms, 0, 'millisecond') })}</span>
    </dd>`;
  }

  #missed({ absences, silences }: LegSound): TemplateResult {
    const { t } = this.#msg;
    return html`${absences > 0 ? html`<dd data-testid="sound-absences">${t('sound.absences', { count: absences })}</dd>` : nothing}
    ${silences > 0 ? html`<dd data-testid="sound-silences">${t('sound.silences', { count: silences })}</dd>` : nothing}`;
  }

  /** The average and the worst. */
  #figures({ average, worst }: Measured, digits: number, unit?: 'percent' | 'millisecond'): string {
    const { t, language } = this.#msg;
    const format = new Intl.NumberFormat(language, { maximumFractionDigits: digits, ...(unit ? { style: 'unit', unit } : {}) });
    return t('sound.worst', { average: format.format(average), worst: format.format(worst) });
  }

  /** What sounded is a convenience beside the recording: without it the recording plays as well. */
  async #load(): Promise<void> {
    try {
      this.sound = await callSound(this.api, this.recording);
    } catch {
      this.sound = null;
    }
  }
}

/** Whether somebody was heard badly or not at all for a while. */
function troubled({ sent, heard, absences, silences }: LegSound): boolean {
  return sent?.word === 'poor' || heard?.word === 'poor' || absences > 0 || silences > 0;
}
