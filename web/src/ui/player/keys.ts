import type { Channel, Playback } from '../../client/playback';

/** What a key does in the player; null where it means nothing. */
export type PlayerCommand = (playback: Playback) => void;

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
};

const shifted: Record<string, PlayerCommand> = {
  ArrowLeft: (p) => p.skip(-1),
  ArrowRight: (p) => p.skip(1),
  '+': (p) => p.stepRate(1),
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
