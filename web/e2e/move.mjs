// A call whose member's network changes again and again. The member's browser (Chromium, or Firefox
// when told) runs where this script does, the expert's Chromium where EXPERT_CHROMIUM starts it. Once
// both hear each other it prints a line. For each line of input, which says when the network was
// changed (milliseconds since 1970), it prints how long each of the two then heard nothing of the
// other. At the end of the input it hangs up.
import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';
import { browserWith, chromiumArguments, click, firefox, see, signIn, until } from './browser.mjs';
import { listen, silence } from './hearing.mjs';

const { base, memberWAV, expertWAV, browser } = JSON.parse(process.argv[2]);

const browsers = await Promise.all([
  browser === 'firefox' ? firefox({ acceptInsecureCerts: true }) : browserWith(memberWAV),
  // Over a pipe, for the script's network does not reach the other browser's.
  puppeteer.launch({ executablePath: process.env.EXPERT_CHROMIUM, headless: true, pipe: true, args: chromiumArguments(expertWAV) }),
]);
try {
  const [member, expert] = [await signIn(browsers[0], base, 'maya', { watchPeers: true }), await signIn(browsers[1], base, 'dr-lee', { watchPeers: true })];
  await until(expert, 'availability', 'state', 'available');
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-yes');
  }
  for (const page of [member, expert]) {
    await until(page, 'light', 'state', 'recording');
    await listen(page);
  }
  const heard = await Promise.all([member, expert].map((page) => silence(page, 0)));
  console.log(JSON.stringify({ heard: heard.length === 2 }));
  for await (const line of createInterface({ input: process.stdin })) {
    const at = Number(line);
    const [atMember, atExpert] = await Promise.all([silence(member, at, expert), silence(expert, at, member)]);
    const connections = await Promise.all([member, expert].map((page) => page.evaluate(() => globalThis.peersOfTheTest.length)));
    console.log(JSON.stringify({ member: atMember, expert: atExpert, connections }));
  }
  for (const page of [member, expert]) await until(page, 'light', 'state', 'recording');
  await click(member, 'hangup');
  for (const page of [member, expert]) await see(page, 'ended');
} finally {
  await Promise.allSettled(browsers.map((one) => one.close()));
}
