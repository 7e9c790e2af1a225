import { css, html, nothing, type TemplateResult } from 'lit';
import type { Speech, Translate } from '../i18n/catalogue';
import type { Expert, ExpertState } from '../wire/server';
import { icon } from './icons';
import { availability } from './words';

export const callButtonStyles = css`
  .state {
    display: inline-flex;
    align-items: center;
    gap: var(--gap-2);
    font-weight: 600;
  }
  .dot {
    inline-size: 0.75rem;
    block-size: 0.75rem;
    border-radius: var(--round-full);
    border: 2px solid var(--line-strong);
  }
  .available .dot {
    background: var(--talk);
    border-color: var(--talk);
  }
  .busy .dot {
    background: linear-gradient(90deg, var(--line-strong) 50%, transparent 0);
  }
  .call {
    display: grid;
    gap: var(--gap-1);
    text-align: center;
  }
`;

/** How an expert stands, by word and shape. */
export function stateTold(t: Translate, state: ExpertState): TemplateResult {
  return html`<span class="state ${state}"><span class="dot" aria-hidden="true"></span>${availability(t, state)}</span>`;
}

/** How members rate an expert, or that it is too early to say. */
export function ratingTold({ t, language }: Pick<Speech, 't' | 'language'>, { rating }: Expert): TemplateResult {
  if (rating === null) return html`<span class="small soft" data-testid="unrated">${t('directory.new')}</span>`;
  const stars = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(rating.stars);
  const members = new Intl.NumberFormat(language).format(rating.members);
  return html`<span class="small" data-testid="rated"><span aria-hidden="true">★</span> ${t('directory.rated', { stars, members })}</span>`;
}

export interface CallButton {
  /** The expert whose call is being started, if any. */
  readonly starting: string;
  /** The member waits for this expert. */
  readonly awaited: boolean;
  /** The member can be told when an expert is free. */
  readonly waits: boolean;
}

/**
 * The button that calls an expert; one who cannot be called now offers to tell when they are free.
 * It fires `call-expert` with the id, or `await-expert` with the id and whether to wait.
 */
export function callButton(host: HTMLElement, t: Translate, expert: Expert, { starting, awaited, waits }: CallButton): TemplateResult {
  const { id, name, state } = expert;
  if (state !== 'available' && waits) {
    const words = t(awaited ? 'wait.on' : 'wait.ask');
    return html`<div class="call">
      <button
        class="button"
        data-testid=${`await-${id}`}
        data-on=${awaited}
        aria-label=${`${words}: ${name}`}
        @click=${() => host.dispatchEvent(new CustomEvent('await-expert', { detail: { expert: id, on: !awaited } }))}
      >
        ${awaited ? icon.check : nothing} ${words}
      </button>
      <p class="small soft" role="status">${awaited ? t('wait.whileOpen') : ''}</p>
    </div>`;
  }
  return html`<div class="call">
    <button
      class="button talk"
      part="button call"
      data-testid=${`call-${id}`}
      aria-label=${t('directory.callName', { name })}
      ?disabled=${state !== 'available' || starting !== ''}
      @click=${() => host.dispatchEvent(new CustomEvent('call-expert', { detail: id }))}
    >
      ${icon.phone} ${t(starting === id ? 'directory.starting' : 'directory.call')}
    </button>
  </div>`;
}
