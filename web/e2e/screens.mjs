// Saves a picture of every story, light and dark, desktop and phone, to e2e/out, and lets axe look
// at each. Exits with 1 when axe finds something or a page is wider than its window.
// Arguments name the stories to draw; without any, all are drawn.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';
import { build, preview } from 'vite';

const out = new URL('./out/', import.meta.url);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const sizes = {
  desktop: { width: 1280, height: 860 },
  phone: { width: 360, height: 720, isMobile: true, hasTouch: true },
};

/** Draws one story and returns what is wrong with it, one line each. */
async function draw(page, address, name, scheme, size) {
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  await page.goto(`${address}story.html?screen=${name}`, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('body[data-ready]', { timeout: 10_000 });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.screenshot({ path: new URL(`${name}.${size}.${scheme}.png`, out).pathname });
  await page.evaluate(axe);
  const findings = await page.evaluate(async (tags) => {
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    return [
      ...result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.flat().join(' > ')}: ${n.failureSummary}`)),
      ...(wide > 0 ? [`page is ${wide} px wider than the window`] : []),
    ];
  }, rules);
  return findings.map((finding) => `${name} (${size}, ${scheme}): ${finding}`);
}

async function storyNames(page, address) {
  await page.goto(`${address}story.html`);
  const body = await page.waitForSelector('body[data-screens]');
  return body.evaluate((b) => b.dataset.screens.split(' '));
}

async function main(wanted) {
  await mkdir(out, { recursive: true });
  const site = { outDir: 'e2e/out/site', rolldownOptions: { input: 'story.html' } };
  await build({ build: site, logLevel: 'error' });
  const server = await preview({ build: site, preview: { port: 0 }, logLevel: 'error' });
  const address = server.resolvedUrls.local[0];
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
  const faults = [];
  try {
    const names = wanted.length > 0 ? wanted : await storyNames(await browser.newPage(), address);
    for (const size of Object.keys(sizes)) {
      const page = await browser.newPage();
      page.on('pageerror', (error) => faults.push(`error in the page: ${error.message.split('\n', 1)[0]}`));
      await page.setViewport(sizes[size]);
      for (const name of names) {
        for (const scheme of ['light', 'dark']) faults.push(...(await draw(page, address, name, scheme, size)));
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? 'all screens are fine' : `${faults.length} findings`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
