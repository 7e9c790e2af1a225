// One whole recorded call between two browsers, each Chromium or Firefox: it rings, is accepted, both
// answer the question, talk, one hangs up, the member rates, and each plays the recording. Prints one
// JSON object with what their own statistics say of it.
import { browserWith, click, firefox, playAndSeek, see, signIn, until } from './browser.mjs';

const { base, memberWAV, expertWAV, browsers, seconds } = JSON.parse(process.argv[2]);
const open = { chromium: browserWith, firefox };

const [left, right] = await Promise.all([open[browsers[0]](memberWAV), open[browsers[1]](expertWAV)]);
const result = {};
try {
  const expert = await signIn(right, base, 'dr-lee', { watchPeers: true });
  await until(expert, 'availability', 'state', 'available');
  const member = await signIn(left, base, 'maya', { watchPeers: true });
  await click(member, 'call-dr-lee');
  await see(expert, 'incoming');
  await click(expert, 'accept');
  for (const page of [member, expert]) {
    await see(page, 'question');
    await click(page, 'consent-yes');
  }
  for (const page of [member, expert]) await until(page, 'light', 'state', 'recording');
  await new Promise((r) => setTimeout(r, 1000 * seconds));
  result.member = await statistics(member);
  result.expert = await statistics(expert);
  await click(member, 'hangup');
  for (const [name, page] of Object.entries({ member, expert })) {
    await page.bringToFront();
    await see(page, 'ended');
    result[name].played = await playAndSeek(page);
  }
  await member.bringToFront();
  await click(member, 'star-5');
  result.rated = await (await see(member, 'rated')).evaluate((e) => e.innerText);
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

/** What a page's newest peer connection sent and received; sizes are payload bytes by packet. */
async function statistics(page) {
  return page.evaluate(async () => {
    const report = await globalThis.peersOfTheTest.at(-1).getStats();
    const find = (type) => [...report.values()].find((s) => s.type === type) ?? {};
    const [received, sent] = [find('inbound-rtp'), find('outbound-rtp')];
    return {
      packets: received.packetsReceived ?? 0,
      energy: received.totalAudioEnergy ?? 0,
      receivedSize: received.bytesReceived / received.packetsReceived || 0,
      sentSize: sent.bytesSent / sent.packetsSent || 0,
    };
  });
}
