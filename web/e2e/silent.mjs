// A call whose member's microphone sends digital silence after a while, as one does that is switched
// off, and has its sound again once the server tries the relay. Prints one JSON object: what each page
// said meanwhile.
import { browserWith, click, see, signIn, step, until } from './browser.mjs';

const { base, memberWAV, expertWAV } = JSON.parse(process.argv[2]);
const result = { tried: {} };

const [left, right] = await Promise.all([browserWith(memberWAV), browserWith(expertWAV)]);
try {
  const expert = await signIn(right, base, 'dr-lee');
  await until(expert, 'availability', 'state', 'available');
  const member = await signIn(left, base, 'maya', { before: switchable });
  await click(member, 'call-dr-lee');
  await click(expert, 'accept');
  const pages = { member, expert };
  for (const page of Object.values(pages)) await click(page, 'consent-no');
  for (const page of Object.values(pages)) await until(page, 'call-state', 'state', 'active');

  step('the microphone falls silent');
  await member.evaluate(() => globalThis.switchMicrophone(false));
  for (const [name, page] of Object.entries(pages)) result.tried[name] = await told(page, 'Another way');
  step('it has sound again');
  await member.evaluate(() => globalThis.switchMicrophone(true));
  for (const page of Object.values(pages)) await goes(page, 'fault');
  for (const page of Object.values(pages)) await until(page, 'call-state', 'state', 'active');
  result.faults = [...member.faults, ...expert.faults];
  await click(member, 'hangup');
  for (const page of Object.values(pages)) await see(page, 'ended');
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

/** What the page says of a sound that is missing, once it says so much of it. */
async function told(page, part) {
  return later(async () => {
    const notice = await page.$('>>> [data-testid="fault"]');
    const text = await notice?.evaluate((e) => `${e.heading}. ${e.detail}`);
    return text?.includes(part) ? text : '';
  }, `the page to say "${part}"`);
}

async function goes(page, id) {
  await later(async () => !(await page.$(`>>> [data-testid="${id}"]`)), `${id} to go`);
}

async function later(check, what) {
  const end = Date.now() + 30_000;
  for (;;) {
    const got = await check();
    if (got) return got;
    if (Date.now() > end) throw new Error(`waited 30 s for ${what}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/** Puts a switch behind each microphone: off, its track goes on and holds zeros. Runs in the page. */
function switchable() {
  if (!navigator.mediaDevices) return; // the empty page that a tab begins with
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const gains = [];
  globalThis.switchMicrophone = (on) => gains.forEach(({ gain }) => (gain.value = on ? 1 : 0));
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const microphone = await ask(constraints);
    const context = new AudioContext({ sampleRate: 48000 });
    await context.resume();
    const gain = context.createGain();
    const out = context.createMediaStreamDestination();
    context.createMediaStreamSource(microphone).connect(gain).connect(out);
    gains.push(gain);
    return out.stream;
  };
}
