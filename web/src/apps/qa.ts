import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { Scope } from '../lib/scope';
import '../ui/callsound';
import '../ui/evaluations';
import type { MomentSeek } from '../ui/moments';
import { typesInto } from '../ui/player/keys';
import type { Player } from '../ui/player/player';
import '../ui/player/player';
import type { Scoring } from '../ui/scoring';
import '../ui/scoring';
import type { Recording } from '../wire/rest';
import { RecordingsPage } from './recordingspage';

/** The reviewer's app: all recordings on one side, the player on the other. */
@customElement('parley-qa')
export class Qa extends RecordingsPage {
  static override styles = [
    ...RecordingsPage.styles,
    css`
      .chosen-one {
        position: sticky;
        inset-block-start: var(--gap-5);
      }
      .keys {
        padding-block-start: var(--gap-3);
        border-block-start: 1px solid var(--line);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--gap-2) var(--gap-4);
        padding-block-end: var(--gap-2);
      }
      dd {
        color: var(--ink-soft);
      }
      kbd {
        padding: 0.05rem 0.4rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.3rem;
        font: inherit;
        font-weight: 600;
      }
    `,
  ];

  /** A lead of reviewers, who answers what experts dispute. */
  @property({ type: Boolean }) lead = false;
  @query('.keys') private readonly keys!: HTMLDetailsElement | null;
  @query('parley-player') private readonly player!: Player | null;
  @query('parley-scoring') private readonly scoring!: Scoring | null;
  #scope = new Scope();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
    this.#scope.listen(window, 'keydown', (event: KeyboardEvent) => this.#key(event));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  override render(): TemplateResult {
    const { t } = this.msg;
    return html`<div class="page">
      <div class="title">
        <h1>${t('qa.title')}</h1>
        <p class="soft">${t('qa.detail')}</p>
      </div>
      ${this.panes(this.fresh)}
      ${this.lead
        ? html`<section class="pane card" aria-labelledby="disputes">
            <h2 id="disputes">${t('evaluation.disputes')}</h2>
            <parley-evaluations lead .api=${this.api} .fresh=${this.fresh}></parley-evaluations>
          </section>`
        : nothing}
    </div>`;
  }

  protected override label(): string {
    return this.msg.t('qa.listen');
  }

  protected override detail(recording: Recording): TemplateResult {
    return html`
      ${recording.playable ? html`<parley-player review .recording=${recording} .api=${this.api}></parley-player>` : html`<p>${this.msg.t('qa.notYet')}</p>`}
      ${recording.playable ? html`<parley-call-sound recording=${recording.id} .api=${this.api}></parley-call-sound>
            ${this.#keys()}<parley-scoring .recording=${recording} .api=${this.api} @moment-here=${() => this.#note()} @moment-seek=${(event: MomentSeek) => this.player?.seek(event.detail / 1000)}></parley-scoring>` : nothing}
    `;
  }

  protected override nothing(): TemplateResult {
    const { t } = this.msg;
    return html`<p>${t('qa.choose')}</p>
      <p class="small">${t('qa.chooseDetail')}</p>`;
  }

  #keys(): TemplateResult {
    const { t } = this.msg;
    const rows: readonly (readonly [keys: readonly string[], what: string])[] = [
      [['K', '␣'], t('keys.play')],
      [['J', 'L'], t('keys.seconds', { seconds: 10 })],
      [['←', '→'], t('keys.seconds', { seconds: 5 })],
      [['⇧ ←', '⇧ →'], t('keys.seconds', { seconds: 1 })],
      [['S'], t('keys.silence')],
      [['M', 'E'], t('keys.voice')],
      [['−', '+'], t('keys.speed')],
      [['1', '…', '9'], t('keys.steps')],
      [['N'], t('keys.note')],
      [['?'], t('keys.help')],
    ];
    return html`<details class="keys small" data-testid="keys">
      <summary>${t('keys.title')}</summary>
      <dl>
        ${rows.map(([keys, what]) => html`<dt dir="ltr">${keys.map((key) => (key === '…' ? '… ' : html`<kbd>${key}</kbd> `))}</dt><dd>${what}</dd>`)}
      </dl>
    </details>`;
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || typesInto(event.composedPath()[0])) return;
    const act = event.key === '?' ? () => this.#help() : event.key.toLowerCase() === 'n' ? () => this.#note() : null;
    if (!act) return;
    event.preventDefault();
    act();
  }

  #help(): void {
    if (!this.keys) return;
    this.keys.open = !this.keys.open;
    if (this.keys.open) this.keys.scrollIntoView({ block: 'nearest' });
  }

  /** Stops at the place that is heard, for a comment to it. */
  #note(): void {
    if (!this.player) return;
    this.player.pause();
    this.scoring?.noteAt(this.player.position * 1000);
  }
}
