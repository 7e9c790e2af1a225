import type { Measured } from './measure';
import { best, type Way } from './ways';

/** How a way stands; `absent`: the server does not offer it. */
export type WayState = 'waiting' | 'trying' | 'works' | 'fails' | 'absent';

/**
 * What stands between a person and a good call: the server does not answer, no way carries sound,
 * UDP is blocked (calls work by a detour), packets are lost, or they take long.
 */
export type ConnectionFault = 'server' | 'noWay' | 'udpBlocked' | 'lossy' | 'slow';

/** From here on speech suffers, as during a call. */
const MOST_LOST = 0.06;
const LONGEST_ROUND_TRIP_MS = 400;

/** Names what is wrong, the worst first; nothing while all is well. */
export function faultsOf(ways: Readonly<Record<Way, WayState>>, measured: Measured | null): ConnectionFault[] {
  const way = best((one) => ways[one] === 'works');
  if (way === null) return ['noWay'];
  const faults: ConnectionFault[] = [];
  if (measured && measured.lost > MOST_LOST) faults.push('lossy');
  else if (measured && measured.roundTripMs > LONGEST_ROUND_TRIP_MS) faults.push('slow');
  if (ways.udp === 'fails') faults.push('udpBlocked');
  return faults;
}
