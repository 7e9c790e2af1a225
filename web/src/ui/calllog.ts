import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { OwnCall } from '../wire/rest';
import { base, controls } from './base';
import { moment, spoken, spokenDays } from './format';
import './messages';
import './receipts';
import { report } from './report';

/** How far back the list goes. */
const DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * The calls in which a person talked lately, the newest first, recorded or not: each opens to the person's receipts
 * and what was written. Nothing while there is none.
 */
@customElement('parley-call-log')
export class CallLog extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      section {
        display: grid;
        gap: var(--gap-3);
        padding: var(--gap-5);
      }
      h2 {
        font-size: var(--size-1);
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      summary {
        min-block-size: 2.75rem;
        text-decoration: none;
      }
      .name {
        text-decoration: underline;
        overflow-wrap: anywhere;
      }
      .when {
        display: block;
        font-weight: 400;
      }
      .opened {
        display: grid;
        gap: var(--gap-3);
        padding-block: var(--gap-2) var(--gap-4);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** Changes whenever something new may be there. */
  @property() fresh = '';
  /** The person's own id. */
  @property() own = '';
  @state() private list: readonly OwnCall[] = [];
  /** The calls that were opened here: what is in them is fetched then. */
  @state() private opened: readonly string[] = [];
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('api') || changed.has('fresh')) void this.#load();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.list.length === 0) return nothing;
    const { t, language } = this.#msg;
    return html`<section class="card" aria-labelledby="title" data-testid="call-log">
      <h2 id="title">${t('log.title', { time: spokenDays(DAYS, language) })}</h2>
      <p class="small soft">${t('log.detail')}</p>
      <ul>
        ${this.list.map((one) => html`<li>${this.#row(one)}</li>`)}
      </ul>
    </section>`;
  }

  #row({ call, peer, connected_at: from, ended_at: to }: OwnCall): TemplateResult {
    const { t, language } = this.#msg;
    const length = to === null ? t('today.now') : spoken(Date.parse(to) - Date.parse(from), language);
    return html`<details data-testid=${`log-${call}`} @toggle=${() => this.#open(call)}>
      <summary><bdi class="name">${peer.name}</bdi> <span class="when small soft"><bdi>${moment(from, language)}</bdi> · <bdi>${length}</bdi></span></summary>
      ${this.opened.includes(call)
        ? html`<div class="opened">
            <parley-receipts .api=${this.api} .call=${call}></parley-receipts>
            <parley-messages over .api=${this.api} call=${call} own=${this.own} peer=${peer.name}></parley-messages>
          </div>`
        : nothing}
    </details>`;
  }

  #open(call: string): void {
    if (!this.opened.includes(call)) this.opened = [...this.opened, call];
  }

  async #load(): Promise<void> {
    try {
      this.list = (await this.api.ownCalls(new Date(Date.now() - DAYS * DAY_MS).toISOString())).reverse();
    } catch (error) {
      report(this, error);
    }
  }
}
