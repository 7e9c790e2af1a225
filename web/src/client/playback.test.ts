import { describe, expect, it, vi } from 'vitest';
import { bend } from './channelswitch';
import { Playback, playable, type AudioPlayer, type Channel, type Opened } from './playback';
import { localProblem, ProblemError } from './problem';
import { settled } from './testing/fakemedia';

class FakeAudio extends EventTarget implements AudioPlayer {
  src = '';
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  refuse = '';

  play(): Promise<void> {
    if (this.refuse !== '') return Promise.reject(Object.assign(new Error('no'), { name: this.refuse }));
    this.paused = false;
    this.dispatchEvent(new Event('play'));
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
  removeAttribute(): void {
    this.src = '';
  }
  load(): void {
    this.currentTime = 0;
  }
  reaches(seconds: number): void {
    this.currentTime = seconds;
    this.dispatchEvent(new Event('timeupdate'));
  }
}

const OPENED: Opened = { url: '/api/v1/plays/p1/audio.opus', gainsDb: [0, 9] };

function start(open = vi.fn(() => Promise.resolve(OPENED))): {
  audio: FakeAudio;
  open: typeof open;
  channels: Channel[];
  gains: number[];
  playback: Playback;
} {
  const audio = new FakeAudio();
  const channels: Channel[] = [];
  const gains: number[] = [];
  const createSwitch = (gainsDb: readonly number[]) => (gains.push(...gainsDb), { set: (c: Channel) => void channels.push(c), close: () => undefined });
  return { audio, open, channels, gains, playback: new Playback({ audio, open, createSwitch, duration: 60 }) };
}

describe('Playback', () => {
  it('opens once, at the first play', async () => {
    const { audio, open, gains, playback } = start();
    expect(open).not.toHaveBeenCalled();
    await playback.play();
    expect(audio.src).toBe('/api/v1/plays/p1/audio.opus');
    expect(gains).toEqual([0, 9]);
    expect(playback.state).toMatchObject({ phase: 'open', playing: true });
    await playback.toggle();
    await playback.toggle();
    expect(open).toHaveBeenCalledOnce();
  });

  it('opens once even when play is pressed twice meanwhile', async () => {
    const { open, playback } = start();
    await Promise.all([playback.play(), playback.play()]);
    expect(open).toHaveBeenCalledOnce();
  });

  it('starts where one went before it was open', async () => {
    const { audio, playback } = start();
    playback.seek(12);
    await playback.play();
    expect(audio.currentTime).toBe(12);
  });

  it.each([
    [20, 5, 25],
    [20, -5, 15],
    [2, -5, 0],
    [58, 5, 60],
  ])('at %i s, skip %i s → %i s', async (at, skip, want) => {
    const { audio, playback } = start();
    await playback.play();
    audio.reaches(at);
    playback.skip(skip);
    expect(playback.state.position).toBe(want);
    expect(audio.currentTime).toBe(want);
  });

  it('begins again after the end', async () => {
    const { audio, playback } = start();
    await playback.play();
    audio.dispatchEvent(new Event('ended'));
    expect(playback.state).toMatchObject({ playing: false, position: 60 });
    await playback.play();
    expect(audio.currentTime).toBe(0);
  });

  it('steps through the speeds and stops at both ends', () => {
    const { audio, playback } = start();
    playback.stepRate(1);
    expect(audio.playbackRate).toBe(1.25);
    playback.stepRate(9);
    expect(audio.playbackRate).toBe(3);
    playback.stepRate(-9);
    expect(audio.playbackRate).toBe(0.5);
  });

  it('keeps the voice that was chosen before the first play', async () => {
    const { channels, playback } = start();
    playback.setChannel('member');
    await playback.play();
    playback.setChannel('both');
    expect(channels).toEqual(['member', 'both']);
  });

  it('shows why the server refuses, and may be tried again', async () => {
    const refusal = new ProblemError(localProblem('x', 'No', 'You must say why you listen.'));
    const { open, playback } = start(vi.fn<() => Promise<Opened>>().mockRejectedValueOnce(refusal).mockResolvedValue(OPENED));
    await playback.play();
    expect(playback.state).toMatchObject({ phase: 'closed', problem: { detail: 'You must say why you listen.' } });
    await playback.play();
    expect(playback.state).toMatchObject({ phase: 'open', problem: null });
    expect(open).toHaveBeenCalledTimes(2);
  });

  it('opens anew, at the same place, when the sound breaks off', async () => {
    const { audio, open, playback } = start();
    await playback.play();
    audio.reaches(33);
    audio.dispatchEvent(new Event('error'));
    expect(playback.state.problem?.title).toBe('Playing stopped');
    await playback.play();
    expect(open).toHaveBeenCalledTimes(2);
    expect(audio.currentTime).toBe(33);
  });

  it('asks for another press when the browser refuses', async () => {
    const { audio, playback } = start();
    audio.refuse = 'NotAllowedError';
    await playback.play();
    expect(playback.state.problem?.detail).toContain('once more');
  });

  it('lets the sound go when closed, also while it opens', async () => {
    let give: (opened: Opened) => void = () => undefined;
    const { audio, playback } = start(vi.fn(() => new Promise<Opened>((resolve) => (give = resolve))));
    void playback.play();
    playback.close();
    give({ ...OPENED, url: '/late' });
    await settled();
    expect(audio.src).toBe('');
    expect(audio.paused).toBe(true);
  });
});

describe('playable', () => {
  const play = { play: 'p', audio_url: '/a.opus', wav_url: '/a.wav', peaks_url: '/p', messages_url: '/m', spans: [], events: [], gains_db: [6, -3] };
  it('takes what is stored where it can be played', () => {
    expect(playable(play, () => 'maybe')).toEqual({ url: '/a.opus', gainsDb: [6, -3] });
  });
  it('takes WAV where it cannot', () => {
    expect(playable(play, (type) => (type.includes('ogg') ? '' : 'maybe'))).toEqual({ url: '/a.wav', gainsDb: [0, 0] });
  });
});

describe('bend', () => {
  const reach = 8;
  const curve = bend(reach);
  const at = (x: number): number => curve[Math.round(((x / reach + 1) / 2) * (curve.length - 1))] ?? NaN;

  it('leaves what is within full scale by a fifth as it is', () => {
    expect(at(0)).toBe(0);
    expect(at(0.5)).toBeCloseTo(0.5, 3);
    expect(at(-0.75)).toBeCloseTo(-0.75, 3);
  });

  it('lets nothing beyond full scale, and louder stay louder', () => {
    expect(at(1)).toBeLessThan(1);
    expect(at(1)).toBeGreaterThan(at(0.9));
    expect(Math.max(...curve)).toBeLessThanOrEqual(1);
    expect(Math.min(...curve)).toBeGreaterThanOrEqual(-1);
  });
});
