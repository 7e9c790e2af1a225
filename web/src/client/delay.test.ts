import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Delay } from './delay';
import { rings, START, type SessionState } from './state';
import { aCall } from './testing/views';

const NOW = Date.parse('2026-11-22T09:00:00Z');

/** An expert's session; the server's clock is 5 s ahead of this machine's. */
const ringing = (by: string | null): SessionState => ({ ...START, clockSkewMs: 5_000, call: aCall({ role: 'expert', here: false, answers_by: by }) });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('Delay', () => {
  it('is quiet until the server’s clock has come to the time, and due then', () => {
    const due = vi.fn();
    const delay = new Delay(due);
    const state = delay.follow(ringing('2026-11-22T09:01:05Z'), Date.now());
    expect(rings(state)).toBe(false);
    vi.advanceTimersByTime(59_000);
    expect(delay.follow(state, Date.now()), 'the same view again').toBe(state);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(due).toHaveBeenCalledTimes(1);
    expect(rings({ ...state, waits: false })).toBe(true);
  });

  it('rings at once where nobody has said anything, or the time is past', () => {
    for (const by of [null, '2026-11-22T08:59:00Z']) {
      expect(rings(new Delay(() => undefined).follow(ringing(by), Date.now()))).toBe(true);
    }
  });

  it('forgets the time when the call is taken, is over, or the tab goes', () => {
    const due = vi.fn();
    const delay = new Delay(due);
    for (const after of [ringing(null), { ...START, call: null }]) {
      delay.follow(ringing('2026-11-22T09:01:05Z'), Date.now());
      expect(delay.follow(after, Date.now()).waits).toBe(false);
    }
    delay.follow(ringing('2026-11-22T09:01:05Z'), Date.now());
    delay.close();
    vi.advanceTimersByTime(120_000);
    expect(due).not.toHaveBeenCalled();
  });
});
