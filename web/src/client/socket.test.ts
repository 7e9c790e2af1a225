import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reconnectDelay } from './backoff';
import { Socket, type SocketState } from './socket';
import { FakeNetwork } from './testing/fakesocket';
import { aCall, aWelcome } from './testing/views';

function start(): { network: FakeNetwork; socket: Socket; states: SocketState[] } {
  const network = new FakeNetwork();
  const socket = new Socket({ url: 'ws://x/api/v1/socket', token: () => 'secret', open: network.open, random: () => 0 });
  const states: SocketState[] = [];
  socket.on('state', (state) => states.push(state));
  socket.start();
  return { network, socket, states };
}

describe('reconnectDelay', () => {
  const rows: [attempt: number, random: number, inCall: boolean, want: number][] = [
    [0, 0, false, 150],
    [0, 0.999, false, 300],
    [1, 0, false, 300],
    [3, 0.5, false, 1800],
    [10, 0, false, 4000],
    [1000, 0.999, false, 7996],
    [0, 0, true, 150],
    [3, 0.5, true, 1500],
    [1000, 0.999, true, 1999],
  ];
  it.each(rows)('attempt %i, random %d, in a call %s → %i ms', (attempt, random, inCall, want) => {
    expect(reconnectDelay(attempt, random, inCall)).toBe(want);
  });
});

describe('Socket', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says hello first and is online after the welcome', () => {
    const { network, socket, states } = start();
    expect(socket.send({ type: 'presence.set', available: true }), 'send before the welcome').toBe(false);
    network.latest.opened();
    expect(network.latest.sent).toEqual([{ type: 'hello', token: 'secret' }]);
    network.latest.says(aWelcome());
    expect(socket.send({ type: 'presence.set', available: true })).toBe(true);
    expect(states).toEqual(['online']);
  });

  it('says the same tab again after a loss', () => {
    const network = new FakeNetwork();
    const socket = new Socket({ url: 'ws://x', token: () => 't', tab: 'a-random-text-of-its-own', open: network.open, random: () => 0 });
    socket.start();
    network.latest.opened();
    network.latest.says(aWelcome());
    network.latest.ended(1006);
    vi.advanceTimersByTime(1_000);
    network.latest.opened();
    expect(network.latest.sent).toEqual([{ type: 'hello', token: 't', tab: 'a-random-text-of-its-own' }]);
    socket.close();
  });

  it('notices within seconds that nobody is there any more', () => {
    const { network, states } = start();
    network.latest.opened();
    network.latest.says(aWelcome());
    vi.advanceTimersByTime(10_000);
    const first = network.latest;
    expect(first.sentOf('ping')).toHaveLength(1);
    first.says({ type: 'pong', ref: '' });
    vi.advanceTimersByTime(10_000);
    expect(first.sentOf('ping')).toHaveLength(2);
    expect(network.sockets).toHaveLength(1);
    vi.advanceTimersByTime(4_000);
    expect(first.closed).toBe(true);
    expect(states).toEqual(['online', 'reconnecting']);
    network.latest.opened();
    network.latest.says(aWelcome());
    expect(states.at(-1)).toBe('online');
  });

  it('is tried at once when the network has changed or there is doubt', () => {
    const { network, socket } = start();
    network.latest.opened();
    network.latest.says(aWelcome());
    socket.networkChanged(true);
    expect(network.latest.sentOf('ping')).toHaveLength(1);
    network.latest.says({ type: 'pong', ref: '' });
    vi.advanceTimersByTime(5_000);
    expect(network.sockets, 'it answered').toHaveLength(1);
    socket.doubt();
    vi.advanceTimersByTime(1_000);
    expect(network.sockets, 'it did not').toHaveLength(2);
    socket.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait when it is lost while it is in doubt, and only once', () => {
    const { network, socket } = start();
    network.latest.opened();
    network.latest.says(aWelcome());
    socket.doubt();
    network.latest.ended(1006);
    expect(network.sockets, 'opened anew at once').toHaveLength(2);
    network.latest.ended(1006);
    expect(network.sockets).toHaveLength(2);
    vi.advanceTimersByTime(300);
    network.latest.opened();
    network.latest.says(aWelcome());
    socket.doubt();
    network.latest.says({ type: 'pong', ref: '' });
    network.latest.ended(1006);
    expect(network.sockets, 'the doubt was gone').toHaveLength(3);
    socket.close();
  });

  it('comes back after a loss and says hello again', () => {
    const { network, states } = start();
    network.latest.opened();
    network.latest.says(aWelcome());
    network.latest.ended(1012);
    expect(states).toEqual(['online', 'reconnecting']);
    vi.advanceTimersByTime(149);
    expect(network.sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(network.sockets).toHaveLength(2);
    network.latest.opened();
    expect(network.latest.sent).toEqual([{ type: 'hello', token: 'secret' }]);
    network.latest.says(aWelcome());
    expect(states).toEqual(['online', 'reconnecting', 'online']);
  });

  it('waits longer each time', () => {
    const { network } = start();
    network.latest.ended(1006);
    vi.advanceTimersByTime(150);
    network.latest.ended(1006);
    vi.advanceTimersByTime(299);
    expect(network.sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(network.sockets).toHaveLength(3);
  });

  it('asks again every two seconds while a call waits, and no more once it has ended', () => {
    const { network } = start();
    network.latest.opened();
    network.latest.says(aWelcome(aCall({ state: 'active' })));
    for (let tries = 2; tries < 12; tries++) {
      network.latest.ended(1006);
      vi.advanceTimersByTime(1_000);
      expect(network.sockets).toHaveLength(tries);
    }
    network.latest.opened();
    network.latest.says({ type: 'call', call: aCall({ state: 'ended' }) });
    for (let tries = 0; tries < 10; tries++) {
      network.latest.ended(1006);
      vi.advanceTimersByTime(4_000);
    }
    const before = network.sockets.length;
    network.latest.ended(1006);
    vi.advanceTimersByTime(3_000);
    expect(network.sockets).toHaveLength(before);
  });

  it('gives up a connection that stays silent', () => {
    const { network } = start();
    network.latest.opened();
    const silent = network.latest;
    vi.advanceTimersByTime(8_000 + 150);
    expect(silent.closed).toBe(true);
    expect(network.sockets).toHaveLength(2);
  });

  const refusals: [name: string, welcomed: boolean, code: number, want: { expired: boolean } | null][] = [
    ['4001: the token is over', true, 4001, { expired: true }],
    ['1008 before the welcome: never signed in', false, 1008, { expired: false }],
    ['1008 after the welcome: rules broken, comes back', true, 1008, null],
    ['4002: read too slowly, comes back', true, 4002, null],
  ];
  it.each(refusals)('%s', (_name, welcomed, code, want) => {
    const { network, socket } = start();
    const got = vi.fn();
    socket.on('signedOut', got);
    network.latest.opened();
    if (welcomed) network.latest.says(aWelcome());
    network.latest.ended(code);
    vi.advanceTimersByTime(60_000);
    expect(got.mock.calls).toEqual(want ? [[want]] : []);
    expect(socket.state === 'closed', 'closed for good').toBe(want !== null);
  });

  it('asks for a token at each connection, and for a new one when it ran out', async () => {
    const network = new FakeNetwork();
    const tokens = vi.fn().mockResolvedValueOnce('first').mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce('second');
    const signedOut = vi.fn();
    const socket = new Socket({ url: 'ws://x', token: tokens as () => Promise<string>, renews: true, open: network.open, random: () => 0 });
    socket.on('signedOut', signedOut);
    socket.start();
    const opened = async (): Promise<void> => {
      network.latest.opened();
      await vi.advanceTimersByTimeAsync(0);
    };
    await opened();
    expect(network.latest.sent).toEqual([{ type: 'hello', token: 'first' }]);
    network.latest.says(aWelcome());
    network.latest.ended(4001);
    await vi.advanceTimersByTimeAsync(150);
    await opened();
    expect(network.latest.sent, 'nothing without a token').toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    await opened();
    expect(network.latest.sent).toEqual([{ type: 'hello', token: 'second' }]);
    expect(signedOut).not.toHaveBeenCalled();
    network.latest.ended(4001);
    expect(signedOut, 'a new token that is refused').toHaveBeenCalledWith({ expired: true });
  });

  it('reacts to the network before the socket does', () => {
    const { network, socket } = start();
    network.latest.opened();
    network.latest.says(aWelcome());
    socket.networkChanged(false);
    expect(socket.state).toBe('reconnecting');
    socket.networkChanged(true);
    expect(network.sockets).toHaveLength(2);
    vi.advanceTimersByTime(5_000);
    expect(network.sockets, 'no second attempt beside it').toHaveLength(2);
  });

  it('reports what it cannot read and goes on', () => {
    const { network, socket } = start();
    const malformed = vi.fn();
    socket.on('malformed', malformed);
    network.latest.opened();
    network.latest.raw('{');
    network.latest.says(aWelcome());
    expect(malformed).toHaveBeenCalledOnce();
    expect(socket.state).toBe('online');
  });

  it('leaves nothing behind when closed', () => {
    const { network, socket } = start();
    network.latest.ended(1006);
    socket.close();
    vi.advanceTimersByTime(60_000);
    expect(network.sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
