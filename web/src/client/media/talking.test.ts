import { describe, expect, it } from 'vitest';
import { hear, NOT_TALKING } from './talking';

/** Whether somebody is taken to talk after each of these levels, one every 100 ms. */
function heard(levels: readonly number[]): boolean[] {
  let talking = NOT_TALKING;
  return levels.map((level) => (talking = hear(talking, level, 100)).talks);
}

const times = (n: number, level: number): number[] => Array<number>(n).fill(level);

describe('somebody who talks', () => {
  it('is noticed after a few syllables, and not for a knock at the microphone', () => {
    expect(heard(times(3, 0.7))).toEqual([false, false, true]);
    expect(heard([0.9, 0.9, ...times(20, 0)]).includes(true)).toBe(false);
    expect(heard(times(50, 0.3)).includes(true), 'noise of the room').toBe(false);
  });

  it('still talks in the gaps between words, and no longer after some seconds', () => {
    const speech = heard([...times(5, 0.7), ...times(29, 0.1), ...times(2, 0.7)]);
    expect(speech.slice(2).includes(false)).toBe(false);
    expect(heard([...times(5, 0.7), ...times(30, 0.1)]).at(-1)).toBe(false);
  });
});
