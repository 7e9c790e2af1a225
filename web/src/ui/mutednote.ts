import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { hear, NOT_TALKING } from '../client/media/talking';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import { base } from './base';

const LISTEN_EVERY_MS = 100;

/** Says that one is muted, and more clearly while one talks all the same. */
@customElement('parley-muted-note')
export class MutedNote extends LitElement {
  static override styles = [
    base,
    css`
      p {
        font-weight: 600;
      }
      .unheard {
        padding: var(--gap-2) var(--gap-3);
        border-radius: var(--round-small);
        color: var(--on-warn-soft);
        background: var(--warn-soft);
      }
    `,
  ];

  @property({ type: Boolean }) muted = false;
  /** Gives the level of the own voice now, 0 to 1, whether muted or not. */
  @property({ attribute: false }) source: () => number = () => 0;
  @state() private talks = false;
  readonly #msg = new Msg(this);
  #scope = new Scope();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scope.close();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listen();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('muted')) this.#listen();
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    const told = this.muted ? t(this.talks ? 'mute.unheard' : 'mute.state') : '';
    return html`<p role="status" class=${this.talks ? 'unheard' : ''}>${told}</p>`;
  }

  #listen(): void {
    this.#scope.close();
    this.#scope = new Scope();
    this.talks = false;
    if (!this.muted) return;
    let talking = NOT_TALKING;
    this.#scope.interval(LISTEN_EVERY_MS, () => {
      talking = hear(talking, this.source(), LISTEN_EVERY_MS);
      this.talks = talking.talks;
    });
  }
}
