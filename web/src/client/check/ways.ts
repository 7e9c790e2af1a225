import type { IceServer } from '../../wire/server';

/** The ways by which sound can reach the server; `relay` is its TURN server, reached by UDP, TCP or TLS. */
export const WAYS = ['udp', 'tcp', 'relay-udp', 'relay-tcp', 'relay-tls'] as const;
export type Way = (typeof WAYS)[number];

/** The best first: what makes sound wait for what was lost comes last. */
const PREFERRED: readonly Way[] = ['udp', 'relay-udp', 'tcp', 'relay-tcp', 'relay-tls'];

/** The best of the ways that work. */
export function best(works: (way: Way) => boolean): Way | null {
  return PREFERRED.find(works) ?? null;
}

/** What an RTCPeerConnection is given so that it goes one way only; null where the server does not offer it. */
export interface Route {
  readonly config: RTCConfiguration;
  readonly sdp: string;
}

/** Narrows an offer and the relays down to one way. */
export function routeOf(way: Way, sdp: string, iceServers: readonly IceServer[]): Route | null {
  if (way === 'udp' || way === 'tcp') {
    const left = withCandidates(sdp, way);
    return left === null ? null : { config: { iceServers: [] }, sdp: left };
  }
  const server = relayOf(way, iceServers);
  const left = withCandidates(sdp, 'udp');
  return server && left !== null ? { config: { iceServers: [server], iceTransportPolicy: 'relay' }, sdp: left } : null;
}

/** The offer with the candidates of one transport (RFC 8839 section 5.1); null when there is none. */
function withCandidates(sdp: string, transport: 'udp' | 'tcp'): string | null {
  const kept = sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[2]?.toLowerCase() === transport);
  return kept.some((line) => line.startsWith('a=candidate:')) ? kept.join('\r\n') : null;
}

/** The relay that is reached this way (RFC 7065), or null; the direct ways need none. */
export function relayOf(way: Way, iceServers: readonly IceServer[]): RTCIceServer | null {
  const fits = (url: string): boolean => {
    if (way === 'relay-tls') return url.startsWith('turns:');
    return url.startsWith('turn:') && url.endsWith(way === 'relay-udp' ? '?transport=udp' : '?transport=tcp');
  };
  for (const { urls, username, credential } of iceServers) {
    const fitting = urls.filter(fits); // a network may have IPv6 alone
    if (fitting.length > 0) return { urls: fitting, username, credential };
  }
  return null;
}
