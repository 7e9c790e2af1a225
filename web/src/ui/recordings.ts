import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import { problemOf } from '../client/problem';
import type { Problem } from '../wire/server';
import type { Recording, RecordingStage } from '../wire/rest';
import './accesses';
import { base, controls } from './base';
import { clock, moment, spoken } from './format';
import { icon } from './icons';
import './notice';
import { shortcoming } from './notes';
import './player/player';
import './owncopy';
import { pageProblemTold } from './pageproblems';
import './receipts';
import './rights';
import { stageTold } from './words';

const PAGE = 30;

/** Recordings in these states concern the two people even where they cannot play them: who listened, what was erased. */
const CLOSED: readonly RecordingStage[] = ['stored', 'erased'];

/** `recording-chosen`: a reviewer opens this recording. */
export type ChosenEvent = CustomEvent<Recording>;

/**
 * Recordings, newest first. For the two people of a call a row opens its player in place; with
 * `review` a row is chosen and the player stands elsewhere. A new `fresh` value loads the list anew.
 */
@customElement('parley-recordings')
export class Recordings extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      li + li {
        border-block-start: 1px solid var(--line);
      }
      .row {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0 var(--gap-3);
        inline-size: 100%;
        padding: var(--gap-3) var(--gap-4);
        border: 0;
        border-radius: var(--round-small);
        background: none;
        text-align: start;
        cursor: pointer;
      }
      .row:hover {
        background: var(--well);
      }
      .row[aria-expanded='true'],
      .row[aria-current='true'] {
        background: var(--talk-soft);
        color: var(--on-talk-soft);
      }
      .row[aria-expanded='true'] .soft,
      .row[aria-current='true'] .soft {
        color: inherit;
      }
      .row:disabled {
        cursor: default;
        background: none;
      }
      .names {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .mark {
        display: inline-flex;
        align-items: center;
        gap: var(--gap-1);
        grid-column: 1 / -1;
        inline-size: fit-content;
        margin-block-start: var(--gap-1);
        padding: 0.1rem var(--gap-2);
        border-radius: var(--round-full);
        background: var(--warn-soft);
        color: var(--on-warn-soft);
        font-size: var(--size-small);
        font-weight: 600;
      }
      .open {
        display: grid;
        gap: var(--gap-4);
        padding: var(--gap-3) var(--gap-4) var(--gap-5);
      }
      .empty {
        display: grid;
        justify-items: center;
        gap: var(--gap-2);
        padding: var(--gap-6) var(--gap-4);
        text-align: center;
        color: var(--ink-soft);
      }
      .empty svg {
        inline-size: 2rem;
        block-size: 2rem;
      }
      .more {
        display: grid;
        justify-items: center;
        padding: var(--gap-3);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ type: Boolean }) review = false;
  /** Which recording is open. */
  @property() selected = '';
  /** Changes whenever something new may be there. */
  @property({ type: Number }) fresh = 0;
  @state() private list: readonly Recording[] | null = null;
  @state() private next = '';
  @state() private problem: Problem | null = null;
  readonly #msg = new Msg(this);
  #load = 0;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('fresh') || changed.has('api')) void this.#reload();
  }

  override render(): TemplateResult {
    if (this.list === null) return this.problem ? this.#trouble(this.problem) : html`<p class="empty" role="status">${this.#msg.t('directory.loading')}</p>`;
    if (this.list.length === 0) return html`${this.#empty()}${this.#ownCopy()}`;
    return html`
      ${this.problem ? this.#trouble(this.problem) : nothing}
      <ul>
        ${this.list.map((recording) => html`<li>${this.#row(recording)}</li>`)}
      </ul>
      ${this.next === '' ? nothing : html`<div class="more"><button class="button" @click=${() => void this.#more()}>${this.#msg.t('recordings.more')}</button></div>`}
      ${this.#ownCopy()}
    `;
  }

  #ownCopy(): TemplateResult | typeof nothing {
    return this.review ? nothing : html`<parley-own-copy .api=${this.api}></parley-own-copy>`;
  }

  #row(recording: Recording): TemplateResult {
    const open = recording.id === this.selected;
    return html`
      <button
        class="row"
        data-testid=${`recording-${recording.id}`}
        data-state=${recording.state}
        aria-current=${this.review && open ? 'true' : nothing}
        aria-expanded=${this.review ? nothing : open ? 'true' : 'false'}
        ?disabled=${!recording.playable && (this.review || !CLOSED.includes(recording.state))}
        @click=${() => this.#choose(recording, open)}
      >
        <span class="names">${this.#names(recording)}</span>
        <span class="figures" title=${spoken(recording.length_ms, this.#msg.language)}>${clock(recording.length_ms)}</span>
        <span class="small soft">${moment(recording.started_at, this.#msg.language)}</span>
        <span></span>
        ${this.#mark(recording)}
      </button>
      ${open && !this.review
        ? html`<div class="open">
            ${recording.playable ? keyed(recording.id, html`<parley-player .recording=${recording} .api=${this.api}></parley-player>`) : nothing}
            <parley-accesses .api=${this.api} .recording=${recording.id}></parley-accesses>
            <parley-receipts .api=${this.api} .call=${recording.call}></parley-receipts>
            <parley-rights .api=${this.api} .recording=${recording.id} @erasure-asked=${() => void this.#reload()}></parley-rights>
          </div>`
        : nothing}
    `;
  }

  #names(recording: Recording): string {
    return this.#msg.t('recordings.names', { member: recording.member.name, expert: recording.expert.name });
  }

  #mark(recording: Recording): TemplateResult | typeof nothing {
    if (recording.state === 'damaged') return html`<span class="mark">${icon.warning} ${this.#msg.t('stage.damaged')}</span>`;
    if (!recording.playable) return html`<span class="mark">${stageTold(this.#msg.t, recording.state)}</span>`;
    if (recording.erased.length > 0) return html`<span class="mark">${this.#msg.t('recordings.oneErased')}</span>`;
    return recording.clean ? nothing : html`<span class="mark">${icon.warning} ${shortcoming(this.#msg.t, recording.notes)}</span>`;
  }

  #empty(): TemplateResult {
    return html`<div class="empty">
      ${icon.ear}
      <p>${this.#msg.t('recordings.empty')}</p>
      <p class="small">${this.#msg.t('recordings.emptyDetail')}</p>
    </div>`;
  }

  #trouble(problem: Problem): TemplateResult {
    const told = pageProblemTold(this.#msg.t, problem);
    return html`<parley-notice heading=${told.title} detail=${told.detail}>
      <button class="button" @click=${() => void this.#reload()}>${this.#msg.t('action.tryAgain')}</button>
    </parley-notice>`;
  }

  #choose(recording: Recording, open: boolean): void {
    if (!this.review) this.selected = open ? '' : recording.id;
    this.dispatchEvent(new CustomEvent('recording-chosen', { detail: recording }));
  }

  /** Loads the newest page; an answer that a later load has overtaken is dropped. */
  async #reload(): Promise<void> {
    const mine = ++this.#load;
    try {
      const page = await this.api.recordings(PAGE);
      if (mine !== this.#load) return;
      this.list = page.recordings;
      this.next = page.next;
      this.problem = null;
    } catch (error) {
      if (mine === this.#load) this.problem = problemOf(error);
    }
  }

  async #more(): Promise<void> {
    const mine = ++this.#load;
    try {
      const page = await this.api.recordings(PAGE, this.next);
      if (mine !== this.#load) return;
      this.list = [...(this.list ?? []), ...page.recordings];
      this.next = page.next;
    } catch (error) {
      if (mine === this.#load) this.problem = problemOf(error);
    }
  }
}
