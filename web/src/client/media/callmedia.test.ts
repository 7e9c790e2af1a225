import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientMessage } from '../../wire/client';
import { FakeDevices, FakeSink, FakeStream, FakeTrack, settled } from '../testing/fakemedia';
import { CallMedia } from './callmedia';

function start(): { devices: FakeDevices; media: CallMedia; sent: ClientMessage[]; sink: FakeSink } {
  const devices = new FakeDevices();
  const media = new CallMedia(devices.config());
  const sent: ClientMessage[] = [];
  const sink = new FakeSink();
  media.on('send', (message) => sent.push(message));
  media.setSink(sink);
  return { devices, media, sent, sink };
}

function offer(generation: number, call = 'c'): Parameters<CallMedia['offer']>[0] {
  return { type: 'media.offer', call, generation, restart: 0, sdp: `offer ${generation}`, warm: false, relay: false, ice_servers: [] };
}

const turn = [{ urls: ['turn:x'], username: 'u', credential: 'p' }];

describe('CallMedia', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('answers an offer with the microphone attached, then trickles', async () => {
    const { devices, media, sent } = start();
    await media.prepare();
    await media.offer(offer(1), turn);
    devices.peer.candidate('candidate:late');
    devices.peer.candidate('');
    devices.peer.candidate(null);
    expect(devices.peer.config.iceServers).toEqual(turn);
    expect(devices.peer.transceiver.direction).toBe('sendrecv');
    expect(devices.peer.sender.track).toBe(devices.microphones[0]!.tracks[0]);
    const candidate = (text: string): object => ({
      type: 'media.candidate',
      call: 'c',
      generation: 1,
      candidate: { candidate: text, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'uf' },
    });
    expect(sent).toEqual([
      { type: 'media.answer', call: 'c', generation: 1, sdp: 'answer to offer 1' },
      candidate('candidate:early'),
      candidate('candidate:late'),
      { type: 'media.candidate', call: 'c', generation: 1, candidate: null },
    ]);
  });

  it('uses the relay alone where the offer says so, with the servers that it brings', async () => {
    const { devices, media } = start();
    const fresh = [{ urls: ['turn:y'], username: 'v', credential: 'q' }];
    await media.offer(offer(1), turn);
    expect(devices.peer.config).toMatchObject({ iceTransportPolicy: 'all', iceServers: turn });
    await media.offer({ ...offer(2), relay: true, ice_servers: fresh }, turn);
    expect(devices.peer.config).toMatchObject({ iceTransportPolicy: 'relay', iceServers: fresh });
  });

  it('answers before the microphone is allowed and attaches it afterwards', async () => {
    const { devices, media, sent } = start();
    let allow: (stream: FakeStream) => void = () => undefined;
    devices.ask = () => new Promise((resolve) => (allow = resolve));
    await media.offer(offer(1), []);
    expect(sent[0]?.type).toBe('media.answer');
    expect(devices.peer.sender.track).toBeNull();
    const stream = new FakeStream();
    allow(stream);
    await settled();
    expect(devices.peer.sender.track).toBe(stream.tracks[0]);
  });

  it('replaces the connection by a newer generation and passes over an older one', async () => {
    const { devices, media } = start();
    await media.offer(offer(2), []);
    await media.offer(offer(1), []);
    await media.offer(offer(2), []);
    expect(devices.peers).toHaveLength(1);
    await media.offer(offer(3), []);
    expect(devices.peers.map((peer) => peer.closed)).toEqual([true, false]);
    expect(devices.microphones, 'one microphone for all').toHaveLength(1);
    expect(devices.peer.sender.track).toBe(devices.microphones[0]!.tracks[0]);
  });

  it('stops the microphone, its clones and the connection when the call is left', async () => {
    const { devices, media, sink } = start();
    await media.prepare();
    await media.offer(offer(1), []);
    devices.peer.hears(new FakeTrack());
    await settled();
    expect(devices.capturing).toBe(true);
    expect(sink.srcObject).not.toBeNull();
    media.stop();
    expect(devices.capturing, 'microphone captures').toBe(false);
    expect(devices.peer.closed, 'connection closed').toBe(true);
    expect(devices.openMeters.size, 'open meters').toBe(0);
    expect(sink.srcObject, 'playback').toBeNull();
    expect(vi.getTimerCount(), 'timers').toBe(0);
    expect(media.state.microphone).toEqual({ kind: 'off' });
  });

  it('stops a microphone that is allowed only after the call was left', async () => {
    const { devices, media } = start();
    let allow: (stream: FakeStream) => void = () => undefined;
    devices.ask = () => new Promise((resolve) => (allow = resolve));
    const prepared = media.prepare();
    media.stop();
    allow(new FakeStream());
    expect(await prepared).toBe(false);
    expect(devices.microphones).toHaveLength(1);
    expect(devices.capturing).toBe(false);
    expect(media.state.microphone).toEqual({ kind: 'off' });
  });

  it('can start again after a stop', async () => {
    const { devices, media } = start();
    await media.prepare();
    media.stop();
    expect(await media.prepare()).toBe(true);
    expect(devices.capturing).toBe(true);
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'insecure'],
    ['SomethingElse', 'unknown'],
  ])('names the fault behind %s: %s', async (name, fault) => {
    const { devices, media } = start();
    devices.ask = () => Promise.reject(Object.assign(new Error(name), { name }));
    expect(await media.prepare()).toBe(false);
    expect(media.state.microphone).toEqual({ kind: 'fault', fault });
  });

  it('mutes by the sent track and keeps the level alive', async () => {
    const { devices, media } = start();
    await media.prepare();
    media.setMuted(true);
    const microphone = devices.microphones[0]!;
    expect(microphone.tracks[0]!.enabled).toBe(false);
    expect(microphone.clones[0]!.tracks[0]!.enabled, 'the metered clone').toBe(true);
    expect(media.level('you')).toBe(0.5);
    media.setMuted(false);
    expect(microphone.tracks[0]!.enabled).toBe(true);
  });

  it('asks for a tap when the browser refuses to play', async () => {
    const { devices, media, sink } = start();
    sink.refuse = 'NotAllowedError';
    await media.offer(offer(1), []);
    devices.peer.hears(new FakeTrack());
    await settled();
    expect(media.state.hearing).toBe('blocked');
    sink.refuse = null;
    await media.hear();
    expect(media.state.hearing).toBe('playing');
  });

  it('plays by itself once the microphone is allowed, where the browser lets it then', async () => {
    const { devices, media, sink } = start();
    let allow: (stream: FakeStream) => void = () => undefined;
    devices.ask = () => new Promise((resolve) => (allow = resolve));
    sink.refuse = 'NotAllowedError';
    await media.offer(offer(1), []);
    devices.peer.hears(new FakeTrack());
    await settled();
    expect(media.state.hearing).toBe('blocked');
    sink.refuse = null;
    allow(new FakeStream());
    await settled();
    expect(media.state.hearing).toBe('playing');
  });

  it('restarts ICE on the connection that there is, and asks for another one only if that does not help', async () => {
    const { devices, media, sent } = start();
    const asked = (): string[] => sent.map((m) => m.type).filter((t) => t === 'media.restart' || t === 'media.join');
    await media.offer(offer(1), []);
    devices.peer.becomes('connected');
    devices.peer.becomes('failed');
    expect(media.state).toMatchObject({ link: 'lost', quality: { word: 'lost' } });
    expect(asked()).toEqual(['media.restart']);
    sent.length = 0;
    await media.offer({ ...offer(1), restart: 1, sdp: 'another way' }, []);
    expect(devices.peers, 'the same connection').toHaveLength(1);
    expect(devices.peer.remote.at(-1)).toBe('another way');
    expect(sent[0]).toEqual({ type: 'media.answer', call: 'c', generation: 1, restart: 1, sdp: 'answer to another way' });
    expect(sent[1]?.type, 'candidates follow the answer').toBe('media.candidate');
    devices.peer.becomes('connected');
    expect(media.state.link).toBe('connected');
    vi.advanceTimersByTime(60_000);
    expect(asked()).toEqual([]);
  });

  it('asks for another connection when the browser stays with a way that the server has left', async () => {
    const { devices, media, sent } = start();
    await media.offer({ ...offer(1), sdp: 'v=0\r\na=ice-ufrag:one\r\n' }, []);
    devices.peer.becomes('connected');
    devices.peer.sendsBy = 'one';
    await vi.advanceTimersByTimeAsync(10_000);
    await media.offer({ ...offer(1), restart: 1, sdp: 'v=0\r\na=ice-ufrag:two\r\n' }, []);
    expect(sent.some((m) => m.type === 'media.join')).toBe(false);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(sent.at(-1)).toEqual({ type: 'media.join', call: 'c' });
    expect(media.state.link).toBe('lost');
  });

  it('looks for relays with fresh credentials in a restart, and by the same rule as before', async () => {
    const { devices, media } = start();
    await media.offer({ ...offer(1), relay: true }, turn);
    const fresh = [{ urls: ['turn:x'], username: 'u2', credential: 'p2' }];
    await media.offer({ ...offer(1), restart: 1, ice_servers: fresh }, turn);
    expect(devices.peer.config).toMatchObject({ iceTransportPolicy: 'relay', bundlePolicy: 'max-bundle', iceServers: fresh });
    await media.offer({ ...offer(1), restart: 2 }, turn);
    expect(devices.peer.config.iceServers, 'a server that has none to give').toEqual(fresh);
  });

  it('passes over a restart of a connection that it does not have', async () => {
    const { devices, media, sent } = start();
    await media.offer({ ...offer(1), restart: 1 }, []);
    expect(devices.peers).toHaveLength(0);
    await media.offer(offer(2), []);
    sent.length = 0;
    await media.offer({ ...offer(1), restart: 1 }, []);
    expect(sent).toEqual([]);
  });

  it('notices by itself that nothing arrives any more', async () => {
    const { devices, media, sent } = start();
    const doubt = vi.fn();
    media.on('doubt', doubt);
    await media.offer(offer(1), []);
    devices.peer.becomes('connected');
    await vi.advanceTimersByTimeAsync(6_000);
    devices.peer.quiet = true;
    expect(doubt).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_200);
    expect(doubt).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(sent.at(-1)).toEqual({ type: 'media.restart', call: 'c', generation: 1, ref: 'restart' });
    devices.peer.quiet = false;
    await vi.advanceTimersByTimeAsync(300);
    expect(media.state.link).toBe('connected');
  });

  it('plays again after a phone call has stopped the playback and taken the microphone', async () => {
    const { devices, media, sink } = start();
    await media.prepare();
    await media.offer(offer(1), []);
    devices.peer.hears(new FakeTrack());
    await settled();
    const microphone = devices.microphones[0]!.tracks[0]!;
    microphone.dispatchEvent(new Event('mute'));
    expect(media.state.interrupted).toBe(true);
    sink.refuse = 'NotAllowedError';
    sink.dispatchEvent(new Event('pause'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(media.state.hearing, 'a tap is asked for').toBe('blocked');
    sink.refuse = null;
    microphone.dispatchEvent(new Event('unmute'));
    await settled();
    expect(media.state).toMatchObject({ interrupted: false, hearing: 'playing' });
    const plays = sink.plays;
    sink.dispatchEvent(new Event('pause'));
    expect(sink.plays, 'not at once: the system may pause it again').toBe(plays);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sink.plays).toBe(plays + 1);
  });
});
