import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MediaState } from '../client/media/callmedia';
import type { Device } from '../client/media/devices';
import { Msg } from '../i18n/msg';
import type { Actions } from './actions';
import { base, controls } from './base';

/** Which microphone is spoken into and which speaker is heard; what is plugged in appears by itself. */
@customElement('parley-devices')
export class Devices extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      details {
        text-align: start;
      }
      summary {
        margin-inline: auto;
        min-block-size: 2.75rem;
        font-size: var(--size-small);
      }
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
        gap: var(--gap-3);
      }
      label {
        display: grid;
        gap: var(--gap-1);
        font-size: var(--size-small);
        color: var(--ink-soft);
      }
      select {
        inline-size: 100%;
        text-overflow: ellipsis;
      }
    `,
  ];

  @property({ attribute: false }) media!: MediaState;
  @property({ attribute: false }) actions!: Actions;
  readonly #msg = new Msg(this);

  override render(): TemplateResult | typeof nothing {
    const { devices, microphoneId, speakerId } = this.media;
    if (devices.microphones.length === 0) return nothing;
    const { t } = this.#msg;
    return html`<details data-testid="devices" @toggle=${(event: Event) => reveal(event.currentTarget as HTMLDetailsElement)}>
      <summary data-leaves>${t('device.title')}</summary>
      <div class="choices">
        ${this.#choice('choose-microphone', t('device.microphone'), devices.microphones, microphoneId, (id) => this.actions.chooseMicrophone(id))}
        ${devices.speakers.length === 0
          ? nothing
          : this.#choice('choose-speaker', t('device.speaker'), devices.speakers, speakerId, (id) => this.actions.chooseSpeaker(id))}
      </div>
    </details>`;
  }

  #choice(id: string, label: string, devices: readonly Device[], chosen: string, choose: (id: string) => Promise<void>): TemplateResult {
    const { t } = this.#msg;
    const known = devices.some((device) => device.id === chosen);
    // A choice that fails leaves the state as it was; what the person sees follows the state.
    const change = async (select: HTMLSelectElement): Promise<void> => {
      await choose(select.value);
      this.requestUpdate();
      await this.updateComplete;
      select.value = id === 'choose-microphone' ? this.media.microphoneId : this.media.speakerId;
    };
    return html`<label>
      ${label}
      <select class="field" data-testid=${id} @change=${(event: Event) => void change(event.currentTarget as HTMLSelectElement)}>
        ${known ? nothing : html`<option value=${chosen} selected>${t('device.default')}</option>`}
        ${devices.map((device, at) => html`<option value=${device.id} ?selected=${device.id === chosen}>${device.label || t('device.unnamed', { number: at + 1 })}</option>`)}
      </select>
    </label>`;
  }
}

/** On a phone the buttons of the call stand over the foot of the screen: the choices come up above them. */
function reveal(opened: HTMLDetailsElement): void {
  if (opened.open) opened.querySelector('.choices')?.scrollIntoView({ block: 'center' });
}
