import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isNothing, levelOf } from './meter';
import { meanOpinion, QualityJudge, readSample, tellQuality, Window, worse, type Cause, type Quality, type QualityWord, type Sample } from './quality';

/** The vectors that the server's own judge is held to. */
interface Vectors {
  readonly mos: readonly { readonly roundTrip: number; readonly jitter: number; readonly loss: number; readonly mos: number }[];
  readonly words: readonly {
    readonly name: string;
    readonly samples: readonly { readonly times: number; readonly roundTrip: number; readonly jitter: number; readonly loss: number }[];
    readonly word: QualityWord | '';
    readonly cause: Cause;
  }[];
}

const vectors = JSON.parse(readFileSync(new URL('../../../../media/quality/testdata/vectors.json', import.meta.url), 'utf8')) as Vectors;

describe('meanOpinion', () => {
  it('has vectors', () => {
    expect(Math.min(vectors.mos.length, vectors.words.length)).toBeGreaterThan(9);
  });

  it.each(vectors.mos)('of $roundTrip ms, $jitter ms, $loss % is $mos, as on the server', ({ roundTrip, jitter, loss, mos }) => {
    expect(meanOpinion({ roundTripMs: roundTrip, jitterMs: jitter, lossPercent: loss })).toBeCloseTo(mos, 6);
  });

  it.each([[-1, 0, 0], [0, Number.NaN, 0], [0, 0, Number.POSITIVE_INFINITY]])('takes %d, %d, %d for no measurement', (roundTripMs, jitterMs, lossPercent) => {
    const window = new Window();
    window.add({ roundTripMs, jitterMs, lossPercent });
    expect(meanOpinion({ roundTripMs, jitterMs, lossPercent })).toBeNull();
    expect(window.judge().word).toBe('unknown');
  });
});

describe('Window', () => {
  it.each(vectors.words)('$name, as on the server', ({ samples, word, cause }) => {
    const window = new Window();
    for (const { times, roundTrip, jitter, loss } of samples) {
      for (let n = 0; n < times; n++) window.add({ roundTripMs: roundTrip, jitterMs: jitter, lossPercent: loss });
    }
    expect(window.judge()).toEqual({ word: word === '' ? 'unknown' : word, cause });
  });
});

const zero: Sample = { received: 0, lost: 0, played: 0, concealed: 0, jitterMs: 3, roundTripMs: 30, sent: null };

/** What a browser counts in a second. */
interface Second {
  readonly received?: number;
  readonly lost?: number;
  readonly concealed?: number;
  readonly jitterMs?: number;
  readonly roundTripMs?: number | null;
  readonly sentLoss?: number;
}

function after(seconds: number, second: Second, judge = new QualityJudge()): Quality {
  const { received = 50, lost = 0, concealed = 0, jitterMs = 3, roundTripMs = 30, sentLoss = 0 } = second;
  let got = judge.next(zero);
  for (let n = 1; n <= seconds; n++) {
    const sent = { atMs: n, lossPercent: sentLoss, jitterMs: 3 };
    got = judge.next({ received: n * received, lost: n * lost, played: n * 48_000, concealed: n * concealed, jitterMs, roundTripMs, sent });
  }
  return got;
}

describe('QualityJudge', () => {
  const rows: [name: string, second: Second, word: string, reason: string][] = [
    ['all fine', {}, 'excellent', ''],
    ['nothing known yet', { roundTripMs: null }, 'unknown', ''],
    ['some loss', { received: 49, lost: 1 }, 'good', 'incoming'],
    ['much loss', { received: 40, lost: 10 }, 'poor', 'incoming'],
    ['gaps although nothing is lost: it came too late', { concealed: 6_000 }, 'poor', 'incoming'],
    ['much loss from here', { sentLoss: 20 }, 'poor', 'outgoing'],
    ['far away', { roundTripMs: 300 }, 'good', 'slow'],
    ['very far away', { roundTripMs: 900 }, 'poor', 'slow'],
    ['uneven', { jitterMs: 50 }, 'poor', 'uneven'],
    ['nothing was to come', { received: 0, concealed: 40_000 }, 'excellent', ''],
  ];
  it.each(rows)('%s', (_name, second, word, reason) => {
    expect(after(7, second)).toEqual({ word, reason });
  });

  it('does not take the same report of the server for two', () => {
    const judge = new QualityJudge();
    const sent = { atMs: 1, lossPercent: 50, jitterMs: 3 };
    for (let n = 0; n < 7; n++) judge.next({ ...zero, sent });
    expect(judge.next({ ...zero, sent })).toEqual({ word: 'unknown', reason: '' });
  });

  it('says within three seconds that it is poor, and after five good ones that it is not', () => {
    const judge = new QualityJudge();
    expect(after(3, { jitterMs: 50 }, judge)).toEqual({ word: 'poor', reason: 'uneven' });
    expect(after(5, {}, judge)).toEqual({ word: 'excellent', reason: '' });
  });
});

describe('tellQuality', () => {
  const is = (word: QualityWord, reason: Quality['reason'] = ''): Quality => ({ word, reason });
  const fine = is('excellent');
  const rows: [name: string, own: Quality, you: Quality, peer: Quality, want: object][] = [
    ['all fine', fine, fine, fine, { word: 'excellent', reason: '', whose: 'yours' }],
    ['own counts', is('poor', 'slow'), fine, fine, { word: 'poor', reason: 'slow', whose: 'yours' }],
    ['what the server knows of this side', fine, is('poor', 'outgoing'), fine, { word: 'poor', reason: 'outgoing', whose: 'yours' }],
    ['the other side', fine, fine, is('poor', 'incoming'), { word: 'poor', reason: 'incoming', whose: 'theirs' }],
    ['gaps that come from the other side', is('poor', 'incoming'), fine, is('good', 'outgoing'), { word: 'poor', reason: 'outgoing', whose: 'theirs' }],
    ['both alike', is('good', 'slow'), fine, is('good', 'slow'), { word: 'good', reason: 'slow', whose: 'yours' }],
    ['the other side is gone', fine, fine, is('lost', 'again'), { word: 'lost', reason: 'again', whose: 'theirs' }],
    ['back before the server has seen it', fine, is('lost', 'again'), fine, { word: 'excellent', reason: '', whose: 'yours' }],
    ['nothing comes from here', fine, is('lost', 'outgoing'), fine, { word: 'lost', reason: 'outgoing', whose: 'yours' }],
    ['nothing known of the other', is('good', 'slow'), is('unknown'), is('unknown'), { word: 'good', reason: 'slow', whose: 'yours' }],
  ];
  it.each(rows)('%s', (_name, own, you, peer, want) => {
    expect(tellQuality(own, { you, peer })).toEqual(want);
  });

  it('orders the words', () => {
    expect(worse('lost', 'poor') && worse('poor', 'good') && worse('good', 'excellent') && !worse('good', 'good')).toBe(true);
  });
});

describe('readSample', () => {
  it('reads the three dictionaries and leaves silence out of the gaps', () => {
    const got = readSample([
      { type: 'inbound-rtp', packetsReceived: 9, packetsLost: 1, totalSamplesReceived: 100, concealedSamples: 60, silentConcealedSamples: 50, jitter: 0.004 },
      { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.5 },
      { type: 'remote-inbound-rtp', fractionLost: 0.25, roundTripTime: 0.125, jitter: 0.002, timestamp: 7 },
      { type: 'codec' },
    ]);
    expect(got).toEqual({ received: 9, lost: 1, played: 100, concealed: 10, jitterMs: 4, roundTripMs: 125, sent: { atMs: 7, lossPercent: 25, jitterMs: 2 } });
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

describe('isNothing', () => {
  it.each([
    ['zeros', 0, true],
    ['what is left in a filter', 2 ** -25, true],
    ['the last bit of a microphone of 16 bits', 2 ** -15, false],
    ['the last bit of one of 24 bits', -(2 ** -23), false],
  ])('of %s', (_, sample, want) => {
    expect(isNothing([0, sample, 0])).toBe(want);
  });
});
