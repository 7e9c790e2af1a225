// A recorded call whose member's browser (Chromium, or Firefox when told) loses its socket, hears
// nothing on hold, is reloaded, is in the background while the light changes, sleeps for a while, and sleeps for longer
// than a call waits. Prints one JSON object with what each did to the call.
import { readdirSync, readFileSync } from 'node:fs';
import { browserWith, click, firefox, see, signIn, step, until } from './browser.mjs';
import { listen, silence } from './hearing.mjs';

const { base, memberWAV, expertWAV, browser, sleepMs, longMs } = JSON.parse(process.argv[2]);
const chromium = browser !== 'firefox';
const pause = (ms) => new Promise((r) => setTimeout(r, ms));

const [left, right] = await Promise.all([chromium ? browserWith(memberWAV) : firefox(), browserWith(expertWAV)]);
const result = {};
try {
  const expert = await signIn(right, base, 'dr-lee', { watchPeers: true });
  await until(expert, 'availability', 'state', 'available');
  const member = await signIn(left, base, 'maya', { watchPeers: true, before: keepSockets });
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-yes');
  }
  await active(member, expert);

  step('the socket is lost');
  let at = Date.now();
  result.socketsBefore = await member.evaluate(() => globalThis.socketsOfTheTest.length);
  await member.evaluate(() => globalThis.socketsOfTheTest.at(-1).close());
  result.socket = await heardAgain(member, expert, at);
  result.socketsAfter = await member.evaluate(() => globalThis.socketsOfTheTest.length);

  step('nobody hears anybody');
  await click(expert, 'hold');
  await pause(6_000);
  await click(expert, 'hold');
  result.hold = await heardAgain(member, expert, Date.now());
  result.negotiated = await member.evaluate(() => globalThis.offersOfTheTest);

  for (const [name, page] of [['member', member], ['expert', expert]]) {
    step(`the ${name} reloads`);
    at = Date.now();
    await page.reload({ waitUntil: 'domcontentloaded' });
    await active(member, expert);
    result[`${name}Reload`] = await heardAgain(member, expert, at);
  }

  step('the page is in the background');
  at = Date.now();
  const other = await left.newPage();
  await other.bringToFront();
  const frozen = chromium ? await member.createCDPSession() : null;
  await frozen?.send('Page.setWebLifecycleState', { state: 'frozen' });
  await click(expert, 'pause');
  await until(expert, 'light', 'state', 'paused');
  await pause(6_000);
  await frozen?.send('Page.setWebLifecycleState', { state: 'active' });
  await member.bringToFront();
  await until(member, 'light', 'state', 'paused', 5_000);
  await other.close();
  await click(expert, 'pause');
  await active(member, expert);
  result.background = await heardAgain(member, expert, Date.now());

  step('the machine sleeps');
  await sleep(left, sleepMs);
  at = Date.now();
  result.sleep = await heardAgain(member, expert, at);
  await active(member, expert);

  step('the machine sleeps too long');
  await sleep(left, longMs);
  result.endedAtExpert = await reason(expert);
  result.endedAtMember = await reason(member);
  result.words = await (await see(member, 'ended')).evaluate((e) => e.innerText);
  result.faults = [...member.faults, ...expert.faults].filter((fault) => !/WebSocket|ICE failed/.test(fault)); // as told to the browser's console
} finally {
  signal(left, 'SIGCONT');
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

async function active(...pages) {
  for (const page of pages) {
    await until(page, 'call-state', 'state', 'active', 20_000);
    await until(page, 'light', 'state', 'recording', 20_000);
    await listen(page);
  }
}

/** When each heard the other again, and by how many connections of the page so far. */
async function heardAgain(member, expert, at) {
  const [atMember, atExpert] = await Promise.all([member, expert].map((page) => silence(page, at)));
  return { member: atMember, expert: atExpert, connections: await member.evaluate(() => globalThis.peersOfTheTest.length) };
}

async function reason(page) {
  return (await see(page, 'ended', { timeout: 30_000 })).evaluate((e) => e.dataset.reason);
}

/** Stops all processes of a browser, as a machine does that sleeps. */
async function sleep(browser, ms) {
  signal(browser, 'SIGSTOP');
  await pause(ms);
  signal(browser, 'SIGCONT');
}

function signal(browser, name) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = /\) \S+ (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const tree = (pid) => [pid, ...(children.get(pid) ?? []).flatMap(tree)];
  for (const pid of tree(String(browser.process().pid))) {
    try {
      process.kill(Number(pid), name);
    } catch {
      // As above.
    }
  }
}

/** Keeps the page's sockets where the test finds them, and counts the offers it takes. Runs in the page. */
function keepSockets() {
  globalThis.socketsOfTheTest = [];
  globalThis.offersOfTheTest = 0;
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      globalThis.socketsOfTheTest.push(this);
    }
  };
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (...args) {
    globalThis.offersOfTheTest++;
    return take.apply(this, args);
  };
}
