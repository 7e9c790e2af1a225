// Calls one after another between a member and an expert who has two tabs, and what each tab then still
// holds: peer connections, tracks, audio contexts, timers, listeners. Prints one JSON object.
import { browserWith, click, see, signIn, step, until } from './browser.mjs';

const { base, memberWAV, expertWAV, calls } = JSON.parse(process.argv[2]);
const [left, right] = await Promise.all([browserWith(memberWAV), browserWith(expertWAV)]);
const result = { member: [], expert: [], spare: [] };
try {
  // It rings, and makes a connection, each time; the calls are taken in the other one.
  const spare = await signIn(right, base, 'dr-lee', { before: countHeld });
  const expert = await signIn(right, base, 'dr-lee', { before: countHeld });
  await until(expert, 'availability', 'state', 'available');
  const member = await signIn(left, base, 'maya', { before: countHeld });
  for (let call = 1; call <= calls; call++) {
    step(`call ${call}`);
    await talk(member, expert, call === 1);
    for (const [name, page] of Object.entries({ member, expert, spare })) result[name].push(await settledCounts(page));
  }
  result.made = await spare.evaluate(() => globalThis.peersMadeOfTheTest);
  result.devices = await member.evaluate(() => globalThis.devicesOfTheTest);
  result.faults = [member, expert, spare].flatMap((page) => page.faults);
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

/** One call from ringing to the directory; in the first the member takes another microphone. */
async function talk(member, expert, choose) {
  await until(member, 'expert-dr-lee', 'state', 'available');
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-no');
  }
  for (const page of [member, expert]) await until(page, 'call-state', 'state', 'active');
  if (choose) await otherMicrophone(member);
  await click(member, 'hangup');
  await click(expert, 'wrap-up-end'); // the next call need not wait for its end
  for (const page of [member, expert]) await click(page, 'done');
}

async function otherMicrophone(page) {
  await (await see(page, 'devices')).evaluate((e) => (e.open = true));
  const select = await see(page, 'choose-microphone');
  const wanted = await select.evaluate((e) => {
    const other = [...e.options].find((option) => !option.selected);
    e.value = other.value;
    e.dispatchEvent(new Event('change', { bubbles: true, composed: true }));
    return other.value;
  });
  // The select follows what is really in use.
  for (const end = Date.now() + 10000; ; ) {
    const sends = await page.evaluate(() => globalThis.sendingOfTheTest());
    if (sends.includes(wanted) && sends.length === 1) return;
    if (Date.now() > end) throw new Error(`the connection sends from ${sends}, not from ${wanted} alone`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/** The counts once two looks in a row agree: what ends may end a moment later. */
async function settledCounts(page) {
  let before = '';
  for (const end = Date.now() + 15000; Date.now() < end; ) {
    const now = await page.evaluate(() => globalThis.heldOfTheTest());
    if (JSON.stringify(now) === before && now.peers === 0 && now.tracks === 0) return now;
    before = JSON.stringify(now);
    await new Promise((r) => setTimeout(r, 300));
  }
  return page.evaluate(() => globalThis.heldOfTheTest());
}

/** Counts what the page takes and gives back. Runs in the page before its scripts. */
function countHeld() {
  const peers = new Set();
  const tracks = new Set();
  const contexts = new Set();
  const timers = new Set();
  const listeners = new Map();
  globalThis.devicesOfTheTest = 0;
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      peers.add(this);
      globalThis.peersMadeOfTheTest++;
    }
  };
  globalThis.peersMadeOfTheTest = 0;
  globalThis.AudioContext = class extends AudioContext {
    constructor(...args) {
      super(...args);
      contexts.add(this);
    }
  };
  if (!navigator.mediaDevices) return; // the empty page that a tab begins with
  const media = Object.getPrototypeOf(navigator.mediaDevices);
  const ask = media.getUserMedia;
  media.getUserMedia = async function (...args) {
    const stream = await ask.apply(this, args);
    globalThis.devicesOfTheTest++;
    stream.getTracks().forEach((track) => tracks.add(track));
    return stream;
  };
  const clone = MediaStream.prototype.clone;
  MediaStream.prototype.clone = function () {
    const copy = clone.call(this);
    copy.getTracks().forEach((track) => tracks.add(track));
    return copy;
  };
  for (const [start, stop] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
    const [begin, end] = [globalThis[start], globalThis[stop]];
    globalThis[start] = (run, ...rest) => {
      const id = begin(() => {
        if (start === 'setTimeout') timers.delete(id);
        run();
      }, ...rest);
      timers.add(id);
      return id;
    };
    globalThis[stop] = (id) => {
      timers.delete(id);
      end(id);
    };
  }
  // Only what outlives an element counts: a listener on an element goes with it.
  for (const target of [window, document, navigator.mediaDevices]) {
    const [add, remove] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
    const of = (type) => listeners.get(target)?.get(type) ?? new Set();
    target.addEventListener = (type, handler, ...rest) => {
      const types = listeners.get(target) ?? new Map();
      listeners.set(target, types.set(type, of(type).add(handler)));
      add(type, handler, ...rest);
    };
    target.removeEventListener = (type, handler, ...rest) => {
      of(type).delete(handler);
      remove(type, handler, ...rest);
    };
  }
  globalThis.sendingOfTheTest = () =>
    [...peers].filter((peer) => peer.connectionState !== 'closed').flatMap((peer) => peer.getSenders().map((sender) => sender.track?.getSettings().deviceId)).filter(Boolean);
  globalThis.heldOfTheTest = () => ({
    peers: [...peers].filter((peer) => peer.connectionState !== 'closed').length,
    tracks: [...tracks].filter((track) => track.readyState === 'live').length,
    contexts: [...contexts].filter((context) => context.state !== 'closed').length,
    timers: timers.size,
    listeners: [...listeners.values()].flatMap((types) => [...types.values()]).reduce((sum, set) => sum + set.size, 0),
  });
}
