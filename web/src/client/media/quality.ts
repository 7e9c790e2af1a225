/** What is measured of a connection over the last interval. */
export interface Sample {
  /** Packets received and lost so far. */
  readonly received: number;
  readonly lost: number;
  /** Samples played so far, and those of them that were made up to fill a gap. */
  readonly played: number;
  readonly concealed: number;
  /** Seconds; null while unknown. */
  readonly roundTrip: number | null;
  /** Share of what this side sent that did not arrive, 0 to 1; null while unknown. */
  readonly sentLost: number | null;
}

export type QualityWord = 'unknown' | 'excellent' | 'good' | 'poor' | 'lost';

/** Gaps in what is heard, sound lost on its way out, sound that takes long, or a connection that is being made again. */
export type QualityReason = '' | 'gaps' | 'outgoing' | 'slow' | 'again';

/** The connection in one word, and why when it is not good. */
export interface Quality {
  readonly word: QualityWord;
  readonly reason: QualityReason;
}

export const UNKNOWN_QUALITY: Quality = { word: 'unknown', reason: '' };

/** Shares from which speech suffers audibly although gaps are concealed. */
const GOOD_LOSS = 0.02;
const POOR_LOSS = 0.06;
const GOOD_ROUND_TRIP_S = 0.2;
const POOR_ROUND_TRIP_S = 0.4;

/** Judges the interval between two samples. */
export function judgeQuality(before: Sample, now: Sample): Quality {
  const heard = Math.max(incomingLoss(before, now), concealedShare(before, now));
  const sent = now.sentLost ?? 0;
  const roundTrip = now.roundTrip ?? 0;
  if (heard > POOR_LOSS) return { word: 'poor', reason: 'gaps' };
  if (sent > POOR_LOSS) return { word: 'poor', reason: 'outgoing' };
  if (roundTrip > POOR_ROUND_TRIP_S) return { word: 'poor', reason: 'slow' };
  const fine = heard <= GOOD_LOSS && sent <= GOOD_LOSS && roundTrip <= GOOD_ROUND_TRIP_S;
  return { word: fine ? 'excellent' : 'good', reason: '' };
}

function incomingLoss(before: Sample, now: Sample): number {
  const lost = Math.max(0, now.lost - before.lost);
  return share(lost, lost + now.received - before.received);
}

function concealedShare(before: Sample, now: Sample): number {
  return share(now.concealed - before.concealed, now.played - before.played);
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, part / whole) : 0;
}

/** Reads a sample out of W3C webrtc-stats dictionaries. */
export function readSample(report: Iterable<Readonly<Record<string, unknown>>>): Sample {
  const sample = { received: 0, lost: 0, played: 0, concealed: 0, roundTrip: null, sentLost: null } as {
    -readonly [K in keyof Sample]: Sample[K];
  };
  for (const entry of report) {
    if (entry.type === 'inbound-rtp') {
      sample.received = count(entry.packetsReceived);
      sample.lost = count(entry.packetsLost);
      sample.played = count(entry.totalSamplesReceived);
      // Silence that was sent as silence is concealed too, but it is no gap.
      sample.concealed = Math.max(0, count(entry.concealedSamples) - count(entry.silentConcealedSamples));
    } else if (entry.type === 'remote-inbound-rtp') {
      sample.sentLost = typeof entry.fractionLost === 'number' ? entry.fractionLost : sample.sentLost;
      sample.roundTrip = typeof entry.roundTripTime === 'number' ? entry.roundTripTime : sample.roundTrip;
    } else if (entry.type === 'candidate-pair' && entry.nominated === true && sample.roundTrip === null) {
      sample.roundTrip = typeof entry.currentRoundTripTime === 'number' ? entry.currentRoundTripTime : null;
    }
  }
  return sample;
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
