// A call whose member's network changes again and again. The member's browser (Chromium, or Firefox
// when told) runs where this script does, the expert's Chromium where EXPERT_CHROMIUM starts it. Once
// both hear each other it prints a line. For each line of input, which says when the network was
// changed (milliseconds since 1970), it prints how long each of the two then heard nothing of the
// other. At the end of the input it hangs up.
import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';
import { chromiumArguments, browserWith, click, firefox, see, signIn, step, until } from './browser.mjs';

const { base, memberWAV, expertWAV, browser } = JSON.parse(process.argv[2]);

const browsers = await Promise.all([
  browser === 'firefox' ? firefox({ acceptInsecureCerts: true }) : browserWith(memberWAV),
  // Over a pipe, for the script's network does not reach the other browser's.
  puppeteer.launch({ executablePath: process.env.EXPERT_CHROMIUM, headless: true, pipe: true, args: chromiumArguments(expertWAV) }),
]);
try {
  const [member, expert] = [await signIn(browsers[0], base, 'maya', { watchPeers: true }), await signIn(browsers[1], base, 'dr-lee', { watchPeers: true })];
  await until(expert, 'availability', 'state', 'available');
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-yes');
  }
  for (const page of [member, expert]) {
    await until(page, 'light', 'state', 'recording');
    await page.evaluate(listen);
  }
  const heard = await Promise.all([member, expert].map((page) => silence(page, 0)));
  console.log(JSON.stringify({ heard: heard.length === 2 }));
  for await (const line of createInterface({ input: process.stdin })) {
    const at = Number(line);
    const [atMember, atExpert] = await Promise.all([member, expert].map((page) => silence(page, at)));
    const connections = await Promise.all([member, expert].map((page) => page.evaluate(() => globalThis.peersOfTheTest.length)));
    console.log(JSON.stringify({ member: atMember, expert: atExpert, connections }));
  }
  for (const page of [member, expert]) await until(page, 'light', 'state', 'recording');
  await click(member, 'hangup');
  for (const page of [member, expert]) await see(page, 'ended');
} finally {
  await Promise.allSettled(browsers.map((one) => one.close()));
}

/** Notes each moment at which sound of the other has been decoded. Runs in the page. */
function listen() {
  globalThis.decodedAt = [];
  let before = -1;
  setInterval(() => {
    void globalThis.peersOfTheTest.at(-1)?.getStats().then((report) => {
      for (const s of report.values()) {
        if (s.type !== 'inbound-rtp') continue;
        // Samples that were made up to fill a gap are none of the other's. Firefox counts none of them as received.
        const real = (s.totalSamplesReceived ?? 0) - (s.concealedSamples ?? 0);
        if (real > before) globalThis.decodedAt.push(Date.now());
        before = real;
      }
    });
  }, 20);
}

/** Waits until the page has heard the other for two seconds on end after `at`, and gives the time of the last silence after it, in ms: its end, and its length. */
async function silence(page, at) {
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
