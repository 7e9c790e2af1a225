import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Written } from '../wire/rest';
import { base, controls } from './base';
import { report } from './report';

/** A message that is to be sent. */
export interface Draft {
  readonly text: string;
  /** Puts the text back on the line, where nothing else was written meanwhile. */
  readonly refused: () => void;
}

/** The server takes no longer text. */
const MOST = 1000;

/**
 * What the two write to each other: what is kept already and what comes, and a line to write on.
 *
 * @fires write - CustomEvent with a Draft
 */
@customElement('parley-messages')
export class Messages extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .log {
        display: grid;
        gap: var(--gap-2);
        max-block-size: 14rem;
        overflow-y: auto;
        padding-block: var(--gap-2);
      }
      .log:empty {
        display: none;
      }
      .log > p {
        margin: 0;
        justify-self: start;
        max-inline-size: 85%;
        padding: var(--gap-2) var(--gap-3);
        border-radius: var(--round);
        background: var(--well);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        text-align: start;
      }
      .log > p.own {
        justify-self: end;
        background: var(--talk-soft);
        color: var(--on-talk-soft);
      }
      input {
        text-overflow: ellipsis;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--gap-2);
      }
      #kept {
        grid-column: 1 / -1;
      }
      form:not(:focus-within) #kept {
        display: none;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** The id of the call. */
  @property() call = '';
  @property() own = '';
  @property() peer = '';
  /** What came since this tab knows of the call. */
  @property({ attribute: false }) messages: readonly Written[] = [];
  /** Without a line to write on: the call is over. */
  @property({ type: Boolean }) over = false;
  @state() private kept: readonly Written[] = [];
  @query('input') private readonly line!: HTMLInputElement | null;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('call') && this.call !== '') void this.#load(this.call);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('messages') || changed.has('kept')) this.renderRoot.querySelector('.log > :last-child')?.scrollIntoView({ block: 'nearest' });
  }

  override render(): TemplateResult | typeof nothing {
    const { t } = this.#msg;
    const known = new Set(this.kept.map((one) => one.id));
    const all = [...this.kept, ...this.messages.filter((one) => !known.has(one.id))];
    if (this.over && all.length === 0) return nothing;
    return html`<section aria-label=${t('messages.title')} data-testid="messages">
      <div class="log" role="log" tabindex="0" aria-label=${t('messages.title')}>${all.map((one) => this.#row(one))}</div>
      ${this.over ? nothing : this.#form()}
    </section>`;
  }

  #row({ from, text }: Written): TemplateResult {
    const own = from === this.own;
    return html`<p class=${own ? 'own' : ''} dir="auto"><span class="sr">${own ? this.#msg.t('call.you') : this.peer}:</span> ${text}</p>`;
  }

  #form(): TemplateResult {
    const { t } = this.#msg;
    return html`<form @submit=${(event: SubmitEvent) => this.#write(event)}>
      <input class="field" maxlength=${MOST} autocomplete="off" aria-label=${t('messages.write', { name: this.peer })} placeholder=${t('messages.write', { name: this.peer })} aria-describedby="kept" data-testid="message" />
      <button class="button" data-testid="message-send">${t('messages.send')}</button>
      <p class="small soft" id="kept">${t('messages.kept')}</p>
    </form>`;
  }

  #write(event: SubmitEvent): void {
    event.preventDefault();
    const text = this.line?.value.trim() ?? '';
    if (text === '' || this.line === null) return;
    this.line.value = '';
    const refused = (): void => {
      if (this.line?.value === '') this.line.value = text;
    };
    this.dispatchEvent(new CustomEvent<Draft>('write', { detail: { text, refused } }));
  }

  async #load(call: string): Promise<void> {
    try {
      const kept = await this.api.messages(call);
      if (call === this.call) this.kept = kept;
    } catch (error) {
      report(this, error);
    }
  }
}
