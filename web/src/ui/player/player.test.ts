import { describe, expect, it } from 'vitest';
import { playerCommand } from './keys';
import { NO_REASON, reasonText, rememberedReason, rememberReason } from './reason';

const plain = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

describe('playerCommand', () => {
  it.each([' ', 'k', 'K', 'j', 'l', 'ArrowLeft', 'ArrowRight', 'm', 'e', 's', '1', '9'])('knows %j', (key) => {
    expect(playerCommand({ ...plain, key })).not.toBeNull();
  });

  it.each([
    ['an unused key', { ...plain, key: 'q' }],
    ['the browser’s own Ctrl+L', { ...plain, key: 'l', ctrlKey: true }],
    ['a capital by shift', { ...plain, key: 'E', shiftKey: true }],
    ['a name every object has', { ...plain, key: 'constructor' }],
  ])('leaves %s alone', (_name, event) => {
    expect(playerCommand(event)).toBeNull();
  });
});

describe('reasonText', () => {
  it.each([
    ['', '', ''],
    ['Training', '', 'Training'],
    ['Complaint', ' case 7 ', 'Complaint: case 7'],
    ['Other', ' ', ''],
    ['Other', 'lost file', 'Other: lost file'],
  ])('%j with note %j → %j', (kind, note, want) => {
    expect(reasonText({ kind, note })).toBe(want);
  });
});

describe('the remembered reason', () => {
  it('comes back in the same tab', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) };
    expect(rememberedReason(storage)).toEqual(NO_REASON);
    rememberReason(storage, { kind: 'Training', note: 'n' });
    expect(rememberedReason(storage)).toEqual({ kind: 'Training', note: 'n' });
  });

  it.each(['{', '[]', '{"kind":"Because","note":""}', '{"kind":"Training"}'])('passes over %s', (saved) => {
    expect(rememberedReason({ getItem: () => saved })).toEqual(NO_REASON);
  });
});
