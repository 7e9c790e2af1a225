import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Ringer } from './ringer';
import { FakeSound } from './testing/fakesound';

let sound: FakeSound;

beforeEach(() => {
  sound = new FakeSound();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('the ring tone', () => {
  it('sounds at once and every three seconds, until the ringing ends', () => {
    const ringer = new Ringer(sound.create);
    ringer.ring(true);
    ringer.ring(true);
    expect(sound.tones, 'two notes').toBe(2);
    vi.advanceTimersByTime(6_000);
    expect(sound.tones).toBe(6);
    ringer.ring(false);
    vi.advanceTimersByTime(10_000);
    expect(sound.tones).toBe(6);
    expect(vi.getTimerCount()).toBe(0);
    ringer.close();
    expect(sound.made.map(({ closed }) => closed)).toEqual([true]);
  });

  it('is silent while the browser forbids it, and sounds as soon as it is let', () => {
    sound.state = 'suspended';
    const ringer = new Ringer(sound.create);
    ringer.ring(true);
    expect(sound.tones).toBe(0);
    sound.becomes('running');
    expect(sound.tones).toBe(2);
    ringer.ring(false);
    sound.becomes('running');
    expect(sound.tones, 'after its end').toBe(2);
  });

  it('does not hinder a call where there is no sound to be had', () => {
    const ringer = new Ringer(() => {
      throw new ReferenceError('AudioContext is not defined');
    });
    ringer.prime();
    ringer.ring(true);
    ringer.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
