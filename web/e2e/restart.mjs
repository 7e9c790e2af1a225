// A recorded call between a member in Firefox and an expert in Chromium, whose server is killed and started
// again by whoever runs this script; then each page is reloaded. Prints one JSON object: how long it
// took each time until both heard the other again.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browserWith, click, firefox, see, signIn, step, until } from './browser.mjs';

const { base, expertWAV, out } = JSON.parse(process.argv[2]);
const result = { backMs: [], reloadMs: {}, lights: {}, faults: [] };

const [left, right] = await Promise.all([firefox(), browserWith(expertWAV)]);
try {
  const expert = await signIn(right, base, 'dr-lee', { watchPeers: true });
  await until(expert, 'availability', 'state', 'available');
  const member = await signIn(left, base, 'maya', { watchPeers: true });
  await click(member, 'call-dr-lee');
  await expert.bringToFront();
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await page.bringToFront();
    await click(page, 'consent-yes');
  }
  const pages = { member, expert };
  await all(pages, (page) => until(page, 'light', 'state', 'recording'));
  await all(pages, (page) => heard(page, 0));

  const before = await all(pages, peers);
  writeFileSync(join(out, 'talking'), '');
  await later(() => existsSync(join(out, 'killed')), 'the server to be killed');
  const listening = await untilListening();
  result.backMs = await all(pages, async (page, i) => {
    await heard(page, before[i]);
    return Date.now() - listening;
  });
  await all(pages, (page) => until(page, 'call-state', 'state', 'active'));
  await all(pages, (page) => until(page, 'light', 'state', 'recording'));

  for (const [name, page] of Object.entries(pages)) {
    step(`reload ${name}`);
    const other = name === 'member' ? expert : member;
    await page.bringToFront();
    const began = Date.now();
    await page.reload({ waitUntil: 'domcontentloaded' });
    await heard(page, 0);
    result.reloadMs[name] = Date.now() - began;
    for (const p of [page, other]) await until(p, 'call-state', 'state', 'active');
    await until(page, 'light', 'state', 'recording');
  }
  // What the pages say of a server that is away is no fault of theirs.
  result.faults = [...member.faults, ...expert.faults].filter((f) => !/ERR_CONNECTION_REFUSED|WebSocket connection|establish a connection to the server|The connection to ws/.test(f));
  await click(member, 'hangup');
  await all(pages, (page) => see(page, 'ended'));
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

function all(pages, what) {
  return Promise.all(Object.values(pages).map(what));
}

/** How many connections a page has made. */
function peers(page) {
  return page.evaluate(() => globalThis.peersOfTheTest.length);
}

/** Waits until a page hears sound by a connection later than so many. */
async function heard(page, former) {
  await later(
    () =>
      page.evaluate(async (former) => {
        const peer = (globalThis.peersOfTheTest ?? []).slice(former).at(-1);
        if (peer?.connectionState !== 'connected') return false;
        const stats = [...(await peer.getStats()).values()];
        return stats.some((s) => s.type === 'inbound-rtp' && s.totalAudioEnergy > 0.0005);
      }, former),
    'sound',
  );
}

async function untilListening() {
  const asks = async () => fetch(`${base}/livez`).then((r) => r.ok, () => false);
  await later(async () => !(await asks()), 'the server to be away');
  writeFileSync(join(out, 'away'), '');
  await later(asks, 'the server to listen again');
  return Date.now();
}

async function later(check, what) {
  const end = Date.now() + 30000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited 30 s for ${what}`);
    await new Promise((r) => setTimeout(r, 20));
  }
}
