// A whole call by keyboard alone in both apps: sign in, find the expert, call, let it wait, accept, answer
// the question, mute, hold, write, choose a device, hang up, play the recording, rate. On the way: the
// focus is seen, what changes is announced, axe finds nothing on the real pages, the token is where it
// may be only, and nobody is asked for anything but the server.
// Prints one JSON object.
import { axeFindings } from './axe.mjs';
import { browserWith, see, step, until } from './browser.mjs';

const { base, memberWAV, expertWAV } = JSON.parse(process.argv[2]);
const [left, right] = await Promise.all([browserWith(memberWAV), browserWith(expertWAV)]);
const result = { findings: [], unseen: [], kept: [], foreign: [] };

try {
  const expert = await arrive(right, 'dr-lee');
  await until(expert, 'availability', 'state', 'available');
  const member = await arrive(left, 'maya');
  await see(member, 'call-dr-lee'); // else the reload comes before the sign-in
  result.skips = await skips(member);
  await see(member, 'call-dr-lee');
  await look(member, 'directory');
  await press(member, 'call-dr-lee');
  await see(expert, 'incoming');
  result.rung = await focused(expert);
  await look(expert, 'incoming');
  result.ringing = await announced(member, /./, 'status of ringing');
  await press(expert, 'delay');
  result.delayed = await announced(member, /will answer in a minute$/, 'that the expert answers in a minute');
  result.waiting = await focused(expert);
  await look(expert, 'a call that waits');
  await press(expert, 'accept');
  for (const page of [member, expert]) {
    await page.bringToFront();
    await see(page, 'question');
    result.asked = await focused(page);
    await press(page, 'consent-yes');
  }
  for (const page of [member, expert]) {
    await until(page, 'light', 'state', 'recording');
    await later(async () => (await focused(page)) !== 'body', 'the focus to come back from the question');
  }
  await look(member, 'call');
  await look(expert, 'call');
  result.recording = await announced(member, /^Recording$/, 'the recording');
  result.quality = await announced(member, /^Connection (excellent|good)/, 'the quality');
  await press(member, 'mute', 'Space');
  result.muted = await announced(member, /You are muted/, 'being muted');
  await press(member, 'mute', 'Space');
  await press(member, 'message');
  await member.keyboard.type('by hand');
  await member.keyboard.press('Enter');
  await announced(expert, /by hand/, 'the message', '[role="log"]');
  await press(member, 'devices');
  await see(member, 'choose-microphone');
  await press(expert, 'hold');
  result.held = await announced(member, /put the call on hold/, 'being on hold');
  await press(expert, 'hold');
  await until(member, 'light', 'state', 'recording');
  await press(expert, 'light');
  await see(expert, 'withdraw');
  await new Promise((r) => setTimeout(r, 2000)); // a shorter call than the server was told cannot be rated
  await press(member, 'hangup');
  for (const page of [member, expert]) {
    await see(page, 'ended');
    await later(async () => (await focused(page)) !== 'body', 'the focus to come to what is left of the call');
    await look(page, 'ended');
  }
  await press(member, 'play'); // once the recording is there
  await later(() => member.$eval('>>> [data-testid="player"]', (e) => Number(e.dataset.position) > 0.5), 'the member to hear the recording');
  await press(member, 'star-5');
  await see(member, 'rated');
  for (const page of [member, expert]) {
    result.kept.push(...(await kept(page)));
    result.foreign.push(...page.asked.filter((url) => new URL(url).origin !== base));
  }
  result.tones = await expert.evaluate(() => globalThis.tonesOfTheTest);
  await press(member, 'done');
  await see(member, 'expert-dr-lee');
  result.faults = [...member.faults, ...expert.faults];
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

async function arrive(browser, person) {
  const page = await browser.newPage();
  page.faults = [];
  page.asked = [];
  page.on('pageerror', (e) => page.faults.push(`page error: ${e.message}`));
  page.on('console', (m) => { if (m.type() === 'error') page.faults.push(`console: ${m.text()}`); });
  page.on('request', (request) => page.asked.push(request.url()));
  const session = await page.createCDPSession(); // puppeteer does not tell of sockets
  await session.send('Network.enable');
  session.on('Network.webSocketCreated', ({ url }) => page.asked.push(url.replace(/^ws/, 'http')));
  await page.evaluateOnNewDocument(countTones);
  // What fades in has its colours at once, for axe to judge them.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  await page.goto(`${base}/`, { waitUntil: 'domcontentloaded' });
  await see(page, `person-${person}`);
  await press(page, `person-${person}`);
  return page;
}

/** Counts the tones that the page sounds. Runs in the page. */
function countTones() {
  globalThis.tonesOfTheTest = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) {
    globalThis.tonesOfTheTest++;
    return start.apply(this, args);
  };
}

/** The test id of what has the focus, or the name of its tag; it runs through shadow trees. */
function focused(page) {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const named = active?.dataset.testid ?? active?.closest('[data-testid]')?.dataset.testid;
    return active?.dataset.testid ?? (active?.tagName === 'SUMMARY' ? named : active?.tagName.toLowerCase()) ?? 'body';
  });
}

/** Goes to an element by Tab, as far as it takes, and presses a key on it. */
async function press(page, id, key = 'Enter') {
  await page.bringToFront();
  await see(page, id);
  for (let stops = 0; (await focused(page)) !== id; stops++) {
    if (stops > 80) throw new Error(`${id} was not reached by 80 Tabs; the focus is at ${await focused(page)}`);
    await page.keyboard.press('Tab');
  }
  if (!(await outlined(page))) result.unseen.push(id);
  step(`key ${key} on ${id}`);
  await page.keyboard.press(key);
}

/** Whether one sees where the focus is. */
function outlined(page) {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    const { top, bottom } = active.getBoundingClientRect();
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight;
  });
}

/** The first stop of the page leads past its head. */
async function skips(page) {
  await page.reload({ waitUntil: 'domcontentloaded' });
  await see(page, 'call-dr-lee');
  await page.keyboard.press('Tab');
  const first = await focused(page);
  await page.keyboard.press('Enter');
  return [first, await focused(page)];
}

/** Waits until a live region says something, and gives what it says. */
async function announced(page, what, name, regions = '[role="status"], [role="alert"], [aria-live]') {
  let said = [];
  const heard = () => said.find((text) => what.test(text));
  await later(async () => {
    said = await page.evaluate((regions) => {
      const found = [];
      const walk = (root) => {
        for (const e of root.querySelectorAll('*')) {
          if (e.matches(regions)) found.push(e.textContent.replace(/\s+/g, ' ').trim());
          if (e.shadowRoot) walk(e.shadowRoot);
        }
      };
      walk(document);
      return found.filter(Boolean);
    }, regions);
    return heard() !== undefined;
  }, `${name} to be announced; announced: ${JSON.stringify(said)}`);
  return heard();
}

async function look(page, where) {
  await page.bringToFront();
  step(`axe on ${where}`);
  result.findings.push(...(await axeFindings(page)).map((finding) => `${where}: ${finding}`));
}

/** Places besides the tab's own storage in which the token of a page is found. */
async function kept(page) {
  const stored = await page.evaluate(async () => {
    const token = JSON.parse(sessionStorage.getItem('parley.session')).token;
    return { token, places: JSON.stringify([{ ...localStorage }, document.cookie, await indexedDB.databases(), await caches.keys(), history.state, location.href]) };
  });
  const cookies = (await page.browser().cookies()).map((cookie) => cookie.value);
  return [stored.places, ...cookies, ...page.asked].filter((place) => place.includes(stored.token) || /[?&](token|access_token)=/.test(place));
}

async function later(check, what) {
  for (const end = Date.now() + 20_000; !(await check()); ) {
    if (Date.now() > end) throw new Error(`waited 20 s for ${what}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}
