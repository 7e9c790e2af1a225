import type { Translate } from '../../i18n/catalogue';
import type { Peaks, PlayEvent, Span } from '../../wire/rest';

/** Half the height of a lane: peaks are 8 bits. */
export const HALF = 128;

/** The outline of one voice, `columns` wide and 2 × HALF high, as the `d` of an SVG path. */
export function lanePath(peaks: Peaks, channel: number, columns: number): string {
  const count = Math.min(columns, peaks.length);
  const upper: string[] = [];
  const lower: string[] = [];
  for (let column = 0; column < count; column++) {
    const from = Math.floor((column * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((column + 1) * peaks.length) / count));
    let low = 0;
    let high = 0;
    for (let pixel = from; pixel < to; pixel++) {
      const at = 2 * (pixel * peaks.channels + channel);
      low = Math.min(low, peaks.data[at] ?? 0);
      high = Math.max(high, peaks.data[at + 1] ?? 0);
    }
    const x = ((column + 0.5) * columns) / count;
    upper.push(`${x.toFixed(1)} ${HALF - high}`);
    lower.push(`${x.toFixed(1)} ${HALF - low}`);
  }
  return upper.length === 0 ? '' : `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
}

/** A stretch of the recording, in milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What was not recorded: everything outside of the spans. Slivers that nobody can see are left out. */
export function pauses(spans: readonly Span[], lengthMs: number): Stretch[] {
  const out: Stretch[] = [];
  let end = 0;
  for (const { open_ms, close_ms } of [...spans, { open_ms: lengthMs, close_ms: lengthMs }]) {
    if (open_ms - end > 100) out.push({ from: end, to: open_ms });
    end = Math.max(end, close_ms);
  }
  return out;
}

const EVENTS = ['pause', 'resume', 'hold', 'unhold', 'mute', 'unmute', 'reconnect', 'prompt'] as const;

/** An event in words, or an empty text for one that this program does not know. */
export function eventText(t: Translate, event: PlayEvent): string {
  const kind = EVENTS.find((known) => known === event.kind);
  switch (kind) {
    case undefined:
      return '';
    case 'mute':
    case 'unmute':
    case 'reconnect':
      return t(`lane.${kind}`, { who: t(event.leg === 'expert' ? 'player.expert' : 'player.member') });
    default:
      return t(`lane.${kind}`);
  }
}

/** How much of the recording a voice spoke, from 0 to 1. */
export function spokenShare(peaks: Peaks, channel: number, lengthMs: number): number {
  const spoken = (peaks.speech[channel] ?? []).reduce((sum, s) => sum + s.end_ms - s.start_ms, 0);
  return lengthMs > 0 ? spoken / lengthMs : 0;
}

/** A shorter silence than this, in milliseconds, is a breath and belongs to the speech around it. */
const BREATH = 1000;

/** Where the next speech begins after the silence that is at `atMs` or comes next; `atMs` itself where there is none. */
export function nextSpeech(speech: Peaks['speech'], atMs: number): number {
  const stretches = speech.flat().sort((a, b) => a.start_ms - b.start_ms);
  let end = atMs;
  for (const { start_ms, end_ms } of stretches) {
    if (end_ms <= atMs) continue;
    if (start_ms - end > (end === atMs ? 0 : BREATH)) return start_ms;
    end = Math.max(end, end_ms);
  }
  return atMs;
}
