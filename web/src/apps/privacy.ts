import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Api } from '../client/api';
import { base, controls } from '../ui/base';
import '../ui/casefile';
import { moment } from '../ui/format';
import { icon } from '../ui/icons';
import '../ui/recordings';
import type { ChosenEvent } from '../ui/recordings';
import { report } from '../ui/report';
import type { Erasure, Recording } from '../wire/rest';
import { pageStyles } from './page.styles';

/** The privacy officer's app: wishes to decide, all recordings, and the holds, erasures and disclosures of one. */
@customElement('parley-privacy')
export class Privacy extends LitElement {
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
      .decide,
      .file {
        display: grid;
        gap: var(--gap-4);
        padding: var(--gap-5);
      }
      .decide {
        margin-block-end: var(--gap-5);
      }
      .wish {
        display: grid;
        gap: var(--gap-2);
        padding-block: var(--gap-3);
      }
      label {
        display: grid;
        gap: var(--gap-1);
        inline-size: 100%;
      }
      form > .button {
        justify-self: start;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
      .nothing {
        display: grid;
        justify-items: center;
        gap: var(--gap-3);
        padding: var(--gap-6);
        color: var(--ink-soft);
      }
      @media (max-width: 48rem) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ type: Number }) fresh = 0;
  @state() private recording: Recording | null = null;
  @state() private wishes: readonly Erasure[] = [];
  @state() private changes = 0;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('fresh') || changed.has('api')) void this.#load();
  }

  override render(): TemplateResult {
    const { recording } = this;
    return html`<div class="page">
      <div class="title">
        <h1>Privacy</h1>
        <p class="soft">Everything you do here is written to the audit log before it is done.</p>
      </div>
      ${this.wishes.length === 0 ? nothing : this.#toDecide()}
      <div class="panes">
        <section class="pane card" aria-label="All recordings">
          <parley-recordings
            review
            .api=${this.api}
            .fresh=${this.fresh + this.changes}
            .selected=${recording?.id ?? ''}
            @recording-chosen=${(event: ChosenEvent) => (this.recording = event.detail)}
          ></parley-recordings>
        </section>
        <section class="file card" aria-label="Rights and duties">
          ${recording === null
            ? html`<div class="nothing">${icon.ear}<p>Choose a recording to see its holds, erasures and disclosures.</p></div>`
            : keyed(recording.id, html`<parley-casefile .api=${this.api} .recording=${recording} @changed=${() => void this.#load()}></parley-casefile>`)}
        </section>
      </div>
    </div>`;
  }

  #toDecide(): TemplateResult {
    return html`<section class="decide card" aria-labelledby="decide" data-testid="to-decide">
      <h2 id="decide">To be decided</h2>
      ${this.wishes.map(
        (wish) => html`<form class="wish" @submit=${(event: SubmitEvent) => void this.#decide(event, wish)}>
          <p>Somebody asks to have the ${wish.part}’s voice of ${wish.recording} erased. <span class="small soft">${moment(wish.requested_at)}</span></p>
          <label>Note to the person, needed for a refusal <input class="field" name="note" maxlength="500" /></label>
          <div class="choice">
            <button class="button" name="approve" value="yes" data-testid="approve">Erase</button>
            <button class="button quiet" name="approve" value="no" data-testid="refuse">Refuse</button>
          </div>
        </form>`,
      )}
    </section>`;
  }

  async #decide(event: SubmitEvent, wish: Erasure): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const approve = (event.submitter as HTMLButtonElement | null)?.value === 'yes';
    const note = data.get('note');
    try {
      await this.api.decideErasure(wish.id, approve, typeof note === 'string' ? note : '');
      await this.#load();
    } catch (error) {
      report(this, error);
    }
  }

  async #load(): Promise<void> {
    try {
      this.wishes = await this.api.erasuresToDecide();
      this.changes++;
    } catch (error) {
      report(this, error);
    }
  }
}
