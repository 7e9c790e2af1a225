import { describe, expect, it } from 'vitest';
import type { Expert, ExpertState } from '../wire/server';
import { awaitExpert, follow, NOT_WAITING } from './waiting';

const expert = (id: string, state: ExpertState): Expert => ({ id, name: id, headline: '', languages: [], state, rating: null });

describe('waiting for an expert', () => {
  it('is told once when they are free', () => {
    let waiting = awaitExpert(NOT_WAITING, 'lee', true);
    waiting = follow(waiting, [expert('lee', 'busy'), expert('amara', 'available')]);
    expect(waiting).toEqual({ awaited: ['lee'], told: [] });
    waiting = follow(waiting, [expert('lee', 'wrap_up')]);
    expect(waiting.told).toEqual([]);
    waiting = follow(waiting, [expert('lee', 'available')]);
    expect(waiting).toEqual({ awaited: [], told: ['lee'] });
    waiting = follow(waiting, [expert('lee', 'busy')]);
    expect(follow(waiting, [expert('lee', 'available')])).toBe(waiting);
  });

  it('keeps each expert once, and lets go of them when told to', () => {
    const twice = awaitExpert(awaitExpert(NOT_WAITING, 'lee', true), 'lee', true);
    expect(twice.awaited).toEqual(['lee']);
    expect(awaitExpert(twice, 'lee', false)).toEqual(NOT_WAITING);
  });

  it('forgets what it told when asked again', () => {
    const told = follow(awaitExpert(NOT_WAITING, 'lee', true), [expert('lee', 'available')]);
    expect(awaitExpert(told, 'lee', true)).toEqual({ awaited: ['lee'], told: [] });
  });

  it('waits for nobody who left the directory', () => {
    const waiting = awaitExpert(awaitExpert(NOT_WAITING, 'lee', true), 'gone', true);
    expect(follow(waiting, [expert('lee', 'away')])).toEqual({ awaited: ['lee'], told: [] });
  });
});
