import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IceServer } from '../../wire/server';
import { Socket } from '../socket';
import { settled } from '../testing/fakemedia';
import { FakeNetwork } from '../testing/fakesocket';
import { aWelcome } from '../testing/views';
import { ConnectionCheck } from './check';
import { PACKET_BYTES, Tally } from './measure';
import { faultsOf } from './verdict';
import { relayOf, routeOf, WAYS, type Way } from './ways';

const SDP = [
  'v=0',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host',
  'a=candidate:2 1 tcp 1671430143 192.0.2.1 7882 typ host tcptype passive',
  'a=end-of-candidates',
  '',
].join('\r\n');

const RELAYS: readonly IceServer[] = [
  { urls: ['turn:192.0.2.1:3478?transport=udp', 'turn:192.0.2.1:3478?transport=tcp', 'turns:calls.example:443?transport=tcp'], username: 'u', credential: 'c' },
];

/** The far end of a check: it opens the ways that the network lets through, and sends back a share of what comes. */
class FarEnd extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new';
  closed = false;
  sdp = '';
  readonly channel = Object.assign(new EventTarget(), {
    readyState: 'connecting',
    binaryType: '',
    send: (packet: ArrayBuffer) => {
      if (this.sent++ % 100 < this.backShare * 100) setTimeout(() => this.channel.dispatchEvent(Object.assign(new Event('message'), { data: packet })), this.backMs);
    },
  });
  sent = 0;
  backShare = 1;
  backMs = 30;

  constructor(
    readonly config: RTCConfiguration,
    private readonly lets: (way: Way) => boolean,
  ) {
    super();
  }
  get way(): Way {
    const url = this.config.iceServers?.[0]?.urls[0] ?? '';
    if (url.startsWith('turns:')) return 'relay-tls';
    if (url !== '') return url.endsWith('udp') ? 'relay-udp' : 'relay-tcp';
    return this.sdp.includes(' tcp ') ? 'tcp' : 'udp';
  }
  createDataChannel(): unknown {
    return this.channel;
  }
  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.sdp = sdp;
    return Promise.resolve();
  }
  createAnswer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: 'answer' });
  }
  setLocalDescription(): Promise<void> {
    if (this.lets(this.way)) {
      setTimeout(() => {
        this.channel.readyState = 'open';
        this.channel.dispatchEvent(new Event('open'));
      });
    }
    return Promise.resolve();
  }
  close(): void {
    this.closed = true;
  }
}

class Bench {
  readonly network = new FakeNetwork();
  readonly ends: FarEnd[] = [];
  readonly socket = new Socket({ url: 'ws://x', token: () => 't', open: this.network.open, random: () => 0 });
  readonly check: ConnectionCheck;

  /** What comes with each offer. */
  fresh: readonly IceServer[] = [];

  constructor(lets: (way: Way) => boolean, iceServers = RELAYS, backShare = 1, backMs = 30) {
    this.check = new ConnectionCheck({
      socket: this.socket,
      iceServers: () => iceServers,
      createPeer: (config) => {
        const end = Object.assign(new FarEnd(config, lets), { backShare, backMs });
        this.ends.push(end);
        return end as unknown as RTCPeerConnection;
      },
      now: () => performance.now(),
    });
    this.socket.start();
    this.network.latest.opened();
    this.network.latest.says(aWelcome(null, 'member'));
  }

  /** The server answers what was asked since the last time. */
  async serves(): Promise<void> {
    const { sent } = this.network.latest;
    for (const [check, message] of sent.entries()) {
      if (message.type === 'ping') this.network.latest.says({ type: 'pong', ref: message.ref });
      if (message.type === 'check.start') this.network.latest.says({ type: 'check.offer', ref: message.ref, check, sdp: SDP, ice_servers: this.fresh });
    }
    await settled();
  }

  async run(): Promise<void> {
    const done = this.check.run();
    await settled();
    await this.serves();
    await this.serves();
    for (let s = 0; s < 16 && this.check.state.phase === 'running'; s++) {
      await vi.advanceTimersByTimeAsync(1_000);
      this.network.latest.says({ type: 'pong', ref: '' }); // the socket asks, too, whether anybody is there
    }
    await done;
  }

  count(type: 'check.start' | 'check.end' | 'check.answer'): number {
    return this.network.latest.sentOf(type).length;
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('routes', () => {
  it('leave one transport in the offer', () => {
    expect(routeOf('udp', SDP, [])?.sdp).not.toContain(' tcp ');
    expect(routeOf('tcp', SDP, [])?.sdp).not.toContain(' udp ');
    expect(routeOf('udp', SDP, RELAYS)?.config).toEqual({ iceServers: [] });
    expect(routeOf('tcp', SDP.replace(/a=candidate:2.*\r\n/, ''), [])).toBeNull();
  });

  it('force one relay', () => {
    const config = routeOf('relay-tls', SDP, RELAYS)?.config;
    expect(config).toEqual({ iceTransportPolicy: 'relay', iceServers: [{ urls: ['turns:calls.example:443?transport=tcp'], username: 'u', credential: 'c' }] });
    expect(relayOf('relay-tcp', RELAYS)?.urls).toEqual(['turn:192.0.2.1:3478?transport=tcp']);
    const both = ['turn:192.0.2.1:3478?transport=tcp', 'turn:[2001:db8::1]:3478?transport=tcp'];
    expect(relayOf('relay-tcp', [{ urls: both, username: 'u', credential: 'c' }])?.urls, 'by IPv4 and IPv6').toEqual(both);
    expect(relayOf('relay-udp', [])).toBeNull();
  });
});

describe('tally', () => {
  it('counts what comes back in time, once', () => {
    const tally = new Tally();
    const packets = [0, 20, 40, 60].map((at) => tally.next(at));
    const [first, second, third] = packets as [ArrayBuffer, ArrayBuffer, ArrayBuffer];
    tally.back(second, 70);
    tally.back(first, 30);
    tally.back(first, 31);
    tally.back(third, 1_041);
    tally.back(new ArrayBuffer(PACKET_BYTES - 1), 50);
    expect(tally.result()).toEqual({ lost: 0.5, roundTripMs: 30 });
  });

  it('knows no round trip when nothing came back', () => {
    const tally = new Tally();
    tally.next(0);
    expect(tally.result()).toEqual({ lost: 1, roundTripMs: Infinity });
  });
});

describe('faults', () => {
  const all = { udp: 'works', tcp: 'works', 'relay-udp': 'works', 'relay-tcp': 'works', 'relay-tls': 'works' } as const;
  const good = { lost: 0.01, roundTripMs: 40 };
  const none = { udp: 'fails', tcp: 'fails', 'relay-udp': 'fails', 'relay-tcp': 'absent', 'relay-tls': 'fails' } as const;
  it.each([
    ['all is well', all, good, []],
    ['relays alone fail', { ...none, udp: 'works' }, good, []],
    ['UDP is blocked', { ...none, 'relay-tls': 'works' }, good, ['udpBlocked']],
    ['nothing works', none, null, ['noWay']],
    ['packets are lost', all, { lost: 0.2, roundTripMs: 900 }, ['lossy']],
    ['it takes long', all, { lost: 0, roundTripMs: 900 }, ['slow']],
    ['blocked and lossy', { ...all, udp: 'fails' }, { lost: 1, roundTripMs: Infinity }, ['lossy', 'udpBlocked']],
  ] as const)('%s', (_name, ways, measured, want) => {
    expect(faultsOf(ways, measured)).toEqual(want);
  });
});

describe('a check of the connection', () => {
  it('tries all ways, measures the best, and leaves nothing open', async () => {
    const bench = new Bench(() => true);
    await bench.run();
    const { state } = bench.check;
    expect(state).toMatchObject({ phase: 'done', way: 'udp', faults: [], measured: { lost: 0, roundTripMs: 30 } });
    expect(Object.values(state.ways)).toEqual(WAYS.map(() => 'works'));
    expect(bench.ends.find((end) => end.way === 'udp')?.sent).toBe(200);
    expect(bench.ends.every((end) => end.closed)).toBe(true);
    expect([bench.count('check.start'), bench.count('check.end')]).toEqual([5, 5]);
    bench.socket.close();
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes the detour where UDP is blocked', async () => {
    const bench = new Bench((way) => way === 'relay-tls' || way === 'tcp');
    await bench.run();
    expect(bench.check.state).toMatchObject({ way: 'tcp', faults: ['udpBlocked'], ways: { udp: 'fails', 'relay-udp': 'fails', tcp: 'works' } });
  });

  it('goes to relays with what came with the offer, for what came with the welcome may have run out', async () => {
    const bench = new Bench(() => true);
    bench.fresh = RELAYS.map((one) => ({ ...one, credential: 'fresh' }));
    await bench.run();
    const credentials = bench.ends.flatMap((end) => end.config.iceServers ?? []).map((one) => one.credential);
    expect(credentials).toEqual(['fresh', 'fresh', 'fresh']);
  });

  it('asks for no connection by a relay that there is not', async () => {
    const bench = new Bench(() => true, []);
    await bench.run();
    expect(bench.count('check.start')).toBe(2);
    expect(bench.check.state.ways).toMatchObject({ 'relay-udp': 'absent', udp: 'works' });
  });

  it('says that nothing works', async () => {
    const bench = new Bench(() => false);
    await bench.run();
    expect(bench.check.state).toMatchObject({ phase: 'done', way: null, measured: null, faults: ['noWay'] });
  });

  it('says that packets are lost', async () => {
    const bench = new Bench(() => true, RELAYS, 0.8);
    await bench.run();
    expect(bench.check.state.faults).toEqual(['lossy']);
    expect(bench.check.state.measured?.lost).toBeCloseTo(0.2, 2);
  });

  it('says that the server does not answer, and can be run again', async () => {
    const bench = new Bench(() => true);
    const done = bench.check.run();
    await vi.advanceTimersByTimeAsync(8_000);
    await done;
    expect(bench.check.state.faults).toEqual(['server']);
    await bench.run();
    expect(bench.check.state.faults).toEqual([]);
  });

  it('blames the server where the socket is lost', async () => {
    const bench = new Bench(() => true);
    const done = bench.check.run();
    bench.network.latest.ended(1006);
    await done;
    expect(bench.check.state).toMatchObject({ phase: 'done', faults: ['server'] });
    bench.check.close();
    bench.socket.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('blames nobody where the server refuses to check', async () => {
    const bench = new Bench(() => true);
    const done = bench.check.run();
    await bench.serves();
    for (const { ref } of bench.network.latest.sentOf('check.start')) {
      bench.network.latest.says({ type: 'error', ref: ref ?? '', problem: { type: '/problems/too-many-checks', title: 'Try again shortly', status: 429, detail: '', instance: '' } });
    }
    await done;
    expect(bench.check.state).toMatchObject({ phase: 'refused', faults: [] });
  });

  it('ends at once with a call, or with the page', async () => {
    const bench = new Bench(() => true);
    const done = bench.check.run();
    await settled();
    await bench.serves();
    await bench.serves();
    await vi.advanceTimersByTimeAsync(500);
    bench.check.stop();
    await done;
    expect(bench.check.state.phase).toBe('idle');
    expect(bench.ends.every((end) => end.closed)).toBe(true);
    expect(bench.count('check.end')).toBe(5);
    bench.check.close();
    await bench.check.run();
    expect(bench.check.state.phase).toBe('idle');
    bench.socket.close();
    await vi.advanceTimersByTimeAsync(100); // what was under way comes back to nobody
    expect(vi.getTimerCount()).toBe(0);
  });
});
