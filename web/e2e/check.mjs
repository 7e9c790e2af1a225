// The check before the first call, in a browser of the given kind whose microphone works, is denied
// or is not there. Prints one JSON object with what the page says.
import { browserWith, click, firefox, see, signIn, step, until } from './browser.mjs';

const { base, wav, browser: kind, microphone, once } = JSON.parse(process.argv[2]);
const browser = kind === 'firefox' ? await firefox() : await browserWith(wav, { devices: microphone !== 'missing', allow: microphone !== 'denied' });
let result;
try {
  await signIn(browser, base, 'dr-lee'); // somebody to call
  const page = await signIn(browser, base, 'maya', { check: true });
  await until(page, 'check', 'state', 'done', 40_000);
  const data = (id) => page.$eval(`>>> [data-testid="${id}"]`, (e) => ({ ...e.dataset }));
  const text = (id) => page.$eval(`>>> [data-testid="${id}"]`, (e) => e.innerText);
  const { way, faults } = await data('check');
  const ways = {};
  for (const one of ['udp', 'tcp', 'relay-udp', 'relay-tcp', 'relay-tls']) ways[one] = (await data(`check-way-${one}`)).state;
  result = { way, faults, ways, lost: Number((await data('check-measured').catch(() => ({ lost: 1 }))).lost), connection: await text('check-connection'), mark: (await data('check-connection')).mark };
  step(JSON.stringify(result));
  // Where the browser tells that the microphone is allowed the check has turned it on by itself.
  const button = await page.$('>>> [data-testid="check-microphone-try"]');
  await button?.click();
  // Without a sound card Firefox runs no meters: there it stays at the request to speak.
  if (kind === 'firefox') await see(page, 'check-microphone"][data-mark="');
  else await until(page, 'check-microphone', 'mark', microphone === 'works' ? 'ok' : 'bad', 20_000);
  result.microphone = await text('check-microphone');
  await click(page, 'check-play');
  await see(page, 'check-heard');
  await click(page, 'check-heard');
  await until(page, 'check-speaker', 'mark', 'ok');
  result.passed = await page.evaluate(() => sessionStorage.getItem('parley.checked') === 'yes');
  await until(page, 'expert-dr-lee', 'state', 'available');
  result.blocked = !(await page.$('>>> [data-testid="call-dr-lee"]:enabled'));
  if (result.passed && !once) await again(page);
  result.faultsOfThePage = page.faults.filter((fault) => !fault.includes('navigator.mediaDevices is undefined')); // of the empty page before it
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));

/** In the same tab the check does not run again by itself, but when it is asked to. */
async function again(page) {
  await page.reload({ waitUntil: 'domcontentloaded' });
  await until(page, 'check', 'state', 'idle');
  await see(page, 'call-dr-lee');
  result.word = await page.$eval('>>> [data-testid="check-word"]', (e) => e.innerText);
  await click(page, 'check-summary');
  await click(page, 'check-again');
  await until(page, 'check', 'state', 'done', 40_000);
  result.again = await page.$eval('>>> [data-testid="check"]', (e) => e.dataset.faults);
}
