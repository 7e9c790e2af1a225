// A reviewer signs in at the OpenID provider, reloads, and signs out. Prints one JSON object.
import { browserWith, click, see, step } from './browser.mjs';

const { base } = JSON.parse(process.argv[2]);
const browser = await browserWith();
const result = {};
try {
  const page = await browser.newPage();
  page.faults = [];
  page.on('pageerror', (e) => page.faults.push(`page error: ${e.message}`));
  const open = async (path) => {
    step(`open ${path}`);
    await page.goto(base + path, { waitUntil: 'domcontentloaded' });
  };
  await open('/');
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), click(page, 'staff-sign-in')]);
  await see(page, 'sign-out');
  result.cookies = (await browser.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }));
  result.seenByScript = await page.evaluate(() => document.cookie + JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  await page.evaluate(() => sessionStorage.clear()); // as another tab has none
  await open('/');
  await see(page, 'sign-out');
  await click(page, 'sign-out');
  await see(page, 'staff-sign-in');
  await open('/');
  await see(page, 'staff-sign-in');
  result.left = (await browser.cookies()).length;
  result.faults = page.faults;
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));
