import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeDevices, FakeSink, FakeStream, settled } from '../testing/fakemedia';
import { CallMedia } from './callmedia';

const BUILT_IN = { kind: 'audioinput', deviceId: 'built-in', label: 'Built-in' } as const;
const HEADSET = { kind: 'audioinput', deviceId: 'headset', label: 'Headset' } as const;
const LOUD = { kind: 'audiooutput', deviceId: 'loud', label: 'Loudspeaker' } as const;

const missing = (): Promise<FakeStream> => Promise.reject(Object.assign(new Error('none'), { name: 'NotFoundError' }));

/** Somebody in a call whose devices the test plugs in and out. */
class Desk {
  readonly devices = new FakeDevices();
  readonly sink = new FakeSink();
  readonly media = new CallMedia(this.devices.config());

  static async talking(): Promise<Desk> {
    const desk = new Desk();
    desk.devices.plugged = [BUILT_IN, HEADSET, LOUD, { kind: 'audioinput', deviceId: 'communications', label: 'Again' }];
    desk.media.setSink(desk.sink);
    await desk.media.offer({ type: 'media.offer', call: 'c', generation: 1, restart: 0, sdp: 'o', warm: false, relay: false, ice_servers: [] }, []);
    await settled();
    return desk;
  }

  get sent(): unknown {
    return this.devices.peer.sender.track;
  }

  get microphone(): FakeStream {
    return this.devices.microphones.at(-1)!;
  }

  async plug(...plugged: FakeDevices['plugged']): Promise<void> {
    this.devices.plugged = plugged;
    this.devices.source.dispatchEvent(new Event('devicechange'));
    await settled();
  }

  /** The microphone in use is pulled out; these are left. */
  async unplug(...left: FakeDevices['plugged']): Promise<void> {
    this.devices.plugged = left;
    this.microphone.tracks[0]!.dispatchEvent(new Event('ended'));
    await settled();
    this.devices.source.dispatchEvent(new Event('devicechange'));
    await settled();
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('choosing devices in a call', () => {
  it('lists what is plugged in, and follows it', async () => {
    const desk = await Desk.talking();
    expect(desk.media.state.devices.microphones.map(({ id }) => id)).toEqual(['built-in', 'headset']);
    expect(desk.media.state.microphoneId).toBe('built-in');
    await desk.plug(BUILT_IN, HEADSET, { ...HEADSET, deviceId: 'new' });
    expect(desk.media.state.devices.microphones.map(({ id }) => id)).toEqual(['built-in', 'headset', 'new']);
  });

  it('speaks into the chosen microphone and lets the other go', async () => {
    const desk = await Desk.talking();
    const before = desk.microphone;
    desk.media.setMuted(true);
    await desk.media.chooseMicrophone('headset');
    await settled();
    expect(desk.media.state.microphoneId).toBe('headset');
    expect(desk.sent).toBe(desk.microphone.tracks[0]);
    expect(desk.microphone.tracks[0]!.enabled, 'muted stays muted').toBe(false);
    expect(before.tracks[0]!.stopped).toBe(true);
    expect(desk.devices.openMeters.size).toBe(1);
    desk.media.stop();
    expect(desk.devices.capturing).toBe(false);
    expect(desk.devices.openMeters.size).toBe(0);
    await desk.media.prepare();
    expect(desk.media.state.microphoneId, 'in the next call too').toBe('headset');
  });

  it('keeps the microphone when the chosen one cannot be had', async () => {
    const desk = await Desk.talking();
    desk.devices.ask = missing;
    await desk.media.chooseMicrophone('headset');
    expect(desk.media.state).toMatchObject({ microphone: { kind: 'on' }, microphoneId: 'built-in' });
    expect(desk.devices.capturing).toBe(true);
  });

  it('hears from the chosen speaker until that is gone', async () => {
    const desk = await Desk.talking();
    await desk.media.chooseSpeaker('loud');
    expect([desk.sink.speaker, desk.media.state.speakerId]).toEqual(['loud', 'loud']);
    await desk.plug(BUILT_IN);
    expect([desk.sink.speaker, desk.media.state.speakerId]).toEqual(['', '']);
  });
});

describe('a microphone that is unplugged', () => {
  it('is replaced by what is left', async () => {
    const desk = await Desk.talking();
    await desk.media.chooseMicrophone('headset');
    await desk.unplug(BUILT_IN);
    expect(desk.media.state).toMatchObject({ microphone: { kind: 'on' }, microphoneId: 'built-in', fellBack: true });
    expect(desk.sent).toBe(desk.microphone.tracks[0]);
  });

  it('is missed when nothing is left, and taken up again when it comes back', async () => {
    const desk = await Desk.talking();
    const ask = desk.devices.ask;
    desk.devices.ask = missing;
    await desk.unplug();
    expect(desk.media.state.microphone).toEqual({ kind: 'fault', fault: 'unplugged' });
    desk.devices.ask = ask;
    await desk.plug(HEADSET);
    expect(desk.media.state).toMatchObject({ microphone: { kind: 'on' }, microphoneId: 'headset' });
    expect(desk.sent).toBe(desk.microphone.tracks[0]);
  });
});

describe('a microphone that gives nothing', () => {
  it('is told of after ten seconds of exact silence, until there is sound', async () => {
    const desk = await Desk.talking();
    desk.devices.dead = true;
    vi.advanceTimersByTime(9_000);
    expect(desk.media.state.silent).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(desk.media.state.silent).toBe(true);
    desk.devices.dead = false;
    vi.advanceTimersByTime(1_000);
    expect(desk.media.state.silent).toBe(false);
  });

  it('may have been taken by the system', async () => {
    const desk = await Desk.talking();
    const [track] = desk.microphone.tracks;
    track!.dispatchEvent(new Event('mute'));
    expect(desk.media.state.interrupted).toBe(true);
    track!.dispatchEvent(new Event('unmute'));
    expect(desk.media.state.interrupted).toBe(false);
  });

  it('leaves no timer when the call is over', async () => {
    const desk = await Desk.talking();
    desk.media.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
