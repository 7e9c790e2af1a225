import { Emitter } from '../lib/emitter';
import { Scope, type Listenable } from '../lib/scope';
import { SUBPROTOCOL, type ClientMessage } from '../wire/client';
import { decodeServer, type ServerMessage } from '../wire/server';
import { reconnectDelay } from './backoff';

/** The part of a WebSocket that is used. */
export interface SocketLike extends Listenable {
  send(data: string): void;
  close(code?: number): void;
}

export interface SocketConfig {
  readonly url: string;
  /** Asked for at each connection. */
  readonly token: () => string | Promise<string>;
  /** A later token may be another: one that ran out in an open connection is replaced, not mourned. */
  readonly renews?: boolean;
  /** Names this tab for as long as it lives, so that it goes on in its own place after a loss. */
  readonly tab?: string;
  /** Names this browser, for as long as it keeps what pages store. */
  readonly device?: string;
  /** Opens a WebSocket with a subprotocol. */
  readonly open: (url: string, protocol: string) => SocketLike;
  /** A number in [0, 1) that spreads reconnects. */
  readonly random: () => number;
}

/** `connecting` before the first welcome, `reconnecting` after a loss, `closed` for good. */
export type SocketState = 'connecting' | 'online' | 'reconnecting' | 'closed';

export interface SocketEvents {
  state: SocketState;
  message: ServerMessage;
  /** Milliseconds until the next try. */
  retry: number;
  /** The token is no longer taken; the socket does not come back by itself. */
  signedOut: { readonly expired: boolean };
  /** A message that the protocol does not know, for diagnosis; the socket goes on. */
  malformed: Error;
}

const CLOSE_SIGNED_OUT = 4001;
const CLOSE_POLICY = 1008;
/** Not closed by the server: the way to it is another, or it is gone. */
const CLOSE_ABNORMAL = 1006;

/** No welcome for this long means that nobody is there. */
const WELCOME_WITHIN_MS = 8_000;

/**
 * How often a quiet socket is tried, and how long the answer may take. A page is not told when its
 * machine slept or its network changed under it, and would wait for calls that never come.
 */
const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 4_000;
/** The same when there is reason for doubt. */
const PONG_IN_DOUBT_MS = 400;

/**
 * The signalling socket. It says hello first, comes back with a growing wait when it is lost,
 * and says hello again: the server answers with the newest view, so nothing needs replaying.
 */
export class Socket extends Emitter<SocketEvents> {
  readonly #config: SocketConfig;
  readonly #scope = new Scope();
  #connection: { readonly socket: SocketLike; readonly scope: Scope } | null = null;
  #state: SocketState = 'connecting';
  #attempt = 0;
  /** Ends the wait for a sign of life. */
  #heard = (): void => undefined;
  /** Nothing was heard since there was reason for doubt. */
  #doubted = false;
  /** A call waits for the socket when it is lost. */
  #inCall = false;

  constructor(config: SocketConfig) {
    super();
    this.#config = config;
  }

  get state(): SocketState {
    return this.#state;
  }

  /** Opens the socket; call once. */
  start(): void {
    this.#connect();
  }

  /** Sends when online; says whether it did. */
  send(message: ClientMessage): boolean {
    if (this.#state !== 'online' || this.#connection === null) return false;
    this.#connection.socket.send(JSON.stringify(message));
    return true;
  }

  /** Tells that the network came or went, which a socket alone may notice only minutes later. */
  networkChanged(up: boolean): void {
    if (this.#state === 'closed') return;
    if (!up) {
      this.#lose();
      return;
    }
    if (this.#state === 'online') {
      this.doubt();
      return;
    }
    this.#attempt = 0;
    this.#drop();
    this.#connect();
  }

  /** There is reason to think that the socket is dead: it is opened anew unless the server answers within 400 ms. */
  doubt(): void {
    this.#doubted = true;
    this.#ping(PONG_IN_DOUBT_MS);
  }

  /** Ends the socket for good. */
  close(): void {
    this.#scope.close();
    this.#drop();
    this.#become('closed');
  }

  #connect(): void {
    const scope = this.#scope.child();
    const socket = this.#config.open(this.#config.url, SUBPROTOCOL);
    this.#connection = { socket, scope };
    this.#doubted = false;
    let welcomed = false;
    scope.listen(socket, 'open', () => this.#hello(socket, scope));
    scope.listen(socket, 'message', (event: MessageEvent) => {
      const message = this.#decode(event.data);
      if (message === null) return;
      if (message.type === 'welcome') {
        welcomed = true;
        tooLate();
        this.#attempt = 0;
        this.#become('online');
        scope.interval(PING_EVERY_MS, () => this.#ping(PONG_WITHIN_MS));
      }
      if (message.type === 'welcome' || message.type === 'call') this.#inCall = message.call !== null && message.call.state !== 'ended';
      this.#heard();
      this.#doubted = false;
      this.emit('message', message);
    });
    scope.listen(socket, 'close', (event: CloseEvent) => {
      // 1008 before the welcome means that this token never signs in.
      const over = event.code === CLOSE_SIGNED_OUT && !(welcomed && this.#config.renews === true);
      const refused = over || (event.code === CLOSE_POLICY && !welcomed);
      if (refused) this.#signOut(event.code === CLOSE_SIGNED_OUT);
      else if (this.#doubted && event.code === CLOSE_ABNORMAL) this.#reopen();
      else this.#lose();
    });
    const tooLate = scope.timeout(WELCOME_WITHIN_MS, () => this.#lose());
  }

  /** Asks for a sign of life; without one in time the socket is opened anew at once. */
  #ping(within: number): void {
    const connection = this.#connection;
    if (connection === null || !this.send({ type: 'ping' })) return;
    this.#heard();
    this.#heard = connection.scope.timeout(within, () => this.#reopen());
  }

  #reopen(): void {
    this.#drop();
    this.#become('reconnecting');
    this.#connect();
  }

  #hello(socket: SocketLike, scope: Scope): void {
    const { tab, device } = this.#config;
    const say = (token: string): void => {
      if (!scope.isClosed()) socket.send(JSON.stringify({ type: 'hello', token, ...(tab && { tab }), ...(device && { device }) } satisfies ClientMessage));
    };
    const token = this.#config.token();
    if (typeof token === 'string') {
      say(token);
      return;
    }
    // Whoever gives the tokens may be away for a moment, as the network may.
    token.then(say, () => {
      if (!scope.isClosed()) this.#lose();
    });
  }

  #decode(data: unknown): ServerMessage | null {
    try {
      return decodeServer(String(data));
    } catch (error) {
      this.emit('malformed', error instanceof Error ? error : new Error(String(error)));
      return null;
    }
  }

  #signOut(expired: boolean): void {
    this.close();
    this.emit('signedOut', { expired });
  }

  #lose(): void {
    this.#drop();
    if (this.#state === 'online') this.#become('reconnecting');
    const waiting = this.#scope.child();
    this.#connection = { socket: idle, scope: waiting };
    const delay = reconnectDelay(this.#attempt++, this.#config.random(), this.#inCall);
    this.emit('retry', delay);
    waiting.timeout(delay, () => {
      this.#drop();
      this.#connect();
    });
  }

  #drop(): void {
    const old = this.#connection;
    this.#connection = null;
    old?.scope.close();
    old?.socket.close();
  }

  #become(state: SocketState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }
}

/** Stands for the socket while the next attempt is waited for. */
const idle: SocketLike = {
  send: () => undefined,
  close: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};
