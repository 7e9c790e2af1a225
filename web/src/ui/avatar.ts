import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { base } from './base';
import { initials } from './format';

/** Initials in a quiet circle; the colour comes from the name, so a person keeps theirs. */
@customElement('parley-avatar')
export class Avatar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
        inline-size: var(--avatar-size, 3rem);
        block-size: var(--avatar-size, 3rem);
        flex: none;
      }
      div {
        display: grid;
        place-items: center;
        inline-size: 100%;
        block-size: 100%;
        border-radius: var(--round-full);
        background: hsl(var(--hue) 32% 86%);
        color: hsl(var(--hue) 45% 22%);
        font-size: calc(var(--avatar-size, 3rem) * 0.38);
        font-weight: 650;
        letter-spacing: 0.01em;
        user-select: none;
      }
      @media (prefers-color-scheme: dark) {
        div {
          background: hsl(var(--hue) 22% 27%);
          color: hsl(var(--hue) 45% 88%);
        }
      }
    `,
  ];

  @property() name = '';

  override render(): TemplateResult {
    return html`<div aria-hidden="true" style="--hue: ${hue(this.name)}">${initials(this.name)}</div>`;
  }
}

/** Greens to blues and sands; the reds belong to recording. */
function hue(name: string): number {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1009;
  return 45 + (sum % 220);
}
