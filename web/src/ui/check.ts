import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { UNCHECKED, type CheckState, type ConnectionCheck } from '../client/check/check';
import { WAYS, type Way } from '../client/check/ways';
import type { SessionState } from '../client/state';
import type { Key } from '../i18n/catalogue';
import { Msg } from '../i18n/msg';
import { Scope } from '../lib/scope';
import type { Actions } from './actions';
import { base, controls } from './base';
import { icon } from './icons';
import './level';
import { connectionFaultTold, microphoneTold, type Told } from './words';

/** What a check of the connection is to the view. */
export type Checker = Pick<ConnectionCheck, 'state' | 'run' | 'stop' | 'close' | 'on'>;

/** What a check stands on besides the session; a story gives its own. */
export interface CheckParts {
  /** Makes the check of a session; `close` ends it. */
  readonly connection: () => Checker;
  /** Whether the microphone may be used without a question of the browser. */
  readonly allowed: () => Promise<boolean>;
  /** Plays a sound on the speaker that was chosen, as a call would; fails where it cannot. */
  readonly chime: (speaker: string) => Promise<void>;
  /** Remembers in this tab that all was well, and in this session that it began by itself. */
  readonly memory: { passed(): boolean; pass(): void; begun: boolean };
}

/** A voice at least so loud was heard, so often in a row that it was no knock. */
const HEARD_LEVEL = 0.25;
const HEARD_TIMES = 4;
const LISTEN_EVERY_MS = 100;
/** How long the microphone stays on before anything is heard, and after. */
const LISTENS_MS = 30_000;
const STAYS_MS = 8_000;

const WAY_WORDS = {
  udp: 'check.way.udp',
  tcp: 'check.way.tcp',
  'relay-udp': 'check.way.relay_udp',
  'relay-tcp': 'check.way.relay_tcp',
  'relay-tls': 'check.way.relay_tls',
} as const satisfies Record<Way, Key>;

/**
 * The check before a call: can the person be heard, hear, and reach the server. It runs by itself
 * while they read and keeps nobody from calling; each fault comes with its cure.
 */
@customElement('parley-check')
export class Check extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .card {
        padding: var(--gap-2) var(--gap-5);
      }
      .card[open] {
        padding-block-end: var(--gap-5);
      }
      .card > summary {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-1) var(--gap-3);
        inline-size: auto;
        position: relative;
        min-block-size: 2.75rem;
        padding-inline-end: var(--gap-6);
        color: var(--ink);
        text-decoration: none;
      }
      .card > summary::marker {
        content: '';
      }
      .word {
        font-weight: 400;
      }
      .turn {
        position: absolute;
        inset-inline-end: 0;
        display: grid;
        color: var(--ink-soft);
        transition: rotate var(--quick);
      }
      [open] > summary .turn {
        rotate: 180deg;
      }
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr));
        gap: var(--gap-5);
        padding-block-start: var(--gap-2);
      }
      .part {
        display: grid;
        align-content: start;
        gap: var(--gap-2);
      }
      h2 {
        display: flex;
        align-items: center;
        gap: var(--gap-2);
        font-size: var(--size-0);
      }
      .ok h2 svg {
        color: var(--talk);
      }
      .bad h2 svg {
        color: var(--warn);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
      .ways {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--gap-1) var(--gap-4);
      }
      @media (prefers-reduced-motion: reduce) {
        .turn {
          transition: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: SessionState;
  @property({ attribute: false }) actions!: Actions;
  @property({ attribute: false }) parts!: CheckParts;
  /** Whether it begins by itself. */
  @property({ type: Boolean }) auto = false;
  @state() private connection: CheckState = UNCHECKED;
  @state() private voice: 'untried' | 'listening' | 'heard' | 'unheard' = 'untried';
  @state() private sound: 'untried' | 'asking' | 'heard' | 'unheard' = 'untried';
  @state() private opened = false;
  readonly #msg = new Msg(this);
  #scope = new Scope();
  #listening: Scope | null = null;
  #checker: Checker | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scope = new Scope();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#quiet();
    this.#scope.close();
    this.#checker = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('connection') || changed.has('voice')) this.#remember();
    const { memory } = this.parts;
    if (memory.begun || !this.auto || this.session.connection !== 'online') return;
    memory.begun = true;
    if (memory.passed()) return;
    this.opened = true;
    void this.#check();
    void this.parts.allowed().then((allowed) => {
      if (allowed && this.isConnected && this.voice === 'untried') void this.#listen();
    });
  }

  override render(): TemplateResult {
    const { t } = this.#msg;
    return html`<details class="card" data-testid="check" data-state=${this.connection.phase} data-way=${this.connection.way ?? ''} data-faults=${this.connection.faults.join(' ')}
      ?open=${this.opened} @toggle=${(event: Event) => (this.opened = (event.target as HTMLDetailsElement).open)}>
      <summary data-testid="check-summary"><strong>${t('check.title')}</strong> <span class="soft small word" data-testid="check-word">${this.#summary()}</span> <span class="turn">${icon.down}</span></summary>
      <div class="parts">${this.#microphone()} ${this.#speaker()} ${this.#connection()}</div>
    </details>`;
  }

  #summary(): string {
    const { t } = this.#msg;
    const { phase, faults } = this.connection;
    if (phase === 'running') return t('check.running');
    if (this.session.media.microphone.kind === 'fault' || this.voice === 'unheard' || this.sound === 'unheard' || faults.some((fault) => fault !== 'udpBlocked')) return t('check.attention');
    if (this.parts.memory.passed()) return t('check.passed');
    return '';
  }

  #row(id: string, mark: 'ok' | 'bad' | '', label: string, told: Told, side: TemplateResult | typeof nothing, under: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<section class="part ${mark}" data-testid=${id} data-mark=${mark} aria-label=${label}>
      <h2>${mark === 'ok' ? icon.check : mark === 'bad' ? icon.warning : nothing} ${label}</h2>
      <div class="small" role="status"><p class=${mark === 'bad' ? '' : 'soft'}>${told.title}</p>${told.detail === '' ? nothing : html`<p class="soft">${told.detail}</p>`}</div>
      ${under} ${side === nothing ? nothing : html`<div class="buttons">${side}</div>`}
    </section>`;
  }

  #microphone(): TemplateResult {
    const { t } = this.#msg;
    const { microphone, silent } = this.session.media;
    const again = html`<button class="button" data-testid="check-microphone-try" @click=${() => void this.#listen()}>${t(this.voice === 'untried' ? 'check.tryMicrophone' : 'action.tryAgain')}</button>`;
    const label = t('device.microphone');
    if (microphone.kind === 'fault') return this.#row('check-microphone', 'bad', label, microphoneTold(t, microphone.fault), again);
    if (microphone.kind === 'on' && silent) return this.#row('check-microphone', 'bad', label, { title: t('microphone.silent'), detail: t('check.silentDetail') }, nothing, this.#meter());
    switch (this.voice) {
      case 'listening':
        return this.#row('check-microphone', '', label, { title: t(microphone.kind === 'asking' ? 'microphone.asking' : 'check.speak'), detail: '' }, nothing, this.#meter());
      case 'heard':
        return this.#row('check-microphone', 'ok', label, { title: t('check.heard'), detail: '' }, microphone.kind === 'on' ? nothing : again, microphone.kind === 'on' ? this.#meter() : nothing);
      case 'unheard':
        return this.#row('check-microphone', 'bad', label, { title: t('check.unheard'), detail: t('check.silentDetail') }, again);
      default:
        return this.#row('check-microphone', '', label, { title: t('check.microphoneDetail'), detail: '' }, again);
    }
  }

  #meter(): TemplateResult {
    return html`<parley-level .source=${() => this.actions.level('you')}></parley-level>`;
  }

  #speaker(): TemplateResult {
    const { t } = this.#msg;
    const label = t('device.speaker');
    const play = html`<button class="button" data-testid="check-play" @click=${() => void this.#play()}>${t('check.play')}</button>`;
    switch (this.sound) {
      case 'asking':
        return this.#row('check-speaker', '', label, { title: t('check.asked'), detail: '' }, html`
          <button class="button" data-testid="check-heard" @click=${() => (this.sound = 'heard')}>${t('check.yes')}</button>
          <button class="button" data-testid="check-unheard" @click=${() => (this.sound = 'unheard')}>${t('check.no')}</button>`);
      case 'heard':
        return this.#row('check-speaker', 'ok', label, { title: t('check.sounds'), detail: '' }, play);
      case 'unheard':
        return this.#row('check-speaker', 'bad', label, { title: t('check.noSound'), detail: t('check.noSoundDetail') }, play);
      default:
        return this.#row('check-speaker', '', label, { title: t('check.speakerDetail'), detail: '' }, play);
    }
  }

  #connection(): TemplateResult {
    const { t } = this.#msg;
    const { phase, faults } = this.connection;
    const label = t('check.connection');
    const again = html`<button class="button" data-testid="check-again" @click=${() => void this.#check()}>${t(phase === 'idle' ? 'check.connectionTry' : 'check.again')}</button>`;
    if (phase === 'idle') return this.#row('check-connection', '', label, { title: t('check.connectionDetail'), detail: '' }, again);
    if (phase === 'running') return this.#row('check-connection', '', label, { title: t('check.running'), detail: '' }, nothing, this.#ways());
    if (phase === 'refused') return this.#row('check-connection', '', label, { title: t('check.refused'), detail: '' }, again);
    const [worst] = faults;
    const mark = faults.some((fault) => fault !== 'udpBlocked') ? 'bad' : 'ok';
    const told = worst ? connectionFaultTold(t, worst) : { title: t('check.good'), detail: '' };
    return this.#row('check-connection', mark, label, told, again, this.#ways());
  }

  /** Each way by itself, for whoever helps. */
  #ways(): TemplateResult {
    const { t } = this.#msg;
    const { ways, way, measured, serverMs } = this.connection;
    const stands = (one: Way): string => `${t(`check.${ways[one]}`)}${one === way ? `, ${t('check.taken')}` : ''}`;
    return html`<details>
      <summary class="small" data-testid="check-ways">${t('check.details')}</summary>
      <dl class="ways small">
        ${serverMs === null ? nothing : html`<dt>${t('check.way.server')}</dt><dd>${t('check.ms', { ms: serverMs })}</dd>`}
        ${WAYS.map((one) => html`<dt>${t(WAY_WORDS[one])}</dt><dd data-testid="check-way-${one}" data-state=${ways[one]}>${stands(one)}</dd>`)}
        ${measured === null
          ? nothing
          : html`<dt>${t('check.bandwidth')}</dt>
              <dd data-testid="check-measured" data-lost=${measured.lost}>${t('check.measured', { lost: Math.round(measured.lost * 100), ms: Number.isFinite(measured.roundTripMs) ? measured.roundTripMs : '–' })}</dd>`}
      </dl>
    </details>`;
  }

  /** Tries the connection. */
  async #check(): Promise<void> {
    if (this.#checker === null) {
      const checker = this.parts.connection();
      this.#checker = checker;
      this.#scope.defer(() => checker.close());
      this.#scope.defer(checker.on('change', (now) => (this.connection = now)));
      this.connection = checker.state;
    }
    await this.#checker.run();
  }

  /** Turns the microphone on for a while and listens for a voice. */
  async #listen(): Promise<void> {
    this.#listening?.close();
    const listening = this.#scope.child();
    this.#listening = listening;
    this.voice = 'listening';
    await this.actions.tryMicrophone(true);
    if (listening.isClosed()) return;
    let loud = 0;
    listening.interval(LISTEN_EVERY_MS, () => {
      if (this.session.media.microphone.kind !== 'on' || this.voice !== 'listening') return;
      loud = this.actions.level('you') >= HEARD_LEVEL ? loud + 1 : 0;
      if (loud < HEARD_TIMES) return;
      this.voice = 'heard';
      listening.timeout(STAYS_MS, () => this.#quiet());
    });
    listening.timeout(LISTENS_MS, () => {
      if (this.voice !== 'listening') return;
      this.voice = 'unheard';
      this.#quiet();
    });
  }

  /** Turns the microphone off, unless a call has it. */
  #quiet(): void {
    if (this.#listening === null) return;
    this.#listening.close();
    this.#listening = null;
    void this.actions.tryMicrophone(false);
  }

  async #play(): Promise<void> {
    this.sound = 'asking';
    try {
      await this.parts.chime(this.session.media.speakerId);
    } catch {
      this.sound = 'unheard';
    }
  }

  #remember(): void {
    const { phase, faults } = this.connection;
    const fine = phase === 'done' && faults.every((fault) => fault === 'udpBlocked') && this.voice === 'heard';
    if (fine && !this.parts.memory.passed()) {
      this.parts.memory.pass();
      this.requestUpdate();
    }
  }
}
