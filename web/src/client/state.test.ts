import { describe, expect, it } from 'vitest';
import type { Expert, ExpertState } from '../wire/server';
import { receive, START, type SessionState } from './state';
import { aWelcome } from './testing/views';
import { decodeServer } from '../wire/server';

const expert = (id: string, state: ExpertState): Expert => ({ id, name: id, headline: '', languages: [], state, rating: null });
const told = (state: SessionState): string[] => (state.experts ?? []).map((one) => `${one.id} ${one.state}`);

describe('the list of experts', () => {
  const signedIn = receive(START, decodeServer(JSON.stringify(aWelcome())), 0);
  const list = receive(signedIn, { type: 'directory', version: 5, experts: [expert('a', 'available'), expert('b', 'away')] }, 0);

  it('takes one change at a time, and new experts', () => {
    const changed = receive(list, { type: 'directory.changed', version: 6, expert: expert('b', 'available') }, 0);
    const more = receive(changed, { type: 'directory.changed', version: 7, expert: expert('c', 'busy') }, 0);
    expect(told(more)).toEqual(['a available', 'b available', 'c busy']);
  });

  it('keeps a change that overtook it, and none that it knows of', () => {
    let state = receive(signedIn, { type: 'directory.changed', version: 6, expert: expert('b', 'busy') }, 0);
    state = receive(state, { type: 'directory.changed', version: 4, expert: expert('a', 'away') }, 0);
    state = receive(state, { type: 'directory', version: 5, experts: [expert('a', 'available'), expert('b', 'away')] }, 0);
    expect(told(state)).toEqual(['a available', 'b busy']);
  });

  it('begins anew with each sign-in: a restarted server counts from one', () => {
    let state = receive(list, { type: 'directory.changed', version: 9, expert: expert('b', 'busy') }, 0);
    state = receive(state, decodeServer(JSON.stringify(aWelcome())), 0);
    state = receive(state, { type: 'directory', version: 1, experts: [expert('b', 'available')] }, 0);
    expect(told(state)).toEqual(['b available']);
  });
});
