import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import { base, controls } from '../ui/base';
import { moment } from '../ui/format';
import { icon } from '../ui/icons';
import '../ui/recordings';
import type { ChosenEvent } from '../ui/recordings';
import { report } from '../ui/report';
import type { Recording } from '../wire/rest';
import { pageStyles } from './page.styles';

const ROUTE = '#/recordings/';

const panesStyles = css`
  .panes {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
    gap: var(--gap-5);
    align-items: start;
  }
  .chosen-one {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
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
  .back {
    display: none;
    justify-self: start;
  }
  @media (max-width: 48rem) {
    .panes {
      grid-template-columns: minmax(0, 1fr);
    }
    .chosen .pane,
    .panes:not(.chosen) .chosen-one {
      display: none;
    }
    .back {
      display: inline-flex;
    }
    .chosen-one {
      padding: var(--gap-4);
    }
  }
`;

/** A page of staff about recordings: all of them on one side, on the other the one that the address names. */
export abstract class RecordingsPage extends LitElement {
  static override styles = [base, controls, pageStyles, panesStyles];

  @property({ attribute: false }) api!: Api;
  @property() route = '';
  @property({ type: Number }) fresh = 0;
  @state() private recording: Recording | null = null;
  protected readonly msg = new Msg(this);

  /** What the side of the chosen one is called. */
  protected abstract label(): string;
  protected abstract detail(recording: Recording): TemplateResult;
  /** What is said while none is chosen. */
  protected abstract nothing(): TemplateResult;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('route')) void this.#follow(this.route);
  }

  /** Both sides; `fresh` loads the list anew. */
  protected panes(fresh: number): TemplateResult {
    const { t, language } = this.msg;
    const chosen = this.recording;
    return html`<div class="panes ${chosen ? 'chosen' : ''}">
      <section class="pane card" aria-label=${t('qa.all')}>
        <parley-recordings review .api=${this.api} .fresh=${fresh} .selected=${chosen?.id ?? ''} @recording-chosen=${(event: ChosenEvent) => this.#choose(event.detail)}></parley-recordings>
      </section>
      <section class="chosen-one card" aria-label=${this.label()}>
        ${chosen
          ? html`<a class="button back" href="#/">${t('qa.all')}</a>
              <div>
                <h2 tabindex="-1">${t('recordings.names', { member: chosen.member.name, expert: chosen.expert.name })}</h2>
                <p class="soft">${moment(chosen.started_at, language)}</p>
              </div>
              ${keyed(chosen.id, this.detail(chosen))}`
          : html`<div class="nothing">${icon.ear} ${this.nothing()}</div>`}
      </section>
    </div>`;
  }

  #choose(recording: Recording): void {
    this.#show(recording);
    location.hash = ROUTE + encodeURIComponent(recording.id);
  }

  /** What was chosen gets the focus: on a phone it takes the place of the list. */
  #show(recording: Recording): void {
    this.recording = recording;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.chosen-one h2')?.focus({ preventScroll: true }));
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
      if (this.route === route) this.#show(found);
    } catch (error) {
      report(this, error);
    }
  }
}
