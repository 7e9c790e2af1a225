import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Api } from '../client/api';
import { base, controls } from '../ui/base';
import { moment } from '../ui/format';
import { icon } from '../ui/icons';
import '../ui/player/player';
import '../ui/recordings';
import type { ChosenEvent } from '../ui/recordings';
import { report } from '../ui/report';
import type { Recording } from '../wire/rest';
import { pageStyles } from './page.styles';

const ROUTE = '#/recordings/';

/** The reviewer's app: all recordings on one side, the player on the other. */
@customElement('parley-qa')
export class Qa extends LitElement {
  static override styles = [
    base,
    controls,
    pageStyles,
    css`
      .panes {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: var(--gap-5);
        align-items: start;
      }
      .listen {
        position: sticky;
        inset-block-start: var(--gap-5);
        display: grid;
        gap: var(--gap-5);
        padding: var(--gap-5);
      }
      .nothing {
        display: grid;
        justify-items: center;
        gap: var(--gap-3);
        padding: var(--gap-8) var(--gap-4);
        text-align: center;
        color: var(--ink-soft);
      }
      .nothing svg {
        inline-size: 2.25rem;
        block-size: 2.25rem;
      }
      .keys {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2) var(--gap-4);
        padding-block-start: var(--gap-4);
        border-block-start: 1px solid var(--line);
        color: var(--ink-soft);
      }
      kbd {
        padding: 0.05rem 0.4rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.3rem;
        font: inherit;
        font-weight: 600;
        color: var(--ink);
      }
      .back {
        display: none;
        justify-self: start;
      }
      @media (max-width: 48rem) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
        .chosen .pane,
        .panes:not(.chosen) .listen {
          display: none;
        }
        .back {
          display: inline-flex;
        }
        .listen {
          padding: var(--gap-4);
        }
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property() route = '';
  @property({ type: Number }) fresh = 0;
  @state() private recording: Recording | null = null;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('route')) void this.#follow(this.route);
  }

  override render(): TemplateResult {
    const chosen = this.recording;
    return html`<div class="page">
      <div class="title">
        <h1>Recordings</h1>
        <p class="soft">New ones appear here as soon as they can be played.</p>
      </div>
      <div class="panes ${chosen ? 'chosen' : ''}">
        <section class="pane card" aria-label="All recordings">
          <parley-recordings
            review
            .api=${this.api}
            .fresh=${this.fresh}
            .selected=${chosen?.id ?? ''}
            @recording-chosen=${(event: ChosenEvent) => this.#choose(event.detail)}
          ></parley-recordings>
        </section>
        <section class="listen card" aria-label="Listen">${chosen ? this.#listen(chosen) : none}</section>
      </div>
    </div>`;
  }

  #listen(recording: Recording): TemplateResult {
    return html`
      <a class="button back" href="#/">All recordings</a>
      <div>
        <h2>${recording.member.name} and ${recording.expert.name}</h2>
        <p class="soft">${moment(recording.started_at)}</p>
      </div>
      ${recording.playable
        ? keyed(recording.id, html`<parley-player review .recording=${recording} .api=${this.api}></parley-player>`)
        : html`<p>This recording cannot be played yet.</p>`}
      ${recording.playable ? shortcuts : nothing}
    `;
  }

  #choose(recording: Recording): void {
    this.recording = recording;
    location.hash = ROUTE + encodeURIComponent(recording.id);
  }

  async #follow(route: string): Promise<void> {
    if (!route.startsWith(ROUTE)) {
      this.recording = null;
      return;
    }
    const id = decodeURIComponent(route.slice(ROUTE.length));
    if (this.recording?.id === id) return;
    try {
      const found = await this.api.recording(id);
      if (this.route === route) this.recording = found;
    } catch (error) {
      report(this, error);
    }
  }
}

const none = html`<div class="nothing">
  ${icon.ear}
  <p>Choose a recording to listen to.</p>
  <p class="small">You say why before the first sound, and each play is logged.</p>
</div>`;

const shortcuts = html`<p class="keys small">
  <span><kbd>K</kbd> play</span>
  <span><kbd>J</kbd> <kbd>L</kbd> 10 s</span>
  <span><kbd>←</kbd> <kbd>→</kbd> 5 s</span>
  <span><kbd>M</kbd> <kbd>E</kbd> one voice</span>
  <span><kbd>−</kbd> <kbd>+</kbd> speed</span>
</p>`;
