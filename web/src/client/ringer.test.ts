import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ringer } from './ringer';

let tones = 0;
let state: AudioContextState = 'running';
const close = vi.fn(() => Promise.resolve());

function context(): AudioContext {
  const param = { setValueAtTime: vi.fn(), linearRampToValueAtTime: vi.fn(), exponentialRampToValueAtTime: vi.fn(), value: 0 };
  const start = (): void => {
    tones++;
  };
  const node = { connect: (to: unknown) => to, gain: param, frequency: param, start, stop: vi.fn() };
  return { currentTime: 0, state, resume: () => Promise.resolve(), close, createGain: () => node, createOscillator: () => node } as unknown as AudioContext;
}

beforeEach(() => {
  tones = 0;
  state = 'running';
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('the ring tone', () => {
  it('sounds at once and every three seconds, until the ringing ends', () => {
    const ringer = new Ringer(context);
    ringer.prime();
    ringer.ring(true);
    ringer.ring(true);
    expect(tones, 'two notes').toBe(2);
    vi.advanceTimersByTime(6_000);
    expect(tones).toBe(6);
    ringer.ring(false);
    vi.advanceTimersByTime(10_000);
    expect(tones).toBe(6);
    expect(vi.getTimerCount()).toBe(0);
    ringer.close();
    expect(close).toHaveBeenCalledOnce();
  });

  it('is silent in a tab that nobody has touched, and sounds from the first touch on', () => {
    const ringer = new Ringer(context);
    ringer.ring(true);
    expect(tones).toBe(0);
    ringer.prime();
    vi.advanceTimersByTime(3_000);
    expect(tones).toBe(2);
    ringer.close();
  });
});
