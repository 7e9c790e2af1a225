import type { Scope } from '../../lib/scope';

/** How often `beat` is to be called. */
export const BEAT_MS = 250;

/** Quiet for this long, the way to the server is doubted. The server sends every 400 ms at least. */
const DOUBT_MS = 500;
/** Quiet for this long, another way is looked for; after a change of network already the shorter time. */
const QUIET_MS = 1_000;
const QUIET_AFTER_CHANGE_MS = 500;
/** How long after a change of network the shorter time holds. */
const CHANGE_LASTS_MS = 5_000;
/** ICE heals short breaks by itself (RFC 8445 section 11). */
const DISCONNECTED_MS = 1_000;
/** Hears the server for this long by the new way, and still sends by the former: it would for seconds. */
const ASTRAY_MS = 750;
/** A restart of ICE that has not brought a packet by then has failed. */
const RESTART_WITHIN_MS = 2_500;
const JOIN_EVERY_MS = 5_000;

/** What a Revival does to its connection. */
export interface RevivalHooks {
  /** The way to the server may be broken: is the socket alive? */
  readonly doubt: () => void;
  /** Whether the connection carries sound. */
  readonly link: (up: boolean) => void;
  /** Ask for a restart of ICE. */
  readonly restart: () => void;
  /** Ask for a new connection. */
  readonly join: () => void;
  /** Milliseconds until the next try. */
  readonly retry: (ms: number) => void;
}

/**
 * Decides what is done when a connection that was up carries nothing any more: first ICE is
 * restarted, which finds another way for the same connection, and when that brings nothing within
 * 2.5 s, or only one direction, a new connection is asked for, again and again. It is told of all that happens and owns
 * timers in `scope` only.
 */
export class Revival {
  readonly #scope: Scope;
  readonly #hooks: RevivalHooks;
  #state: RTCPeerConnectionState = 'new';
  #counted = -1;
  #quietMs = 0;
  #astrayMs = 0;
  #changedMs = 0;
  #doubted = false;
  #trying = false;
  /** The server has answered the restart that is being tried. */
  #offered = false;
  /** Restarts are of no use for this connection. */
  #hopeless = false;
  #timer = (): void => undefined;

  constructor(scope: Scope, hooks: RevivalHooks) {
    this.#scope = scope;
    this.#hooks = hooks;
  }

  /** The connection has another state (W3C WebRTC 4.3.3). */
  become(state: RTCPeerConnectionState): void {
    const before = this.#state;
    this.#state = state;
    if (state === 'connected') {
      this.#quietMs = 0;
      if (this.#trying || before === 'new' || before === 'connecting') this.#recovered();
      else this.#rest();
    } else if (!this.#trying && before !== 'new' && state === 'disconnected') {
      this.#doubt();
      this.#again(DISCONNECTED_MS, () => this.#begin());
    } else if (!this.#trying && state === 'failed') {
      this.#doubt();
      this.#begin();
    }
  }

  /** Is told every BEAT_MS what the connection has received so far, as `received` counts it, and whether what it sends goes `astray`. */
  beat(count: number, astray = false): void {
    const alive = count > this.#counted;
    const first = this.#counted < 0;
    this.#counted = count;
    this.#changedMs = Math.max(0, this.#changedMs - BEAT_MS);
    if (first || this.#state !== 'connected') return;
    if (alive) {
      this.#quietMs = 0;
      this.#doubted = false;
      this.#astrayMs = astray ? this.#astrayMs + BEAT_MS : 0;
      if (this.#astrayMs >= ASTRAY_MS && !this.#hopeless) this.#replace();
      else if (this.#trying && !astray) this.#recovered();
      return;
    }
    this.#quietMs += BEAT_MS;
    if (this.#trying) return;
    if (this.#quietMs >= DOUBT_MS) this.#doubt();
    if (this.#quietMs >= (this.#changedMs > 0 ? QUIET_AFTER_CHANGE_MS : QUIET_MS)) this.#begin();
  }

  /** The network may have changed. */
  networkChanged(): void {
    this.#changedMs = CHANGE_LASTS_MS;
  }

  /** The server has answered the restart. */
  offered(): void {
    this.#offered = true;
  }

  /** The server knows of no connection that could be restarted. */
  refused(): void {
    if (!this.#trying) return;
    this.#hopeless = true;
    this.#join();
  }

  /**
   * The socket is back: what was asked meanwhile was lost. Where nothing has arrived either, both went with
   * the network, and more silence is not waited for. Says whether there is a connection to keep.
   */
  again(): boolean {
    if (this.#state === 'new' || this.#state === 'connecting' && !this.#trying) return false;
    if (!this.#trying && this.#state === 'connected' && !this.#doubted) return true;
    if (!this.#trying) this.#begin();
    else if (this.#hopeless) this.#join();
    else if (!this.#offered) this.#restart();
    return true;
  }

  #doubt(): void {
    if (this.#doubted) return;
    this.#doubted = true;
    this.#hooks.doubt();
  }

  #begin(): void {
    this.#trying = true;
    this.#hooks.link(false);
    if (this.#hopeless) this.#join();
    else this.#restart();
  }

  #replace(): void {
    this.#hopeless = true;
    this.#begin();
  }

  #restart(): void {
    this.#offered = false;
    this.#hooks.restart();
    this.#again(RESTART_WITHIN_MS, () => this.#join());
  }

  #join(): void {
    this.#hopeless ||= this.#offered;
    this.#hooks.join();
    this.#again(JOIN_EVERY_MS, () => this.#join());
  }

  #recovered(): void {
    this.#trying = false;
    this.#rest();
    this.#hooks.link(true);
  }

  #rest(): void {
    this.#timer();
    this.#doubted = false;
  }

  #again(ms: number, run: () => void): void {
    this.#timer();
    this.#timer = this.#scope.timeout(ms, run);
    if (this.#trying) this.#hooks.retry(ms);
  }
}

/** How much a connection has received so far, of any kind, out of W3C webrtc-stats dictionaries. */
export function received(report: Iterable<Readonly<Record<string, unknown>>>): number {
  let sum = 0;
  for (const { type, packetsReceived, bytesReceived, requestsReceived, responsesReceived } of report) {
    // Browsers differ in what they count; each of these grows with a packet and by nothing else.
    if (type === 'inbound-rtp' || type === 'transport') sum += number(packetsReceived);
    if (type === 'candidate-pair') sum += number(bytesReceived) + number(requestsReceived) + number(responsesReceived);
  }
  return sum;
}

/**
 * Whether the connection sends by a way of before the offer whose ICE user name fragment is given: Chromium keeps a
 * way whose last check was answered, though the server has left it. Other browsers do not tell, and do not.
 */
export function astray(report: readonly Readonly<Record<string, unknown>>[], ufrag: string): boolean {
  const pairs = report.filter(({ type }) => type === 'transport').map(({ selectedCandidatePairId }) => selectedCandidatePairId);
  const pair = report.find(({ id, type }) => type === 'candidate-pair' && pairs.includes(id));
  const remote = report.find(({ id }) => pair !== undefined && id === pair.remoteCandidateId);
  const used = remote?.usernameFragment;
  return typeof used === 'string' && used !== '' && used !== ufrag;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
