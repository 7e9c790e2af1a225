import { describe, expect, it } from 'vitest';
import { levelOf } from './meter';
import { judgeQuality, readSample, type Sample } from './quality';

const zero: Sample = { received: 0, lost: 0, played: 0, concealed: 0, roundTrip: null, sentLost: null };
const second: Sample = { received: 50, lost: 0, played: 48_000, concealed: 0, roundTrip: 0.03, sentLost: 0 };

describe('judgeQuality', () => {
  const rows: [name: string, now: Partial<Sample>, word: string, reason: string][] = [
    ['all fine', {}, 'excellent', ''],
    ['nothing known yet', { roundTrip: null, sentLost: null }, 'excellent', ''],
    ['some loss that is concealed well', { received: 48, lost: 2 }, 'good', ''],
    ['much loss from them', { received: 40, lost: 10 }, 'poor', 'gaps'],
    ['gaps although nothing is lost: it came too late', { concealed: 6_000 }, 'poor', 'gaps'],
    ['much loss from here', { sentLost: 0.2 }, 'poor', 'outgoing'],
    ['far away', { roundTrip: 0.3 }, 'good', ''],
    ['very far away', { roundTrip: 0.9 }, 'poor', 'slow'],
  ];
  it.each(rows)('%s', (_name, now, word, reason) => {
    const got = judgeQuality(zero, { ...second, ...now });
    expect(got.word).toBe(word);
    expect(got.reason).toBe(reason);
  });

  it('looks at the last interval only', () => {
    const bad: Sample = { ...second, received: 10, lost: 40 };
    const later: Sample = { ...bad, received: 60, played: 96_000 };
    expect(judgeQuality(bad, later).word).toBe('excellent');
  });
});

describe('readSample', () => {
  it('reads the three dictionaries and leaves silence out of the gaps', () => {
    const got = readSample([
      { type: 'inbound-rtp', packetsReceived: 9, packetsLost: 1, totalSamplesReceived: 100, concealedSamples: 60, silentConcealedSamples: 50 },
      { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.5 },
      { type: 'remote-inbound-rtp', fractionLost: 0.25, roundTripTime: 0.1 },
      { type: 'codec' },
    ]);
    expect(got).toEqual({ received: 9, lost: 1, played: 100, concealed: 10, roundTrip: 0.1, sentLost: 0.25 });
  });
});

describe('levelOf', () => {
  const rows: [name: string, amplitude: number, want: number][] = [
    ['silence', 0, 0],
    ['below what counts', 0.0005, 0],
    ['speech', 0.0158, 0.5],
    ['as loud as it gets', 1, 1],
  ];
  it.each(rows)('%s', (_name, amplitude, want) => {
    expect(levelOf([amplitude, -amplitude])).toBeCloseTo(want, 2);
  });
});
