import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { Scope } from '../lib/scope';
import { base } from './base';

/** A thin level meter. It is for the eye only; what matters is said in words beside it. */
@customElement('parley-level')
export class Level extends LitElement {
  static override styles = [
    base,
    css`
      .track {
        block-size: 0.375rem;
        border-radius: var(--round-full);
        background: var(--well);
        overflow: hidden;
      }
      .bar {
        block-size: 100%;
        border-radius: inherit;
        background: var(--talk);
        transform-origin: left;
        transform: scaleX(0);
      }
      :host(:dir(rtl)) .bar {
        transform-origin: right;
      }
      .bar.muted {
        background: var(--line-strong);
      }
    `,
  ];

  /** Gives the level now, 0 to 1. */
  @property({ attribute: false }) source: () => number = () => 0;
  @property({ type: Boolean }) muted = false;
  @query('.bar') private readonly bar!: HTMLElement | null;
  #scope = new Scope();
  #shown = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
    this.#scope.frames(() => this.#draw());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  override render(): TemplateResult {
    return html`<div class="track" aria-hidden="true"><div class="bar ${this.muted ? 'muted' : ''}"></div></div>`;
  }

  #draw(): void {
    // Up at once, down slowly: that is how the eye reads a meter.
    const level = this.source();
    this.#shown = level > this.#shown ? level : this.#shown * 0.9 + level * 0.1;
    if (this.bar) this.bar.style.transform = `scaleX(${this.#shown.toFixed(3)})`;
  }
}
