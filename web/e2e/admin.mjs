// An administrator reads a report, looks into it and settles it, and sees a sign, by the keyboard
// where there is something to write. Prints one JSON object.
import { browserWith, click, see, signIn, step, until } from './browser.mjs';

const { base } = JSON.parse(process.argv[2]);
const browser = await browserWith();
const result = {};
try {
  const page = await signIn(browser, base, 'ada');
  step('the report');
  await until(page, 'state', 'state', 'open');
  await click(page, 'read');
  result.text = await (await see(page, 'text')).evaluate((e) => e.textContent);
  await click(page, 'look');
  await until(page, 'state', 'state', 'looked_at');
  await (await see(page, 'settle-open')).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('spoken to');
  await page.keyboard.press('Enter');
  await until(page, 'state', 'state', 'settled');
  result.note = await (await see(page, 'note')).evaluate((e) => e.textContent);
  step('a filter');
  await (await see(page, 'filter')).evaluate((e) => e.querySelector('input').focus());
  await page.keyboard.type('nobody');
  await page.keyboard.press('Enter');
  await see(page, 'nothing');
  step('the sign');
  await click(page, 'view-signs');
  result.kind = await (await see(page, 'kind')).evaluate((e) => e.dataset.kind);
  result.faults = page.faults;
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));
