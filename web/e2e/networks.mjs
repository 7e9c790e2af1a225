// Calls between two Chromiums on whatever networks the test puts them. For each line of input, the
// address of the server, it signs both people in anew, makes one call, and prints a JSON object with
// what each heard, no energy being nothing, and how its packets travelled.
import { createInterface } from 'node:readline';
import { browserWith, click, see, signIn, until } from './browser.mjs';

const browsers = await Promise.all([browserWith(), browserWith()]);
try {
  for await (const base of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await call(base)));
  }
} finally {
  await Promise.allSettled(browsers.map((browser) => browser.close()));
}

async function call(base) {
  const expert = await signIn(browsers[0], base, 'dr-lee', { watchPeers: true });
  await until(expert, 'availability', 'state', 'available');
  const member = await signIn(browsers[1], base, 'maya', { watchPeers: true });
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-no');
  }
  const result = { member: await heard(member), expert: await heard(expert) };
  await click(member, 'hangup');
  for (const page of [member, expert]) {
    await see(page, 'ended');
    await page.close();
  }
  return result;
}

/** Waits until a page hears the other, and tells by which way. */
async function heard(page) {
  for (const end = Date.now() + 30_000; ; await new Promise((r) => setTimeout(r, 50))) {
    const now = await page.evaluate(async () => {
      const report = [...((await globalThis.peersOfTheTest.at(-1)?.getStats())?.values() ?? [])];
      const pair = report.find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded');
      const local = report.find((s) => s.id === pair?.localCandidateId);
      const sound = report.find((s) => s.type === 'inbound-rtp');
      return { energy: sound?.totalAudioEnergy ?? 0, path: local?.relayProtocol ? `relay-${local.relayProtocol}` : (local?.protocol ?? '') };
    });
    if (now.energy > 1e-4 && now.path !== '') return now;
    if (Date.now() > end) {
      console.error(`nothing was heard in 30 s, the way is "${now.path}"`);
      return { energy: 0, path: now.path };
    }
  }
}
