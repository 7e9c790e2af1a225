// A call through <parley-call> in a page of another site: the member there, the expert in the
// server's own page. Then frames with the server's own page, in a site that may have one and in one
// that may not. Prints one JSON object.
import { browserWith, click, picture, see, signIn, step, until } from './browser.mjs';

const { base, site, framing, memberWAV, expertWAV, pictures } = JSON.parse(process.argv[2]);
const [left, right] = await Promise.all([browserWith(memberWAV), browserWith(expertWAV)]);
const result = {};
try {
  const expert = await signIn(right, base, 'dr-lee');
  await until(expert, 'availability', 'state', 'available');

  const member = await left.newPage();
  member.faults = [];
  member.on('pageerror', (e) => member.faults.push(`page error: ${e.message}`));
  member.on('console', (m) => { if (m.type() === 'error') member.faults.push(`console: ${m.text()}`); });
  const asked = [];
  member.on('request', (request) => asked.push(request.url()));
  await member.evaluateOnNewDocument(() => {
    globalThis.heardOfTheTest = [];
    for (const name of ['parley-online', 'parley-call', 'parley-recording', 'parley-ended']) {
      addEventListener(name, ({ detail }) => globalThis.heardOfTheTest.push(`${name} ${detail.state ?? detail.reason ?? detail.role}`));
    }
  });
  step(`open ${site}`);
  await member.goto(site, { waitUntil: 'domcontentloaded' });
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await page.bringToFront();
    await see(page, 'question');
    if (page === member) await picture(member, pictures, 'embedded-question');
    await click(page, 'consent-yes');
  }
  for (const page of [member, expert]) await until(page, 'light', 'state', 'recording');
  result.energy = await energy(member);
  await picture(member, pictures, 'embedded-call');
  result.styled = await (await see(member, 'hangup')).evaluate((e) => getComputedStyle(e).textTransform);
  await new Promise((r) => setTimeout(r, 1200)); // a shorter call than the server was told cannot be rated
  await click(member, 'hangup');
  await see(member, 'ended');
  await see(member, 'receipt');
  result.said = await member.$eval('#said', (e) => e.textContent);
  await picture(member, pictures, 'embedded-ended');
  await click(member, 'star-4');
  await click(member, 'survey-send');
  result.rated = await (await see(member, 'rated')).evaluate((e) => e.textContent);
  await click(member, 'report-open');
  await click(member, 'report-send');
  await see(member, 'reported');
  for (const pressed of ['true', 'false']) {
    await click(member, 'block');
    await see(member, `block"][aria-pressed="${pressed}`);
  }
  await picture(member, pictures, 'embedded-rated');
  await click(member, 'done');
  result.talk = await (await see(member, 'call-dr-lee')).evaluate((e) => getComputedStyle(e).getPropertyValue('--talk').trim());
  result.paper = await member.$eval('parley-call', (e) => getComputedStyle(e).backgroundColor);
  result.heard = await member.evaluate(() => globalThis.heardOfTheTest);
  result.stored = await member.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]));
  result.german = await member.evaluate(async (base) => (await import(`${base}/embed/parley-call.de.js`)).de['action.done'], base);
  result.asked = [...asked];
  result.faults = [...member.faults, ...expert.faults];

  step('frames');
  result.refused = await framed(member, async () => {}); // the browser says so in its console, which is no fault
  const other = await left.newPage();
  await other.goto(framing, { waitUntil: 'domcontentloaded' });
  result.framed = await framed(other, async (frame) => {
    await (await frame.waitForSelector('>>> [data-testid="person-maya"]')).click();
    await frame.waitForSelector('>>> [data-testid="expert-dr-lee"]');
    return frame.evaluate(async () => {
      const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks();
      track.stop();
      return track.kind;
    });
  });
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

/** Puts the server's own page into a frame of a page; what `use` makes of it, or where the browser went instead. */
async function framed(page, use) {
  const handle = await page.evaluateHandle(async (base) => {
    const frame = Object.assign(document.createElement('iframe'), { src: `${base}/`, allow: 'microphone', width: 600, height: 800 });
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    document.body.append(frame);
    await loaded;
    return frame;
  }, base);
  const frame = await handle.contentFrame();
  return frame.url().startsWith(base) ? use(frame) : frame.url();
}

/** Waits until the element's audio plays sound, and says how loud its loudest sample was. */
async function energy(page) {
  return page.evaluate(async () => {
    const audio = document.querySelector('parley-call').shadowRoot.querySelector('audio');
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    const source = context.createMediaStreamSource(audio.srcObject);
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    for (const end = Date.now() + 10000; loudest < 0.05 && Date.now() < end; ) {
      await new Promise((r) => setTimeout(r, 50));
      analyser.getFloatTimeDomainData(samples);
      loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), loudest);
    }
    await context.close();
    return loudest;
  });
}
