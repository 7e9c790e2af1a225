import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { SessionState } from '../client/state';
import { Msg } from '../i18n/msg';
import type { CallView } from '../wire/view';
import type { Actions } from './actions';
import './avatar';
import { base, controls } from './base';
import { clock } from './format';
import { icon } from './icons';
import './notice';
import { Ticker } from './ticker';
import { microphoneTold } from './words';

/** Somebody is calling this expert: who, for how long, accept or decline. */
@customElement('parley-incoming')
export class Incoming extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .incoming {
        display: grid;
        gap: var(--gap-5);
        justify-items: center;
        inline-size: min(100%, 28rem);
        margin: 8vh auto 0;
        padding: var(--gap-7) clamp(var(--gap-4), 5vw, var(--gap-5));
        text-align: center;
        outline: none;
      }
      .face {
        --avatar-size: 7rem;
        line-height: 0;
        border-radius: var(--round-full);
        box-shadow: 0 0 0 0.5rem var(--talk-soft);
        animation: ring 1.4s ease-in-out infinite;
      }
      @keyframes ring {
        50% {
          box-shadow: 0 0 0 1.1rem var(--talk-soft);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .face {
          animation: none;
        }
      }
      .answers {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--gap-3);
        inline-size: 100%;
      }
      .answers .later {
        grid-column: 1 / -1;
      }
      .waits .face {
        animation: none;
      }
      .answers .button {
        min-block-size: 3.5rem;
        padding-inline: var(--gap-3);
      }
      parley-notice {
        inline-size: 100%;
      }
    `,
  ];

  @property({ attribute: false }) call!: CallView;
  @property({ attribute: false }) session!: SessionState;
  @property({ attribute: false }) actions!: Actions;
  @query('.incoming') private readonly box!: HTMLElement | null;

  readonly #msg = new Msg(this);

  constructor() {
    super();
    new Ticker(this);
  }

  protected override firstUpdated(): void {
    this.box?.focus({ preventScroll: true });
  }

  /** The button for a minute goes once it was pressed: what it stood in takes the focus over. */
  #wait(): void {
    this.box?.focus({ preventScroll: true });
    this.actions.delay();
  }

  override render(): TemplateResult {
    const { actions, call } = this;
    const { t } = this.#msg;
    const { microphone } = this.session.media;
    const told = microphone.kind === 'fault' ? microphoneTold(t, microphone.fault) : null;
    return html`
      <section class="incoming card ${this.session.waits ? 'waits' : ''}" role="alertdialog" aria-labelledby="who" tabindex="-1" data-testid="incoming">
        <div class="face"><parley-avatar .name=${call.peer.name}></parley-avatar></div>
        <div>
          <p class="soft">${t('incoming.title')}</p>
          <h1 id="who">${call.peer.name}</h1>
          <p class="soft"><span class="figures">${t('incoming.waiting', { time: clock(this.#now - Date.parse(call.created_at)) })}</span></p>
        </div>
        ${this.#promise()}
        ${told ? html`<parley-notice heading=${told.title} detail=${told.detail}></parley-notice>` : nothing}
        <div class="answers">
          <button class="button" data-testid="decline" @click=${() => actions.decline()}>${icon.close} ${t('action.decline')}</button>
          <button class="button talk" data-testid="accept" ?disabled=${microphone.kind === 'asking'} @click=${() => void actions.accept()}>
            ${icon.phone} ${t('action.accept')}
          </button>
          ${call.answers_by === null
            ? html`<button class="button later" data-testid="delay" @click=${() => this.#wait()}>${icon.clock} ${t('action.delay')}</button>`
            : nothing}
        </div>
      </section>
    `;
  }

  /** What the caller has been told, and how long this may wait. */
  #promise(): TemplateResult {
    const { call, session } = this;
    const { t } = this.#msg;
    const by = session.waits ? call.answers_by : null;
    return html`<div>
      <p role="status" data-testid="promise">${by === null ? '' : t('incoming.delayed', { name: call.peer.name })}</p>
      <p class="soft figures">${by === null ? '' : t('status.again', { time: clock(Date.parse(by) - this.#now) })}</p>
    </div>`;
  }

  /** The server's time. */
  get #now(): number {
    return Date.now() + this.session.clockSkewMs;
  }
}
