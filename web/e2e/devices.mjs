// What becomes of a call when a microphone is refused, taken, pulled out or silent, when the sound
// may not be played, and when the system takes the microphone for a while: a member in Chromium, an
// expert in two tabs of Firefox, in browsers that clean voices up and refuse to play as everybody's do. Prints one
// JSON object with what they were told, and how the sound went.
//
// Really so: a microphone that is refused, allowed, taken back in the call, not there, or gives zeros;
// a page that may not play. At the edge of the page (edge.mjs), for no script can do it to a browser:
// pulling out and plugging in, another program that has the microphone, a phone call.
import { browserWith, click, firefox, see, signIn, step, until } from './browser.mjs';
import { atTheEdge, audioPath, look, peek, textOf } from './edge.mjs';

const { base, wav } = JSON.parse(process.argv[2]);
const result = { told: {} };
const browsers = await Promise.all([
  browserWith(wav, { allow: false, autoplay: false }),
  firefox({ prefs: { 'media.autoplay.default': 5, 'media.navigator.permission.disabled': false, 'permissions.default.microphone': 1 } }),
  firefox({ prefs: { 'media.navigator.permission.disabled': false, 'permissions.default.microphone': 2 } }),
  firefox({ prefs: { 'media.navigator.streams.fake': false } }),
]);
const [chromium, fox, denying, bare] = browsers;
try {
  const second = await signIn(fox, base, 'dr-lee', { before: atTheEdge, watchPeers: true, processed: true });
  const expert = await signIn(fox, base, 'dr-lee', { before: atTheEdge, watchPeers: true, processed: true });
  await until(expert, 'availability', 'state', 'available');
  for (const [name, browser] of [['deniedInFirefox', denying], ['missingInFirefox', bare]]) {
    const page = await signIn(browser, base, 'maya', { processed: true });
    await click(page, 'call-dr-lee');
    result.told[name] = await told(page, 'microphone', /blocks|No microphone/);
    await browser.close();
  }

  step('the microphone is denied, then allowed');
  const settings = await chromium.target().createCDPSession();
  const allow = (setting) => settings.send('Browser.setPermission', { permission: { name: 'microphone' }, setting, origin: base });
  await allow('denied');
  let member = await signIn(chromium, base, 'maya', { before: atTheEdge, watchPeers: true, processed: true });
  await click(member, 'call-dr-lee');
  result.told.denied = await told(member, 'microphone', /blocks/);
  result.rangMeanwhile = Boolean(await expert.$('>>> [data-testid="incoming"]'));
  await allow('granted');
  await tryAgain(member);
  await gone(member, 'microphone');

  step('it rings; meanwhile the microphone gives nothing but zeros, which the browser itself notices');
  await click(member, 'call-dr-lee');
  const ringing = [expert, second];
  await Promise.all(ringing.map((page) => see(page, 'incoming')));
  const ready = async () => (await Promise.all(ringing.map((page) => page.evaluate(sound)))).every(({ states }) => states.includes('connected'));
  await later(ready, 'both tabs of the expert to have a connection');
  result.tabsThatRing = await Promise.all(ringing.map((page) => page.evaluate(sound)));
  result.told.silentWhileRinging = await told(member, 'microphone', /No sound comes/, 40_000);
  step('a call');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-yes');
  }
  for (const page of [member, expert]) await until(page, 'light', 'state', 'recording');
  await hears(member);
  await hears(expert);
  await see(second, 'elsewhere', { visible: false });
  result.tabsAfter = await Promise.all(ringing.map((page) => page.evaluate(sound)));
  result.faultsOfTheSecond = second.faults;
  await second.close();
  result.path = { member: await audioPath(member), expert: await audioPath(expert) };

  step('the microphone gives nothing but zeros again, which the server notices, then a voice');
  [result.told.silent, result.told.silentToOther] = await Promise.all([told(member, 'fault', /No sound comes/, 40_000), told(expert, 'fault', /sends no sound/, 40_000)]);
  for (const page of [member, expert]) await gone(page, 'fault');

  step('the microphone is taken away by the person, and given back');
  await allow('denied');
  result.told.deniedInTheCall = await told(member, 'microphone', /blocks/);
  await allow('granted');
  await tryAgain(member);
  await gone(member, 'microphone');
  await voiced(expert);

  step('the microphone in use is unplugged, and another one is there');
  await member.evaluate(() => globalThis.edgeOfTheTest.unplug());
  result.told.fellBack = await told(member, 'fell-back', /unplugged/);
  await voiced(expert);

  step('the last one is unplugged, and one is plugged in');
  await member.evaluate(() => globalThis.edgeOfTheTest.unplug('all'));
  result.told.unplugged = await told(member, 'microphone', /unplugged/);
  result.told.unpluggedToOther = await told(expert, 'fault', /Nothing arrives|sends no sound/, 30_000);
  await member.evaluate(() => globalThis.edgeOfTheTest.plugIn());
  await gone(member, 'microphone');
  await voiced(expert);

  step('another program has the microphone');
  await member.evaluate(() => globalThis.edgeOfTheTest.unplug('busy'));
  result.told.busy = await told(member, 'microphone', /Another program/);
  await member.evaluate(() => globalThis.edgeOfTheTest.plugIn());
  await tryAgain(member);
  await gone(member, 'microphone');
  await voiced(expert);

  step('the speaker that was chosen is unplugged');
  result.speaker = await chosenSpeaker(member);
  await member.evaluate(() => globalThis.edgeOfTheTest.unplugSpeakers());
  await later(async () => (await audioPath(member)).speaker === '', 'the speaker of the system to be taken');

  step('a phone call takes the microphone and stops the playback');
  await member.evaluate(() => globalThis.edgeOfTheTest.interrupt(true));
  await member.$eval('>>> [data-testid="remote-audio"]', (e) => e.pause());
  result.told.interrupted = await told(member, 'microphone', /has taken/);
  await member.evaluate(() => globalThis.edgeOfTheTest.interrupt(false));
  await gone(member, 'microphone');
  await later(async () => (await audioPath(member)).playing, 'the playback to go on');

  step('the tab is opened again, as after a crash, and may not play before it is allowed the microphone');
  let looks;
  ({ member, looks } = await reopened(member, 4_000));
  await later(async () => (result.told.refusedAtFirst = await looks(textOf, 'hear')) !== '', 'the page to ask for a tap');
  await later(async () => (await looks(textOf, 'hear')) === '' && (await looks(look)).playing, 'the other to be played without a tap');

  step('it is opened again, and may have no microphone either');
  await allow('denied');
  ({ member, looks } = await reopened(member, 0));
  await later(async () => (result.told.refused = await looks(textOf, 'hear')) !== '', 'the page to ask for a tap');
  result.refused = await looks(look);
  await click(member, 'hear');
  await gone(member, 'hear');
  await later(async () => (await audioPath(member)).playing, 'the other to be played');
  await allow('granted');
  await tryAgain(member);
  await gone(member, 'microphone');
  await later(async () => (await audioPath(member)).metered, 'the meters to run');

  step('Firefox, told to let nothing play, lets a page play that may use the microphone');
  await expert.reload({ waitUntil: 'domcontentloaded' });
  await later(async () => (await audioPath(expert)).playing, 'Firefox to play');
  await gone(expert, 'hear');

  await click(member, 'hangup');
  await see(expert, 'ended');
  result.faults = [...member.faults, ...expert.faults];
} finally {
  await Promise.allSettled(browsers.map((browser) => browser.close()));
}
console.log(JSON.stringify(result));

/**
 * The call in a new tab in the place of its tab, which nobody has touched yet; the person takes so long
 * to allow the microphone. `looks` looks into it: what puppeteer runs in a page counts as a touch.
 */
async function reopened(tab, askedForMs) {
  const kept = await tab.evaluate(() => ({ ...sessionStorage }));
  await tab.close();
  const page = await chromium.newPage();
  page.faults = [];
  const keep = (kept) => {
    if (location.protocol.startsWith('http')) for (const [key, value] of Object.entries(kept)) sessionStorage.setItem(key, value);
  };
  await page.evaluateOnNewDocument(keep, { ...kept, 'test.askedForMs': String(askedForMs) });
  await page.evaluateOnNewDocument(atTheEdge);
  await page.goto(`${base}/`, { waitUntil: 'domcontentloaded' });
  return { member: page, looks: await peek(page) };
}

/** Waits until an element says something, and gives all that it says. */
async function told(page, id, what, timeout = 15_000) {
  let text = '';
  const read = async () => (text = await page.$eval(`>>> [data-testid="${id}"]`, (e) => [e.getAttribute('heading'), e.getAttribute('detail'), e.innerText].filter(Boolean).join(' | ')).catch(() => ''));
  await later(async () => what.test(await read()), `${id} to say ${what}`, timeout, () => text);
  return text;
}

async function gone(page, id) {
  await later(async () => !(await page.$(`>>> [data-testid="${id}"]`)), `${id} to go`, 40_000);
}

/** What a page of the expert does with sound. Runs in the page. */
function sound() {
  const peers = globalThis.peersOfTheTest ?? [];
  return {
    states: peers.map((peer) => peer.connectionState),
    sent: peers.flatMap((peer) => peer.getSenders()).filter((sender) => sender.track?.readyState === 'live').length,
    asked: globalThis.edgeOfTheTest.asked.length,
    title: document.title,
  };
}

/** The cure that the page offers. */
async function tryAgain(page) {
  await (await page.$('>>> [data-testid="microphone"] > button')).click();
}

/** Waits until sound of the other has been decoded on the page. */
async function hears(page) {
  const energy = () =>
    page.evaluate(async () => {
      const report = await globalThis.peersOfTheTest.at(-1).getStats();
      return [...report.values()].find((s) => s.type === 'inbound-rtp')?.totalAudioEnergy ?? 0;
    });
  const was = await energy();
  await later(async () => (await energy()) > was + 1e-4 || (await energy()) < was, 'the voice of the other', 40_000);
}

/** Waits until the other is heard, and nothing is said to be wrong with that. */
async function voiced(page) {
  await hears(page);
  await gone(page, 'fault');
}

async function chosenSpeaker(page) {
  await (await see(page, 'devices')).evaluate((e) => (e.open = true));
  const wanted = await (await see(page, 'choose-speaker')).evaluate((e) => {
    e.value = [...e.options].at(-1).value;
    e.dispatchEvent(new Event('change', { bubbles: true, composed: true }));
    return e.value;
  });
  await later(async () => (await audioPath(page)).speaker === wanted, 'the chosen speaker to be used');
  return wanted;
}

async function later(check, what, timeout = 20_000, seen = () => '') {
  for (const end = Date.now() + timeout; !(await check()); ) {
    if (Date.now() > end) throw new Error(`waited ${timeout} ms for ${what} ${seen()}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}
