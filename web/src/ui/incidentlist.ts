import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Api, Filter } from '../client/api';
import { Msg } from '../i18n/msg';
import { base, controls } from './base';
import { formStyles } from './form.styles';
import './notice';
import { Pages, type Reader } from './pages';

const listStyles = css`
  li {
    display: grid;
    gap: var(--gap-2);
    justify-items: start;
    padding: var(--gap-4);
  }
  li + li {
    border-block-start: 1px solid var(--line);
  }
  p {
    overflow-wrap: anywhere;
  }
  details,
  form {
    display: grid;
    gap: var(--gap-3);
    inline-size: min(100%, 30rem);
  }
  .wide {
    inline-size: 100%;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: var(--gap-2) var(--gap-3);
  }
  .mark {
    padding: 0.1rem var(--gap-2);
    border-radius: var(--round-full);
    background: var(--warn-soft);
    color: var(--on-warn-soft);
    font-size: var(--size-small);
    font-weight: 600;
  }
  .mark.calm {
    background: var(--well);
    color: var(--ink);
  }
  .empty,
  .more {
    display: grid;
    justify-items: center;
    padding: var(--gap-6) var(--gap-4);
    text-align: center;
    color: var(--ink-soft);
  }
`;

/** A list of what happened between people, page by page: what a row shows is each list's own. */
export abstract class IncidentList<T> extends LitElement {
  static override styles = [base, controls, formStyles, listStyles];

  @property({ attribute: false }) api!: Api;
  /** What of it is shown; empty values are all. */
  @property({ attribute: false }) filter: Filter = {};
  /** Changes whenever something new may be there. */
  @property({ type: Number }) fresh = 0;
  protected readonly msg = new Msg(this);
  protected readonly pages = new Pages<T>(this);

  /** Reads a page of the list. */
  protected abstract reader(): Reader<T>;
  protected abstract row(one: T): TemplateResult;
  /** What stands where there is nothing. */
  protected abstract empty(): string;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('api') || changed.has('filter')) void this.pages.reload(this.reader());
    else if (changed.has('fresh')) void this.pages.reload();
  }

  override render(): TemplateResult {
    const { list, next, problem } = this.pages;
    const { t } = this.msg;
    const trouble = problem
      ? html`<parley-notice data-testid="trouble" heading=${problem.title} detail=${problem.detail}>
          <button class="button" @click=${() => void this.pages.reload()}>${t('action.tryAgain')}</button>
        </parley-notice>`
      : nothing;
    if (list === null) return problem ? html`${trouble}` : html`<p class="empty" role="status">${t('directory.loading')}</p>`;
    if (list.length === 0) return html`${trouble}<p class="empty" role="status" data-testid="nothing">${this.empty()}</p>`;
    return html`
      ${trouble}
      <ul>
        ${list.map((one) => html`<li data-testid="incident">${this.row(one)}</li>`)}
      </ul>
      ${next === '' ? nothing : html`<div class="more"><button class="button" data-testid="more" @click=${() => void this.pages.more()}>${t('recordings.more')}</button></div>`}
    `;
  }
}
