import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { OwnCall } from '../wire/rest';
import { base, controls } from './base';
import { spoken, timeOfDay } from './format';
import { report } from './report';

/** The calls in which an expert has talked today, in the expert's own zone, the newest first. */
@customElement('parley-today')
export class Today extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      section {
        padding: var(--gap-5);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: var(--gap-1) var(--gap-4);
        padding-block: var(--gap-3);
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** Changes whenever something new may be there. */
  @property() fresh = '';
  @state() private list: readonly OwnCall[] | null = null;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('api') || changed.has('fresh')) void this.#load();
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<section class="card" aria-labelledby="title" data-testid="today">
      <h2 id="title">${t('today.title')}</h2>
      ${this.list === null || this.list.length === 0 ? html`<p class="soft">${t(this.list === null ? 'directory.loading' : 'today.none')}</p>` : this.#calls(this.list)}
    </section>`;
  }

  #calls(list: readonly OwnCall[]): TemplateResult {
    const { t, language } = this.#msg;
    const length = ({ connected_at: from, ended_at: to }: OwnCall): string => (to === null ? t('today.now') : spoken(Date.parse(to) - Date.parse(from), language));
    return html`<ul>
      ${list.map((call) => html`<li><span dir="auto">${call.peer.name}</span><span class="small soft figures">${timeOfDay(call.connected_at, language)} · ${length(call)}</span></li>`)}
    </ul>`;
  }

  async #load(): Promise<void> {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    try {
      this.list = (await this.api.ownCalls(midnight.toISOString())).reverse();
    } catch (error) {
      report(this, error);
    }
  }
}
