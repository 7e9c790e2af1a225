import type { SocketLike } from '../socket';
import type { ClientMessage } from '../../wire/client';
import type { ServerMessage } from '../../wire/server';

/** A WebSocket whose far end is the test. */
export class FakeSocket extends EventTarget implements SocketLike {
  readonly sent: ClientMessage[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientMessage);
  }

  close(): void {
    this.closed = true;
  }

  /** The connection is up. */
  opened(): void {
    this.dispatchEvent(new Event('open'));
  }

  /** The server says something. */
  says(message: Record<string, unknown> | ServerMessage): void {
    this.raw(JSON.stringify(message));
  }

  raw(data: string): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }

  /** The server, or the network, ends the connection. */
  ended(code: number): void {
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }

  sentOf(type: ClientMessage['type']): ClientMessage[] {
    return this.sent.filter((message) => message.type === type);
  }
}

/** Makes FakeSockets and keeps them, newest last. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];

  readonly open = (): FakeSocket => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  };

  get latest(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}
