import type { Scope } from '../../lib/scope';

export const STATS_EVERY_MS = 1_000;

/** Reads the statistics of a connection again and again while the scope is open. */
export function readStats(connection: RTCPeerConnection, scope: Scope, everyMs: number, use: (entries: Record<string, unknown>[]) => void): void {
  scope.interval(everyMs, () => {
    void connection.getStats().then((report) => {
      const entries: Record<string, unknown>[] = [];
      report.forEach((entry: Record<string, unknown>) => entries.push(entry));
      if (!scope.isClosed()) use(entries);
    });
  });
}
