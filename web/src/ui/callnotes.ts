import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Note } from '../wire/rest';
import { base, controls } from './base';
import { moment } from './format';
import { report } from './report';

const MOST = 2000;

/** What an expert notes of a call, for nobody else. */
@customElement('parley-call-notes')
export class CallNotes extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      section,
      form {
        display: grid;
        gap: var(--gap-3);
      }
      li {
        padding-block: var(--gap-2);
        border-block-start: 1px solid var(--line);
      }
      li p {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      textarea {
        font: inherit;
        inline-size: 100%;
        min-block-size: 5rem;
      }
      .button {
        justify-self: start;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** The id of the call. */
  @property() call = '';
  @state() private list: readonly Note[] = [];
  @state() private kept = false;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('call')) void this.#load();
  }

  override render(): TemplateResult {
    const { t, language } = this.#msg;
    return html`<section aria-labelledby="title" data-testid="notes">
      <h2 id="title">${t('notes.title')}</h2>
      ${this.list.length === 0
        ? nothing
        : html`<ul>
            ${this.list.map(({ at, text }) => html`<li data-testid="note"><p dir="auto">${text}</p><span class="small soft">${moment(at, language)}</span></li>`)}
          </ul>`}
      <form @submit=${(event: SubmitEvent) => this.#submit(event)}>
        <label>${t('notes.add')}<textarea class="field" dir="auto" name="text" maxlength=${MOST} data-testid="note-text" aria-describedby="about"></textarea></label>
        <p class="small soft" id="about">${t('notes.detail')}</p>
        <button class="button" data-testid="note-save">${t('notes.save')}</button>
      </form>
      <p class="sr" role="status">${this.kept ? t('notes.saved') : ''}</p>
    </section>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('text');
    if (field instanceof HTMLTextAreaElement) void this.#keep(field);
  }

  async #keep(field: HTMLTextAreaElement): Promise<void> {
    const text = field.value.trim();
    if (text === '') return;
    try {
      await this.api.note(this.call, text);
      field.value = '';
      this.kept = true;
      await this.#load();
    } catch (error) {
      report(this, error);
    }
  }

  /** What comes for a call that is shown no longer is dropped. */
  async #load(): Promise<void> {
    const { call } = this;
    try {
      const list = await this.api.notes(call);
      if (call === this.call) this.list = list;
    } catch (error) {
      report(this, error);
    }
  }
}
