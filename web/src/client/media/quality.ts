/** What a browser has counted of a connection so far. */
export interface Sample {
  /** Packets received and lost. */
  readonly received: number;
  readonly lost: number;
  /** Samples played, and those of them that were made up to fill a gap. */
  readonly played: number;
  readonly concealed: number;
  /** RFC 3550 section 6.4.1; null while unknown. */
  readonly jitterMs: number | null;
  readonly roundTripMs: number | null;
  /** What the server reported last of the sound that this side sends; null before. */
  readonly sent: { readonly atMs: number; readonly lossPercent: number; readonly jitterMs: number } | null;
}

/** One direction over an interval. */
export interface Measured {
  readonly roundTripMs: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
}

export type QualityWord = 'unknown' | 'excellent' | 'good' | 'poor' | 'lost';

/** What the person should hear is lost, or what they send; it comes unevenly, takes long, or the connection is being made again. */
export type QualityReason = '' | 'incoming' | 'outgoing' | 'uneven' | 'slow' | 'again';

/** The connection in one word, and why when it is not good. */
export interface Quality {
  readonly word: QualityWord;
  readonly reason: QualityReason;
}

export const UNKNOWN_QUALITY: Quality = { word: 'unknown', reason: '' };

/*
 * The formula and the thresholds are those of twilio-voice.js, so that numbers compare, and of
 * media/quality on the server; media/quality/testdata/vectors.json holds both to one result.
 */
const MAX_JITTER_MS = 30;
const MAX_ROUND_TRIP_MS = 400;
const MIN_MOS = 3;
const FAIR_MOS = 4;
const SOME_LOSS_PERCENT = 1;
const MUCH_LOSS_PERCENT = 3;

/** A warning is raised when so many of the newest samples cross a threshold, and withdrawn when none does. */
const RECENT = 5;
const RAISE_AT = 3;
/** The average of the loss is made of so many samples; that warning is withdrawn at SOME_LOSS_PERCENT. */
const AVERAGED = 7;

/** The mean opinion score by a simplified E-model (ITU-T G.107), 1 to about 4.4; null for what is no measurement. */
export function meanOpinion({ roundTripMs, jitterMs, lossPercent }: Measured): number | null {
  if (![roundTripMs, jitterMs, lossPercent].every((x) => Number.isFinite(x) && x >= 0)) return null;
  const r = rating(roundTripMs + 2 * jitterMs + 10, lossPercent);
  return 1 + 0.035 * r + 0.000007 * r * (r - 60) * (100 - r);
}

function rating(delayMs: number, lossPercent: number): number {
  const clear = delayMs < 160 ? 94.768 - delayMs / 40 : delayMs < 1000 ? 94.768 - (delayMs - 120) / 10 : 0;
  return lossPercent > clear / 2.5 ? 0 : Math.max(clear - lossPercent * 2.5, 6.52);
}

const score = (sample: Measured): number => meanOpinion(sample) ?? 0;

const SINGLE = {
  slow: (s: Measured) => s.roundTripMs > MAX_ROUND_TRIP_MS,
  uneven: (s: Measured) => s.jitterMs > MAX_JITTER_MS,
  low: (s: Measured) => score(s) < MIN_MOS,
  someLoss: (s: Measured) => s.lossPercent > SOME_LOSS_PERCENT,
  fair: (s: Measured) => score(s) < FAIR_MOS,
};

type Warning = keyof typeof SINGLE | 'muchLoss';

/** What a direction suffers from most. */
export type Cause = '' | 'loss' | 'jitter' | 'delay';

export interface Verdict {
  readonly word: QualityWord;
  readonly cause: Cause;
}

/** The newest samples of one direction, and the warnings that stand. */
export class Window {
  #samples: readonly Measured[] = [];
  readonly #raised = new Set<Warning>();

  add(sample: Measured): void {
    if (meanOpinion(sample) === null) return;
    this.#samples = [...this.#samples, sample].slice(-AVERAGED);
    const recent = this.#samples.slice(-RECENT);
    for (const [name, crosses] of Object.entries(SINGLE)) {
      const count = recent.filter(crosses).length;
      this.#turn(name as Warning, count >= RAISE_AT, count === 0);
    }
    if (this.#samples.length < AVERAGED) return;
    const average = this.#samples.reduce((sum, { lossPercent }) => sum + lossPercent, 0) / AVERAGED;
    this.#turn('muchLoss', average > MUCH_LOSS_PERCENT, average <= SOME_LOSS_PERCENT);
  }

  judge(): Verdict {
    const is = (warning: Warning): boolean => this.#raised.has(warning);
    if (this.#samples.length === 0) return { word: 'unknown', cause: '' };
    if (is('muchLoss')) return { word: 'poor', cause: 'loss' };
    if (is('slow')) return { word: 'poor', cause: 'delay' };
    if (is('uneven')) return { word: 'poor', cause: 'jitter' };
    if (is('low')) return { word: 'poor', cause: this.#dearest() };
    if (is('someLoss')) return { word: 'good', cause: 'loss' };
    return is('fair') ? { word: 'good', cause: this.#dearest() } : { word: 'excellent', cause: '' };
  }

  #turn(warning: Warning, raise: boolean, withdraw: boolean): void {
    if (raise) this.#raised.add(warning);
    else if (withdraw) this.#raised.delete(warning);
  }

  /** What costs the newest samples the most of their score. */
  #dearest(): Cause {
    const cost = (without: Partial<Measured>): number =>
      this.#samples.slice(-RECENT).reduce((sum, s) => sum + score({ ...s, ...without }) - score(s), 0);
    const costs: readonly [Cause, number][] = [
      ['loss', cost({ lossPercent: 0 })],
      ['jitter', cost({ jitterMs: 0 })],
      ['delay', cost({ roundTripMs: 0 })],
    ];
    return costs.reduce((most, one) => (one[1] > most[1] ? one : most))[0];
  }
}

const ORDER: readonly QualityWord[] = ['unknown', 'excellent', 'good', 'poor', 'lost'];

/** Tells whether a word is worse than another. */
export function worse(word: QualityWord, than: QualityWord): boolean {
  return ORDER.indexOf(word) > ORDER.indexOf(than);
}

/** Judges a connection by what the browser counts, sample after sample. */
export class QualityJudge {
  #before: Sample | null = null;
  readonly #incoming = new Window();
  readonly #outgoing = new Window();

  next(now: Sample): Quality {
    const before = this.#before;
    this.#before = now;
    const { roundTripMs, jitterMs, sent } = now;
    if (before === null || roundTripMs === null) return UNKNOWN_QUALITY;
    if (now.received + now.lost > before.received + before.lost) {
      this.#incoming.add({ roundTripMs, jitterMs: jitterMs ?? 0, lossPercent: 100 * Math.max(incomingLoss(before, now), concealedShare(before, now)) });
    }
    if (sent && sent.atMs !== before.sent?.atMs) this.#outgoing.add({ roundTripMs, jitterMs: sent.jitterMs, lossPercent: sent.lossPercent });
    const heard = this.#incoming.judge();
    const told = this.#outgoing.judge();
    return worse(told.word, heard.word) ? quality(told, 'outgoing') : quality(heard, 'incoming');
  }
}

const REASONS: Readonly<Record<Cause, QualityReason>> = { '': '', loss: '', jitter: 'uneven', delay: 'slow' };

function quality({ word, cause }: Verdict, lossIn: QualityReason): Quality {
  return { word, reason: cause === 'loss' ? lossIn : REASONS[cause] };
}

function incomingLoss(before: Sample, now: Sample): number {
  const lost = Math.max(0, now.lost - before.lost);
  return share(lost, lost + now.received - before.received);
}

/** What came too late to be played is lost to the ear as well. */
function concealedShare(before: Sample, now: Sample): number {
  return share(now.concealed - before.concealed, now.played - before.played);
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

/** Reads a sample out of W3C webrtc-stats dictionaries. */
export function readSample(report: Iterable<Readonly<Record<string, unknown>>>): Sample {
  const sample = { received: 0, lost: 0, played: 0, concealed: 0, jitterMs: null, roundTripMs: null, sent: null } as {
    -readonly [K in keyof Sample]: Sample[K];
  };
  for (const entry of report) {
    if (entry.type === 'inbound-rtp') {
      sample.received = count(entry.packetsReceived);
      sample.lost = count(entry.packetsLost);
      sample.played = count(entry.totalSamplesReceived);
      // Silence that was sent as silence is concealed too, but it is no gap.
      sample.concealed = Math.max(0, count(entry.concealedSamples) - count(entry.silentConcealedSamples));
      sample.jitterMs = ms(entry.jitter);
    } else if (entry.type === 'remote-inbound-rtp') {
      sample.sent = { atMs: count(entry.timestamp), lossPercent: 100 * count(entry.fractionLost), jitterMs: ms(entry.jitter) ?? 0 };
      sample.roundTripMs = ms(entry.roundTripTime) ?? sample.roundTripMs;
    } else if (entry.type === 'candidate-pair' && entry.nominated === true && sample.roundTripMs === null) {
      sample.roundTripMs = ms(entry.currentRoundTripTime);
    }
  }
  return sample;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function ms(seconds: unknown): number | null {
  return typeof seconds === 'number' ? 1000 * seconds : null;
}

/** A connection of the two, the one that is told of. */
export interface ToldQuality extends Quality {
  readonly whose: 'yours' | 'theirs';
}

/**
 * Chooses what is told: the worst of what this browser counts, and of what the server has measured of
 * both sides. Gaps in what is heard are the other side's when its sound is lost on the way to the server already.
 */
export function tellQuality(own: Quality, server: { readonly you: Quality; readonly peer: Quality }): ToldQuality {
  // This browser knows first that its connection is back.
  const yours = worse(server.you.word, own.word) && server.you.reason !== 'again' ? server.you : own;
  const theirFault = yours.reason === 'incoming' && server.peer.reason === 'outgoing';
  const told = theirFault || worse(server.peer.word, yours.word);
  return told ? { ...server.peer, word: worse(yours.word, server.peer.word) ? yours.word : server.peer.word, whose: 'theirs' } : { ...yours, whose: 'yours' };
}
