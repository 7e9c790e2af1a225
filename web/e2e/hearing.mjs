// How scripts find out when a page heard the other, and for how long it did not.
import { step } from './browser.mjs';

/** Makes the page note each moment at which sound of the other has been decoded; it needs `watchPeers`. */
export async function listen(page) {
  await page.evaluate(noteSound);
}

/** Runs in the page. */
function noteSound() {
  // When more has been decoded, when packets came, and when some were sent.
  globalThis.soundAt = { decoded: [], came: [], sent: [] };
  let most = {};
  let connections = 0;
  setInterval(() => {
    const peers = globalThis.peersOfTheTest;
    if (peers.length !== connections) most = {};
    connections = peers.length;
    void peers.at(-1)?.getStats().then((report) => {
      const now = {};
      for (const s of report.values()) {
        // Samples that were made up to fill a gap are none of the other's.
        if (s.type === 'inbound-rtp') Object.assign(now, { decoded: (s.totalSamplesReceived ?? 0) - (s.concealedSamples ?? 0), came: s.packetsReceived });
        if (s.type === 'outbound-rtp') now.sent = s.packetsSent;
      }
      for (const [what, count] of Object.entries(now)) {
        if (count > (most[what] ?? 0)) globalThis.soundAt[what].push(Date.now());
        most[what] = Math.max(count, most[what] ?? 0);
      }
    });
  }, 20);
}

/** The stretches of more than 300 ms in which a page noted nothing of a kind. */
async function pauses(page, what, from) {
  const times = await page.evaluate((what, from) => globalThis.soundAt[what].filter((t) => t >= from), what, from);
  const list = times.slice(1).map((end, i) => ({ begin: times[i], end })).filter(({ begin, end }) => end - begin > 300);
  return { list, count: times.length, last: times.at(-1) ?? 0 };
}

/** Whether the greater part of a pause is in one of a list. */
function within({ begin, end }, list) {
  return list.some((other) => Math.min(end, other.end) - Math.max(begin, other.begin) > (end - begin) / 2);
}

/**
 * Waits until the page has heard the other for two seconds on end after `at`, and gives the longest silence after it, in
 * ms: its end, and its length. With the page of the `speaker` it leaves out what no network does, and gives the longest of
 * that as `stalled`: silences in which the speaker sent nothing, which a browser does whether anything gets through or
 * not, or in which packets came and were not played. The devices of a test go by clocks of their own, which a busy machine stops.
 */
export async function silence(page, at, speaker) {
  const longest = (list) => list.reduce((a, b) => (b.end - b.begin > a.end - a.begin ? b : a), { begin: at, end: at });
  for (const end = Date.now() + 40_000; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) {
    const decoded = await pauses(page, 'decoded', at - 500);
    const came = speaker && (await pauses(page, 'came', at - 500));
    const sent = speaker && (await pauses(speaker, 'sent', at - 500));
    const stall = (pause) => speaker !== undefined && (!within(pause, came.list) || within(pause, sent.list));
    const silent = longest(decoded.list.filter((pause) => !stall(pause)));
    const stalled = longest(decoded.list.filter(stall));
    const enough = at === 0 ? decoded.count > 20 : decoded.last - at > 4_000 && decoded.last - silent.end > 2_000;
    if (enough) return { back: silent.end - at, length: silent.end - silent.begin, stalled: stalled.end - stalled.begin };
  }
  step('the page hears nothing');
  return { back: -1, length: -1, stalled: 0 };
}
