import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../ui/casefile';
import { moment } from '../ui/format';
import { formStyles } from '../ui/form.styles';
import { report } from '../ui/report';
import type { Erasure, Recording } from '../wire/rest';
import { RecordingsPage } from './recordingspage';

/** The privacy officer's app: wishes to decide, all recordings, and the holds, erasures and disclosures of one. */
@customElement('parley-privacy')
export class Privacy extends RecordingsPage {
  static override styles = [
    ...RecordingsPage.styles,
    formStyles,
    css`
      .decide {
        display: grid;
        gap: var(--gap-4);
        padding: var(--gap-5);
      }
      .wish {
        display: grid;
        gap: var(--gap-2);
        padding-block: var(--gap-3);
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
    `,
  ];

  @state() private wishes: readonly Erasure[] = [];
  @state() private changes = 0;

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('fresh') || changed.has('api')) void this.#load();
  }

  override render(): TemplateResult {
    const { t } = this.msg;
    return html`<div class="page">
      <div class="title">
        <h1>${t('privacy.title')}</h1>
        <p class="soft">${t('privacy.detail')}</p>
      </div>
      ${this.wishes.length === 0 ? nothing : this.#toDecide()} ${this.panes(this.fresh + this.changes)}
    </div>`;
  }

  protected override label(): string {
    return this.msg.t('privacy.file');
  }

  protected override detail(recording: Recording): TemplateResult {
    return html`<parley-casefile .api=${this.api} .recording=${recording} @changed=${() => void this.#load()}></parley-casefile>`;
  }

  protected override nothing(): TemplateResult {
    return html`<p>${this.msg.t('privacy.choose')}</p>`;
  }

  #toDecide(): TemplateResult {
    const { t, language } = this.msg;
    return html`<section class="decide card" aria-labelledby="decide" data-testid="to-decide">
      <h2 id="decide">${t('privacy.decide')}</h2>
      ${this.wishes.map(
        (wish) => html`<form class="wish" @submit=${(event: SubmitEvent) => void this.#decide(event, wish)}>
          <p>${t(`privacy.wish_${wish.part}`, { recording: wish.recording })} <span class="small soft">${moment(wish.requested_at, language)}</span></p>
          <label>${t('privacy.note')} <input class="field" name="note" maxlength="500" /></label>
          <div class="choice">
            <button class="button" name="approve" value="yes" data-testid="approve">${t('privacy.erase')}</button>
            <button class="button quiet" name="approve" value="no" data-testid="refuse">${t('privacy.refuse')}</button>
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
