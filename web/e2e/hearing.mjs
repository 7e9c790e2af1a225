// How scripts find out when a page heard the other, and for how long it did not.
import { step } from './browser.mjs';

/** Makes the page note each moment at which sound of the other has been decoded; it needs `watchPeers`. */
export async function listen(page) {
  await page.evaluate(noteDecoding);
}

/** Runs in the page. */
function noteDecoding() {
  globalThis.decodedAt = [];
  let before = -1;
  setInterval(() => {
    void globalThis.peersOfTheTest.at(-1)?.getStats().then((report) => {
      for (const s of report.values()) {
        if (s.type !== 'inbound-rtp') continue;
        // Samples that were made up to fill a gap are none of the other's.
        const real = (s.totalSamplesReceived ?? 0) - (s.concealedSamples ?? 0);
        if (real > before) globalThis.decodedAt.push(Date.now());
        before = real;
      }
    });
  }, 20);
}

/** Waits until the page has heard the other for two seconds on end after `at`, and gives the time of the last silence after it, in ms: its end, and its length. */
export async function silence(page, at) {
  for (const end = Date.now() + 40_000; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) {
    const times = await page.evaluate((from) => globalThis.decodedAt.filter((t) => t >= from), at - 500);
    let gap = { back: 0, length: 0 };
    for (let i = 1; i < times.length; i++) {
      if (times[i] - times[i - 1] > Math.max(300, gap.length)) gap = { back: times[i] - at, length: times[i] - times[i - 1] };
    }
    const last = times.at(-1) ?? 0;
    if (at === 0 ? times.length > 20 : last - at > 4_000 && last - at - gap.back > 2_000) return gap;
  }
  step('the page hears nothing');
  return { back: -1, length: -1 };
}
