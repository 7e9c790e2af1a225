import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Between, Sign } from '../wire/incidents';
import { moment } from './format';
import { IncidentList } from './incidentlist';
import type { Reader } from './pages';

/** Signs that a call or its rating is not what it seems. */
@customElement('parley-signs')
export class Signs extends IncidentList<Sign> {
  protected override reader(): Reader<Sign> {
    return (after) => this.api.signs(this.filter, after);
  }

  protected override empty(): string {
    return this.msg.t('admin.noSigns');
  }

  protected override row(one: Sign): TemplateResult {
    const { t, language } = this.msg;
    return html`
      <strong data-testid="kind" data-kind=${one.kind}>${t(`sign.${one.kind}`)}</strong>
      <p>${t('admin.called', { member: one.member, expert: one.expert })}</p>
      ${one.people.length === 0 ? nothing : html`<p data-testid="others">${t('admin.others', { people: one.people.join(', ') })}</p>`}
      <p class="small soft">${moment(one.at, language)} · <bdi>${one.call}</bdi></p>
    `;
  }
}

/** Who has blocked whom. */
@customElement('parley-all-blocks')
export class AllBlocks extends IncidentList<Between> {
  protected override reader(): Reader<Between> {
    return (after) => this.api.allBlocks(this.filter, after);
  }

  protected override empty(): string {
    return this.msg.t('admin.noBlocks');
  }

  protected override row(one: Between): TemplateResult {
    const { t, language } = this.msg;
    return html`<p>${t('admin.blocked', { by: one.by, whom: one.whom })}</p>
      <p class="small soft">${moment(one.at, language)}</p>`;
  }
}
