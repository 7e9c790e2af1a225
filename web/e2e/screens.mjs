// Looks at every story in a browser: axe, whether anything is wider than the window or cut off, and
// whether each text that people see or hear comes from the catalogues. Exits with 1 when something is found.
//
//   node e2e/screens.mjs [STORY…]          saves a picture of each too: light and dark, desktop and
//                                          phone, and from right to left, in e2e/out
//   node e2e/screens.mjs --check [STORY…]  saves none, as `make test` does
import { mkdir } from 'node:fs/promises';
import puppeteer from 'puppeteer-core';
import { build, preview } from 'vite';
import { axeFindings } from './axe.mjs';
import { cutOffTexts } from './cutoff.mjs';
import { unsaidTexts } from './texts.mjs';

const out = new URL('./out/', import.meta.url);
const sizes = {
  desktop: { width: 1280, height: 860 },
  phone: { width: 360, height: 720, isMobile: true, hasTouch: true },
};
const wants = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const browsers = 2; // that look at stories at the same time
const draws = !process.argv.includes('--check');

async function scheme(page, value) {
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
}

async function open(page, address, name, more = '') {
  await page.goto(`${address}story.html?screen=${name}${more}`, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('body[data-ready]', { timeout: 20_000 });
}

async function settle(page) {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What is wrong with the page as it is now, each line with how it was looked at. */
async function look(page, how) {
  await settle(page);
  if (draws) await page.screenshot({ path: new URL(`${how.replaceAll(' ', '.')}.png`, out).pathname });
  const { width } = page.viewport();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth) - width;
  const cut = (await cutOffTexts(page, width)).map((text) => `cut off: ${text}`);
  // A person scrolls to what is behind the buttons at the foot.
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  const findings = [...(await axeFindings(page)), ...cut, ...(wide > 0 ? [`page is ${wide} px wider than the window`] : [])];
  await page.evaluate(() => window.scrollTo(0, 0));
  return findings.map((finding) => `${how}: ${finding}`);
}

/** All of a story, as different people see it. */
async function story(page, address, name) {
  const found = [];
  await page.setViewport(sizes.desktop);
  await scheme(page, 'light');
  await open(page, address, name, '&marked');
  found.push(...(await unsaidTexts(page)).map((text) => `${name}: not from a catalogue: ${text}`));
  await open(page, address, name);
  found.push(...(await look(page, `${name} desktop light`)));
  await scheme(page, 'dark');
  found.push(...(await look(page, `${name} desktop dark`)));
  // The size of the window decides what a phone is: the page has to be opened on one.
  await page.setViewport(sizes.phone);
  await open(page, address, name);
  found.push(...(await look(page, `${name} phone dark`)));
  await scheme(page, 'light');
  if (draws) found.push(...(await look(page, `${name} phone light`)));
  await open(page, address, name, '&language=he');
  found.push(...(await look(page, `${name} phone hebrew`)));
  await open(page, address, name, '&language=de');
  found.push(...(await look(page, `${name} phone german`)));
  return found;
}

async function storyNames(page, address) {
  await page.goto(`${address}story.html`);
  const body = await page.waitForSelector('body[data-screens]');
  return body.evaluate((b) => b.dataset.screens.split(' '));
}

/** Does something with a page of a browser of its own: one in the background is not drawn. */
async function withPage(note, work) {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => note(`error in the page: ${error.message.split('\n', 1)[0]}`));
    return await work(page);
  } finally {
    await browser.close();
  }
}

async function main() {
  await mkdir(out, { recursive: true });
  const site = { outDir: 'e2e/out/site', rolldownOptions: { input: 'story.html' } };
  await build({ build: site, logLevel: 'error' });
  const server = await preview({ build: site, preview: { port: 0, proxy: {} }, logLevel: 'error' });
  const address = server.resolvedUrls.local[0];
  let faults = 0;
  const note = (fault) => {
    faults++;
    console.error(fault);
  };
  try {
    const names = await withPage(note, (page) => storyNames(page, address));
    const unknown = wants.filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`no such story: ${unknown.join(', ')}; there are ${names.join(', ')}`);
    const rest = wants.length > 0 ? [...wants] : names;
    const worker = async (page) => {
      while (rest.length > 0) (await story(page, address, rest.shift())).forEach(note);
    };
    await Promise.all(Array.from({ length: browsers }, () => withPage(note, worker)));
  } finally {
    await server.close();
  }
  console.log(faults === 0 ? 'all screens are fine' : `${faults} findings`);
  return faults === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error) => {
  console.error(error.message);
  return 2;
});
