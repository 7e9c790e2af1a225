import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Api } from '../client/api';
import { Msg } from '../i18n/msg';
import type { Erasure } from '../wire/rest';
import { base, controls } from './base';
import { moment } from './format';
import { report } from './report';
import { saveCertificate } from './save';

/**
 * `erasure-asked`: the recording may have changed.
 *
 * What a person may ask for of a recording in which they spoke: to have their own voice erased, and what became of it.
 */
@customElement('parley-rights')
export class Rights extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      section {
        display: grid;
        gap: var(--gap-2);
        justify-items: start;
      }
      .title {
        font-size: var(--size-small);
        font-weight: 600;
        color: var(--ink-soft);
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  /** The id of the recording. */
  @property() recording = '';
  @state() private list: readonly Erasure[] | null = null;
  @state() private sure = false;
  @state() private busy = false;
  readonly #msg = new Msg(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('recording') || changed.has('api')) void this.#load(this.recording);
  }

  override render(): TemplateResult | typeof nothing {
    if (this.list === null) return nothing;
    const { t } = this.#msg;
    const open = this.list.every((erasure) => erasure.state === 'refused');
    return html`<section aria-labelledby="title" data-testid="rights">
      <p class="title" id="title">${t('rights.title')}</p>
      ${this.list.map((erasure) => this.#told(erasure))} ${open ? this.#ask() : nothing}
    </section>`;
  }

  /** Asked for in two steps: it cannot be taken back. */
  #ask(): TemplateResult {
    const { t } = this.#msg;
    if (!this.sure) {
      return html`<button class="link" data-testid="erase" @click=${() => (this.sure = true)}>${t('rights.erase')}</button>`;
    }
    return html`<p role="status">${t('rights.eraseDetail')}</p>
      <div class="choice">
        <button class="button" data-testid="erase-sure" ?disabled=${this.busy} @click=${() => void this.#erase()}>${t('rights.eraseSure')}</button>
        <button class="button quiet" @click=${() => (this.sure = false)}>${t('rights.keep')}</button>
      </div>`;
  }

  /** What became of a wish; why it waits is not told. */
  #told(erasure: Erasure): TemplateResult {
    const { t, language } = this.#msg;
    return html`<div data-testid="erasure" data-state=${erasure.state}>
      <p role="status">${t(`rights.${erasure.state}`)}</p>
      ${erasure.state === 'refused' && erasure.note !== '' ? html`<p class="soft">${erasure.note}</p>` : nothing}
      <p class="small soft">${moment(erasure.done_at === '' ? erasure.requested_at : erasure.done_at, language)}</p>
      ${erasure.certificate_url === ''
        ? nothing
        : html`<button class="link" data-testid="certificate" @click=${() => void saveCertificate(this, this.api, erasure)}>${t('rights.certificate')}</button>`}
    </div>`;
  }

  async #erase(): Promise<void> {
    this.busy = true;
    const { recording } = this;
    try {
      await this.api.askErasure(recording);
      this.sure = false;
      this.dispatchEvent(new CustomEvent('erasure-asked'));
      await this.#load(recording);
    } catch (error) {
      report(this, error);
    } finally {
      this.busy = false;
    }
  }

  /** An answer for a recording that is shown no longer is dropped. */
  async #load(recording: string): Promise<void> {
    if (recording === '') return;
    try {
      const list = await this.api.erasures(recording);
      if (recording === this.recording) this.list = list;
    } catch {
      this.list = null; // the player says what is wrong
    }
  }
}
