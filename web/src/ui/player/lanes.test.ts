import { describe, expect, it } from 'vitest';
import type { Peaks } from '../../wire/rest';
import { speak } from '../../i18n/catalogue';
import { eventText, lanePath, nextSpeech, pauses, spokenShare } from './lanes';

/** Two voices of four pixels; the second is silent but for its third pixel. */
const peaks: Peaks = {
  channels: 2,
  length: 4,
  data: [-1, 2, 0, 0, -3, 4, 0, 0, -5, 6, -100, 90, -7, 8, 0, 0],
  speech: [[{ start_ms: 0, end_ms: 60 }], []],
};

describe('lanePath', () => {
  it('draws each voice from its own peaks', () => {
    expect(lanePath(peaks, 0, 4)).toBe('M0.5 126L1.5 124L2.5 122L3.5 120L3.5 135L2.5 133L1.5 131L0.5 129Z');
    expect(lanePath(peaks, 1, 4)).toContain('2.5 38');
  });

  it('keeps the greatest peak of what shares a column', () => {
    expect(lanePath(peaks, 1, 1)).toBe('M0.5 38L0.5 228Z');
  });

  it('draws nothing of nothing', () => {
    expect(lanePath({ channels: 2, length: 0, data: [], speech: [[], []] }, 0, 100)).toBe('');
  });
});

describe('pauses', () => {
  it.each([
    ['one whole span', [{ open_ms: 4, close_ms: 1000 }], []],
    ['a pause between', [{ open_ms: 0, close_ms: 300 }, { open_ms: 700, close_ms: 1000 }], [{ from: 300, to: 700 }]],
    ['a late beginning and an early end', [{ open_ms: 200, close_ms: 800 }], [{ from: 0, to: 200 }, { from: 800, to: 1000 }]],
    ['nothing', [], [{ from: 0, to: 1000 }]],
  ])('%s', (_name, spans, want) => {
    expect(pauses(spans, 1000)).toEqual(want);
  });
});

describe('eventText', () => {
  it.each([
    ['mute', 'expert', 'Muted: Expert'],
    ['pause', '', 'Recording paused'],
    ['surprise', '', ''],
    ['constructor', '', ''],
  ])('%s of %j → %j', (kind, leg, want) => {
    expect(eventText(speak('en').t, { at_ms: 0, kind, leg })).toBe(want);
  });
});

it('tells how much a voice spoke', () => {
  expect([spokenShare(peaks, 0, 80), spokenShare(peaks, 1, 80), spokenShare(peaks, 0, 0)]).toEqual([0.75, 0, 0]);
});

describe('nextSpeech', () => {
  const speech = [
    [{ start_ms: 2000, end_ms: 4000 }, { start_ms: 20_000, end_ms: 25_000 }],
    [{ start_ms: 4500, end_ms: 9000 }],
  ];
  it.each([
    ['from the silence before it', 500, 2000],
    ['past all of what is being said, whoever says it', 3000, 20_000],
    ['from a silence in the middle', 12_000, 20_000],
    ['nowhere after the last', 21_000, 21_000],
  ])('%s: %d → %d', (_name, from, want) => {
    expect(nextSpeech(speech, from)).toBe(want);
  });
});
