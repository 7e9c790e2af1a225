// What the end-to-end scripts share: browsers with a microphone that plays a
// file, and the elements of the pages by their test ids.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * The arguments of a Chromium whose microphone repeats a WAV file. Without `devices` it has those of
 * the machine, which are none here; without `allow` it gives no page the microphone; without
 * `autoplay` a page plays nothing before the person has touched it, as for everybody.
 */
export function chromiumArguments(wav, { devices = true, allow = true, autoplay = true } = {}) {
  const args = [
    '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  ];
  if (autoplay) args.push('--autoplay-policy=no-user-gesture-required');
  if (devices) args.push('--use-fake-device-for-media-stream');
  if (allow) args.push('--use-fake-ui-for-media-stream');
  if (wav) args.push(`--use-file-for-fake-audio-capture=${wav}`);
  return args;
}

/** Starts a Chromium of its own, with a profile that goes with it, whose microphone repeats a WAV file. */
export async function browserWith(wav, devices) {
  return puppeteer.launch({
    executablePath: chromium, headless: true, args: chromiumArguments(wav, devices),
    defaultViewport: { width: 1200, height: 860 },
  });
}

/** Starts a Firefox of its own, with further preferences. It has no microphone that plays a file; its fake one hums. */
export async function firefox({ prefs = {}, ...options } = {}) {
  return puppeteer.launch({
    ...options,
    browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.autoplay.default': 0,
      'media.peerconnection.ice.loopback': true,
      ...prefs,
    },
    defaultViewport: { width: 1200, height: 860 },
  });
}

/** Keeps the page's peer connections where the test finds them. Runs in the page. */
function keepPeers() {
  globalThis.peersOfTheTest = [];
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      globalThis.peersOfTheTest.push(this);
    }
  };
}

/** The text of the page, shadow trees included; it runs in the page. */
function visibleText() {
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent.trim();
    if (node instanceof HTMLStyleElement || node instanceof HTMLScriptElement) return '';
    return [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].map(read).filter(Boolean).join(' ');
  };
  return read(document.body);
}

/** Says on stderr how far a script has come; a failing test shows it. */
export function step(text) {
  console.error(`${new Date().toISOString().slice(11, 23)} ${text}`);
}

const selector = (id) => `>>> [data-testid="${id}"]`;

/**
 * Waits until an element is there and, unless told otherwise, visible. It asks the page again and
 * again from here: a tab in the background runs no frames, and changes in shadow trees are not
 * observed from outside.
 */
export async function see(page, id, { timeout = 15000, visible = true } = {}) {
  return seeFirst(page, selector(id), id, timeout, visible);
}

/** Waits for the first visible element whose test id begins with a prefix. */
export async function seeAny(page, prefix, timeout = 15000) {
  return seeFirst(page, `>>> [data-testid^="${prefix}"]`, `${prefix}…`, timeout, true);
}

async function seeFirst(page, query, name, timeout, visible) {
  const end = Date.now() + timeout;
  while (Date.now() < end) {
    const element = await page.$(query);
    if (element && (!visible || (await element.isVisible()))) return element;
    await element?.dispose();
    await new Promise((r) => setTimeout(r, 30));
  }
  const text = await page.evaluate(visibleText).catch(() => '');
  throw new Error(`${name} did not appear; the page says: ${text.slice(0, 800)} | faults: ${(page.faults ?? []).join('; ')}`);
}

export async function click(page, id, options) {
  const element = await see(page, id, options);
  step(`click ${id}`);
  await element.click();
}

/** Plays the recording whose player is on the page, seeks in it, and tells how long it is and where it went on. */
export async function playAndSeek(page, whilePlaying = async () => {}) {
  await click(page, 'play');
  const number = (name) => page.$eval(selector('player'), (e, name) => Number(e.dataset[name]), name);
  await later(async () => (await number('position')) > 0.5, 'the recording to play');
  await whilePlaying();
  const duration = await number('duration');
  const seek = await see(page, 'seek');
  await seek.evaluate((e, to) => {
    e.value = String(to);
    e.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    e.dispatchEvent(new Event('change', { bubbles: true, composed: true }));
  }, duration * 0.8);
  // The place alone may be what was asked for: it has to play on from there.
  let soughtTo = 0;
  await later(async () => (soughtTo = await number('position')) > duration * 0.8 + 0.2, 'it to play on from where it was sought to');
  return { duration, soughtTo };
}

async function later(check, what) {
  const end = Date.now() + 10000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited 10 s for ${what}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/** Waits until an element's data attribute has a value. */
export async function until(page, id, attribute, value, timeout = 15000) {
  return see(page, `${id}"][data-${attribute}="${value}`, { timeout });
}

/**
 * Turns the browser's voice processing off, for it changes the waveform that the tests compare: it
 * is the way through the server that is tested, not the browser's noise suppression. Runs in the page.
 */
function plainMicrophone() {
  if (!navigator.mediaDevices) return; // the empty page that a tab begins with
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (constraints) =>
    ask({ ...constraints, audio: { ...Object(constraints.audio), echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
}

/** The check before the first call has passed in this tab. Runs in the page. */
function checked() {
  if (location.protocol.startsWith('http')) sessionStorage.setItem('parley.checked', 'yes');
}

/**
 * Opens the page and signs in as a person of the demo; with `check` the check before the first call
 * runs, with `processed` the browser cleans the voice up as the page asks it to.
 */
export async function signIn(browser, base, person, options = {}) {
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (e) => faults.push(`page error: ${e.message}`));
  page.on('console', (m) => { if (m.type() === 'error') faults.push(`console: ${m.text()}`); });
  page.faults = faults;
  if (options.before) await page.evaluateOnNewDocument(options.before);
  if (!options.processed) await page.evaluateOnNewDocument(plainMicrophone);
  if (!options.check) await page.evaluateOnNewDocument(checked);
  if (options.watchPeers) await page.evaluateOnNewDocument(keepPeers);
  if (options.viewport) await page.setViewport(options.viewport);
  await page.goto(`${base}/`, { waitUntil: 'domcontentloaded' });
  await click(page, `person-${person}`);
  return page;
}

/** Saves a screenshot when a folder for them was given. */
export async function picture(page, folder, name) {
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  step(`picture ${name}`);
  await page.bringToFront();
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Records what the page's remote audio element receives, for some seconds, as a 16-bit WAV. */
export async function recordHeard(page, seconds, path) {
  const base64 = await page.evaluate(async (secs) => {
    const find = (node) => {
      const hit = node.querySelector?.('[data-testid="remote-audio"]');
      if (hit) return hit;
      for (const e of node.querySelectorAll?.('*') ?? []) {
        const deep = e.shadowRoot && find(e.shadowRoot);
        if (deep) return deep;
      }
      return null;
    };
    const audio = find(document);
    if (!audio?.srcObject) throw new Error('no remote audio');
    const context = new AudioContext({ sampleRate: 48000 });
    const source = context.createMediaStreamSource(audio.srcObject);
    const tap = context.createScriptProcessor(4096, 1, 1);
    const parts = [];
    tap.onaudioprocess = (e) => parts.push(new Float32Array(e.inputBuffer.getChannelData(0)));
    source.connect(tap);
    tap.connect(context.destination);
    await new Promise((r) => setTimeout(r, secs * 1000));
    source.disconnect();
    tap.disconnect();
    await context.close();
    const pcm = new Int16Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of parts) for (const s of p) pcm[at++] = Math.max(-1, Math.min(1, s)) * 32767;
    let text = '';
    const bytes = new Uint8Array(pcm.buffer);
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    return btoa(text);
  }, seconds);
  await writeFile(path, wav(Buffer.from(base64, 'base64'), 48000));
}

function wav(pcm, rate) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}
