import { expect, it } from 'vitest';
import { forgetIdentity, loadIdentity, saveIdentity } from './identity';

it('keeps a person in the tab until the token ends or they leave', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const session = { token: 't', expires_at: '2026-11-22T10:00:00Z', person: { id: 'a', role: 'member', name: 'A' } };
  const nine = Date.parse('2026-11-22T09:00:00Z');
  expect(loadIdentity(storage, nine)).toBeNull();
  saveIdentity(storage, session);
  expect(loadIdentity(storage, nine)).toEqual(session);
  expect(loadIdentity(storage, Date.parse(session.expires_at)), 'when the token has ended').toBeNull();
  forgetIdentity(storage);
  expect(loadIdentity(storage, nine)).toBeNull();
});
