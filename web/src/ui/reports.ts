import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Incident, ReportState } from '../wire/incidents';
import { clock, moment } from './format';
import { IncidentList } from './incidentlist';
import type { Reader } from './pages';
import { report } from './report';

/** Reports of everybody: what happened, when in the call, how far it has been looked into. */
@customElement('parley-reports')
export class Reports extends IncidentList<Incident> {
  /** Nothing can be changed, and what people wrote is not shown. */
  @property({ type: Boolean }) readonly = false;
  /** What was written, by the id of the report. */
  @state() private texts: ReadonlyMap<string, string> = new Map();

  protected override reader(): Reader<Incident> {
    return (after) => this.api.incidents(this.filter, after);
  }

  protected override empty(): string {
    return this.msg.t('admin.noReports');
  }

  protected override row(one: Incident): TemplateResult {
    const { t, language } = this.msg;
    return html`
      <div class="head">
        <strong>${t(`report.${one.reason}`)}</strong>
        <span class=${one.state === 'settled' ? 'mark calm' : 'mark'} data-testid="state" data-state=${one.state}>${t(`admin.state_${one.state}`)}</span>
      </div>
      <p>${t('admin.about', { by: one.by, about: one.about })}</p>
      <p class="small soft">
        ${moment(one.at, language)}${one.offset_seconds === null ? nothing : html` · ${t('admin.at', { time: clock(one.offset_seconds * 1000) })}`} · <bdi>${one.call}</bdi>
      </p>
      ${one.note === '' ? nothing : html`<p data-testid="note">${one.note}</p>`}
      ${one.handled_at === null ? nothing : html`<p class="small soft"><bdi>${one.handled_by}</bdi> · ${moment(one.handled_at, language)}</p>`}
      ${this.readonly ? nothing : html`${this.#written(one)} ${this.#handling(one)}`}
    `;
  }

  #written(one: Incident): TemplateResult | typeof nothing {
    const { t } = this.msg;
    if (!one.written) return nothing;
    const text = this.texts.get(one.id);
    if (text === undefined) return html`<button class="link" data-testid="read" @click=${() => void this.#read(one)}>${t('admin.read')}</button>`;
    return html`<p data-testid="text" role="status">${text === '' ? t('admin.gone') : text}</p>`;
  }

  #handling(one: Incident): TemplateResult {
    const { t } = this.msg;
    const go = (to: ReportState) => () => void this.#handle(one, to, one.note);
    if (one.state === 'settled') return html`<button class="link" data-testid="reopen" @click=${go('open')}>${t('admin.reopen')}</button>`;
    return html`
      ${one.state === 'open' ? html`<button class="button" data-testid="look" @click=${go('looked_at')}>${t('admin.look')}</button>` : nothing}
      <details>
        <summary data-testid="settle-open">${t('admin.settle')}</summary>
        <form @submit=${(event: SubmitEvent) => this.#settle(event, one)}>
          <label>${t('admin.note')} <input class="field wide" name="note" required maxlength="200" .value=${one.note} /></label>
          <button class="button" data-testid="settle">${t('admin.settle')}</button>
        </form>
      </details>
    `;
  }

  #settle(event: SubmitEvent, one: Incident): void {
    event.preventDefault();
    const note = new FormData(event.currentTarget as HTMLFormElement).get('note');
    void this.#handle(one, 'settled', typeof note === 'string' ? note : '');
  }

  async #handle(one: Incident, to: ReportState, note: string): Promise<void> {
    try {
      const now = await this.api.handleIncident(one.id, to, note);
      this.pages.replace(({ id }) => id === now.id, now);
    } catch (error) {
      report(this, error);
    }
  }

  async #read(one: Incident): Promise<void> {
    try {
      this.texts = new Map([...this.texts, [one.id, await this.api.incidentText(one.id)]]);
    } catch (error) {
      report(this, error);
    }
  }
}
