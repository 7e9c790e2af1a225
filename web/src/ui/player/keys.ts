import { RATES, type Channel, type Playback } from '../../client/playback';
import type { Peaks } from '../../wire/rest';
import { nextSpeech } from './lanes';

/** What a key does in the player; the peaks are null until they are there. */
export type PlayerCommand = (playback: Playback, peaks: Peaks | null) => void;

const speeds: Record<string, PlayerCommand> = Object.fromEntries(RATES.map((rate, at) => [String(at + 1), (p: Playback) => p.setRate(rate)]));

const keys: Record<string, PlayerCommand> = {
  ' ': (p) => void p.toggle(),
  k: (p) => void p.toggle(),
  j: (p) => p.skip(-10),
  l: (p) => p.skip(10),
  ArrowLeft: (p) => p.skip(-5),
  ArrowRight: (p) => p.skip(5),
  Home: (p) => p.seek(0),
  End: (p) => p.seek(p.state.duration),
  '-': (p) => p.stepRate(-1),
  '+': (p) => p.stepRate(1),
  m: (p) => p.setChannel(other(p.state.channel, 'member')),
  e: (p) => p.setChannel(other(p.state.channel, 'expert')),
  s: (p, peaks) => p.seek(nextSpeech(peaks?.speech ?? [], p.state.position * 1000) / 1000),
  ...speeds,
};

const shifted: Record<string, PlayerCommand> = {
  ArrowLeft: (p) => p.skip(-1),
  ArrowRight: (p) => p.skip(1),
  '+': (p) => p.stepRate(1),
  ...speeds, // digits need it on some keyboards
};

function other(now: Channel, solo: Channel): Channel {
  return now === solo ? 'both' : solo;
}

interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Finds the command of a key press; combinations of the browser stay the browser's. */
export function playerCommand(event: Key): PlayerCommand | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const table = event.shiftKey ? shifted : keys;
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

/** The seek slider is no typing: its arrows skip like everywhere else in the player. */
export function typesInto(target: EventTarget | undefined): boolean {
  return target instanceof HTMLElement && target.matches('select, textarea, input:not([type="range"])');
}
