import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Recording } from '../wire/rest';
import type { CallView } from '../wire/view';
import './avatar';
import './callnotes';
import { base, controls } from './base';
import './feedback';
import { spoken } from './format';
import { icon } from './icons';
import './messages';
import './player/player';
import './receipts';
import { report } from './report';
import { ending } from './words';

/**
 * What is left of a call: how it ended, its length, the recording as soon as it can be played, the receipt.
 *
 * @fires done - the person goes on
 */
@customElement('parley-after-call')
export class AfterCall extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .after {
        display: grid;
        gap: var(--gap-5);
        inline-size: min(100%, 36rem);
        margin-inline: auto;
        padding: var(--gap-6) var(--gap-4);
        text-align: center;
        justify-items: center;
      }
      .box {
        display: grid;
        gap: var(--gap-4);
        inline-size: 100%;
        padding: var(--gap-5);
        text-align: start;
      }
      .detail,
      .length {
        margin-block-start: var(--gap-2);
      }
      .waiting {
        display: flex;
        align-items: center;
        gap: var(--gap-3);
      }
      .dots {
        inline-size: 2.5rem;
        block-size: 0.4rem;
        border-radius: var(--round-full);
        background: linear-gradient(90deg, var(--talk) 40%, var(--well) 0) 0 / 200% 100%;
        animation: pass 1.6s linear infinite;
      }
      @keyframes pass {
        from {
          background-position: 100% 0;
        }
        to {
          background-position: -100% 0;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .dots {
          animation: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) call!: CallView;
  @property({ attribute: false }) api!: Api;
  /** The person's own id. */
  @property() own = '';
  /** The recording of this call once it can be played, else empty. */
  @property() ready = '';
  /** Changes whenever something new may be there. */
  @property({ type: Number }) fresh = 0;
  @state() private recording: Recording | null = null;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (this.recording !== null) return;
    if (changed.has('ready') && this.ready !== '') void this.#load(this.ready);
    else if (changed.has('fresh')) void this.#look();
  }

  override render(): TemplateResult {
    const { call } = this;
    const { t } = this.#msg;
    const told = ending(t, call);
    return html`
      <section class="after" data-testid="ended" data-reason=${call.end_reason}>
        <parley-avatar .name=${call.peer.name} style="--avatar-size: 5rem"></parley-avatar>
        <div>
          <h1>${told.title}</h1>
          <p class="soft detail">${told.detail}</p>
          ${this.#length()}
        </div>
        ${call.connected_at === null ? nothing : this.#box()}
        <button class="button talk" data-testid="done" @click=${() => this.dispatchEvent(new Event('done'))}>${t('action.done')}</button>
      </section>
    `;
  }

  #length(): TemplateResult | typeof nothing {
    const { connected_at: from, ended_at: to } = this.call;
    if (from === null || to === null) return nothing;
    return html`<p class="length">${this.#msg.t('after.length', { length: spoken(Date.parse(to) - Date.parse(from), this.#msg.language) })}</p>`;
  }

  #box(): TemplateResult {
    return html`<div class="box card">
      ${this.#recorded()}
      <parley-receipts .api=${this.api} .call=${this.call.id}></parley-receipts>
      <parley-messages over .api=${this.api} call=${this.call.id} own=${this.own} peer=${this.call.peer.name}></parley-messages>
      ${this.call.role === 'expert' ? html`<parley-call-notes .api=${this.api} call=${this.call.id}></parley-call-notes>` : nothing}
      <parley-feedback .api=${this.api} .call=${this.call}></parley-feedback>
    </div>`;
  }

  #recorded(): TemplateResult {
    const { t } = this.#msg;
    if (this.recording) {
      return html`<h2>${t('after.recording')}</h2>
        <parley-player .recording=${this.recording} .api=${this.api}></parley-player>`;
    }
    const { recording } = this.call;
    const any = this.ready !== '' || recording.id !== '' || recording.state === 'recording' || recording.state === 'stopped';
    if (!any) return html`<p class="waiting">${icon.lightOff} ${t('after.unrecorded')}</p>`;
    return html`<p class="waiting" role="status"><span class="dots" aria-hidden="true"></span> ${t('after.soon')}</p>`;
  }

  async #load(id: string): Promise<void> {
    try {
      this.recording = await this.api.recording(id);
    } catch (error) {
      report(this, error);
    }
  }

  /** The announcement may have come while the connection was away. */
  async #look(): Promise<void> {
    try {
      const { recordings } = await this.api.recordings(5);
      this.recording = recordings.find((one) => one.call === this.call.id && one.playable) ?? this.recording;
    } catch (error) {
      report(this, error);
    }
  }
}
