import { Emitter } from '../../lib/emitter';
import { Scope } from '../../lib/scope';
import type { ClientMessage } from '../../wire/client';
import type { IceServer, ServerMessage } from '../../wire/server';
import { ProblemError } from '../problem';
import type { Socket } from '../socket';
import type { Measured } from './measure';
import { Trial } from './trial';
import { faultsOf, type ConnectionFault, type WayState } from './verdict';
import { best, relayOf, routeOf, WAYS, type Way } from './ways';

/** What a check of the connection knows so far. */
export interface CheckState {
  /** `refused`: the server does not check at the moment, which keeps nobody from calling. */
  readonly phase: 'idle' | 'running' | 'done' | 'refused';
  /** To the server and back over the socket, in milliseconds; null while unknown. */
  readonly serverMs: number | null;
  readonly ways: Readonly<Record<Way, WayState>>;
  /** The way that a call would take. */
  readonly way: Way | null;
  /** Of that way. */
  readonly measured: Measured | null;
  readonly faults: readonly ConnectionFault[];
}

export interface ConnectionCheckConfig {
  readonly socket: Socket;
  readonly iceServers: () => readonly IceServer[];
  readonly createPeer: (config: RTCConfiguration) => RTCPeerConnection;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

const MEASURE_MS = 4_000;
const ANSWERS_WITHIN_MS = 8_000;

const WAITING: CheckState['ways'] = { udp: 'waiting', tcp: 'waiting', 'relay-udp': 'waiting', 'relay-tcp': 'waiting', 'relay-tls': 'waiting' };

export const UNCHECKED: CheckState = { phase: 'idle', serverMs: null, ways: WAITING, way: null, measured: null, faults: [] };

type Answered = Extract<ServerMessage, { readonly type: 'pong' | 'check.offer' }>;

/**
 * Tries, before a call, each way by which sound can reach the server, with connections that end
 * there and come back, and measures the one that a call would take. It needs no microphone.
 */
export class ConnectionCheck extends Emitter<{ change: CheckState }> {
  readonly #config: ConnectionCheckConfig;
  readonly #scope = new Scope();
  readonly #asked = new Map<string, { readonly resolve: (answer: Answered) => void; readonly reject: (why: unknown) => void }>();
  #running = new Scope();
  #refs = 0;
  #state = UNCHECKED;

  constructor(config: ConnectionCheckConfig) {
    super();
    this.#config = config;
    this.#scope.defer(config.socket.on('message', (message) => this.#receive(message)));
    this.#scope.defer(config.socket.on('state', (state) => {
      if (state !== 'online') this.#giveUp(new Error('the connection was lost'));
    }));
    this.#scope.defer(() => this.#giveUp(new Error('the check was ended')));
    this.#scope.defer(() => this.#running.close());
  }

  get state(): CheckState {
    return this.#state;
  }

  /** Checks everything once; does nothing while it is at it. */
  async run(): Promise<void> {
    if (this.#state.phase === 'running' || this.#scope.isClosed()) return;
    const scope = this.#scope.child();
    this.#running = scope;
    this.#set(scope, { ...UNCHECKED, phase: 'running' });
    try {
      await this.#time(scope);
      await this.#try(scope);
      this.#set(scope, { phase: 'done', faults: faultsOf(this.#state.ways, this.#state.measured) });
    } catch (error) {
      if (error instanceof ProblemError) this.#set(scope, { phase: 'refused' });
      else this.#set(scope, { phase: 'done', faults: ['server'] });
    } finally {
      scope.close();
    }
  }

  /** Breaks off what is under way, such as when a call begins. */
  stop(): void {
    if (this.#state.phase !== 'running') return;
    this.#running.close();
    this.#giveUp(new Error('the check was stopped'));
    this.#state = UNCHECKED;
    this.emit('change', this.#state);
  }

  close(): void {
    this.#scope.close();
  }

  async #time(scope: Scope): Promise<void> {
    const asked = this.#config.now();
    await this.#ask(scope, { type: 'ping' });
    this.#set(scope, { serverMs: Math.round(this.#config.now() - asked) });
  }

  /** Tries all ways at once, then measures the best of those that work. */
  async #try(scope: Scope): Promise<void> {
    const trials = new Map<Way, Trial>();
    const tried = await Promise.allSettled(WAYS.map(async (way) => {
      const trial = await this.#open(scope, way);
      if (trial) trials.set(way, trial);
    }));
    for (const one of tried) if (one.status === 'rejected') throw one.reason;
    const way = best((one) => trials.has(one));
    this.#set(scope, { way });
    const trial = way && trials.get(way);
    if (!trial) return;
    for (const other of trials.values()) if (other !== trial) other.close();
    const measured = await trial.measure(MEASURE_MS, this.#config.now);
    this.#set(scope, { measured });
  }

  /** A connection that works, or null. */
  async #open(scope: Scope, way: Way): Promise<Trial | null> {
    const { iceServers } = this.#config;
    if (way.startsWith('relay') && relayOf(way, iceServers()) === null) {
      this.#setWay(scope, way, 'absent');
      return null;
    }
    this.#setWay(scope, way, 'trying');
    const offer = await this.#ask(scope, { type: 'check.start' });
    if (offer.type !== 'check.offer') throw new Error('the server answered something else');
    scope.defer(() => this.#config.socket.send({ type: 'check.end', check: offer.check }));
    // Those of the welcome may have run out meanwhile: a page is open all day.
    const route = routeOf(way, offer.sdp, offer.ice_servers.length > 0 ? offer.ice_servers : iceServers());
    if (scope.isClosed() || route === null) {
      this.#setWay(scope, way, 'absent');
      return null;
    }
    const trial = new Trial(this.#config.createPeer(route.config));
    scope.defer(() => trial.close());
    this.#config.socket.send({ type: 'check.answer', check: offer.check, sdp: await trial.answer(route.sdp) });
    const works = await trial.opens();
    this.#setWay(scope, way, works ? 'works' : 'fails');
    if (!works) trial.close();
    return works ? trial : null;
  }

  /** Asks the server; fails where it refuses (ProblemError), does not answer or is gone. */
  #ask(scope: Scope, message: Extract<ClientMessage, { readonly type: 'ping' | 'check.start' }>): Promise<Answered> {
    const ref = `check${++this.#refs}`;
    return new Promise((resolve, reject) => {
      const settle = <T>(end: (value: T) => void) => (value: T): void => {
        inTime();
        this.#asked.delete(ref);
        end(value);
      };
      this.#asked.set(ref, { resolve: settle(resolve), reject: settle(reject) });
      const inTime = scope.timeout(ANSWERS_WITHIN_MS, () => this.#asked.get(ref)?.reject(new Error('no answer')));
      if (scope.isClosed() || !this.#config.socket.send({ ...message, ref })) this.#asked.get(ref)?.reject(new Error('no connection'));
    });
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'error') this.#asked.get(message.ref)?.reject(new ProblemError(message.problem));
    else if (message.type === 'pong' || message.type === 'check.offer') this.#asked.get(message.ref)?.resolve(message);
  }

  #giveUp(why: Error): void {
    for (const { reject } of [...this.#asked.values()]) reject(why);
  }

  #setWay(scope: Scope, way: Way, state: WayState): void {
    this.#set(scope, { ways: { ...this.#state.ways, [way]: state } });
  }

  #set(scope: Scope, change: Partial<CheckState>): void {
    if (scope.isClosed()) return;
    this.#state = { ...this.#state, ...change };
    this.emit('change', this.#state);
  }
}
