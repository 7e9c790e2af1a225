// One call between a member and an expert in two separate browsers, each
// answering the recording question as told; with both agreeing, a reviewer
// then finds and plays the recording, and if told so scores it. Prints one JSON object.
import { join } from 'node:path';
import { browserWith, click, picture, playAndSeek, recordHeard, see, seeAny, signIn, until } from './browser.mjs';
import { dispute, readAnswer, score, settle, WORDS } from './scoring.mjs';

const args = JSON.parse(process.argv[2]);
const { base, memberWAV, expertWAV, answers, scored, out, pictures } = args;
const recorded = answers.member === 'yes' && answers.expert === 'yes';
const result = { lights: {}, faults: [] };

const [left, right] = await Promise.all([browserWith(memberWAV), browserWith(expertWAV)]);
try {
  const expert = await signIn(right, base, 'dr-lee');
  await until(expert, 'availability', 'state', 'available');
  const reviewer = await signIn(right, base, 'robin');
  const member = await signIn(left, base, 'maya');
  await see(member, 'call-dr-lee');
  await expert.evaluate(watchSound);
  await picture(member, pictures, 'member-directory');
  await click(member, 'call-dr-lee');

  await expert.bringToFront();
  await see(expert, 'incoming');
  await expert.waitForFunction(() => window.sound.peers.some((peer) => peer.connectionState === 'connected'), { timeout: 15000 });
  const { asked, sent } = await expert.evaluate(soundNow);
  if (asked > 0 || sent > 0) result.faults.push(`while it rings the expert's microphone was opened ${asked} times, and ${sent} sent`);
  await picture(expert, pictures, 'expert-ringing');
  await picture(member, pictures, 'member-ringing');
  await click(expert, 'accept');
  await answer(member, answers.member, 'member');
  await answer(expert, answers.expert, 'expert');

  const light = recorded ? 'recording' : 'off';
  for (const [name, page] of [['member', member], ['expert', expert]]) {
    await until(page, 'call-state', 'state', 'active');
    await until(page, 'light', 'state', light);
    result.lights[name] = light;
  }
  const { connections } = await expert.evaluate(soundNow);
  if (connections !== 1) result.faults.push(`the expert's page made ${connections} connections, want the one of while it rang`);
  await Promise.all([
    recordHeard(member, 9, join(out, 'heard-by-member.wav')),
    recordHeard(expert, 9, join(out, 'heard-by-expert.wav')),
  ]);
  await picture(member, pictures, `member-call-${light}`);
  await picture(expert, pictures, `expert-call-${light}`);

  const hungUp = Date.now();
  await click(member, 'hangup');
  await see(member, 'ended');
  await see(expert, 'ended');
  if (recorded) await review(reviewer, hungUp);
  await picture(member, pictures, 'member-ended');
  result.faults = [...member.faults, ...expert.faults, ...reviewer.faults];
  if (scored) await evaluate(reviewer, expert);
} catch (error) {
  for (const browser of [left, right]) {
    for (const [i, page] of (await browser.pages()).entries()) {
      await picture(page, pictures, `failed-${browser === left ? 'left' : 'right'}-${i}`).catch(() => {});
    }
  }
  throw error;
} finally {
  await Promise.allSettled([left.close(), right.close()]);
}
console.log(JSON.stringify(result));

/** Looks at why one is asked, then answers. */
async function answer(page, what, name) {
  await page.bringToFront();
  await see(page, 'question');
  await click(page, 'why');
  await picture(page, pictures, `${name}-question`);
  await click(page, `consent-${what}`);
}

/** The reviewer's list shows the call, and it plays and seeks in the page. */
async function review(page, hungUp) {
  const row = await seeAny(page, 'recording-');
  result.readyMs = Date.now() - hungUp;
  result.recording = (await row.evaluate((e) => e.dataset.testid)).replace('recording-', '');
  await page.bringToFront();
  await row.click();
  await picture(page, pictures, 'qa-reason');
  const reason = await page.$('>>> [data-testid="reason"]');
  if (reason) await chooseReason(page, reason);
  Object.assign(result, await playAndSeek(page, () => picture(page, pictures, 'qa-playing')));
}

/** The reviewer scores what is open, the expert disputes it, a lead answers, and the expert sees that. */
async function evaluate(reviewer, expert) {
  const reviewed = await score(reviewer, pictures);
  const expertRead = await dispute(expert, pictures);
  const lead = await signIn(right, base, 'lena');
  const leadRead = await settle(lead, pictures);
  result.evaluation = { ...reviewed, expertRead: expertRead.read, expertPercent: expertRead.percent, leadRead, answer: await readAnswer(expert, pictures), words: WORDS };
  result.faults = [...result.faults, ...lead.faults];
}

async function chooseReason(page, reason) {
  const tag = await reason.evaluate((e) => e.tagName);
  if (tag === 'SELECT') {
    await reason.evaluate((e) => {
      e.selectedIndex = Math.min(1, e.options.length - 1);
      e.dispatchEvent(new Event('change', { bubbles: true, composed: true }));
    });
  } else {
    await reason.type('quality sample');
  }
}

/** Counts, in the page, how often the microphone is asked for, and keeps the connections. */
function watchSound() {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.sound = { asked: 0, peers: [] };
  navigator.mediaDevices.getUserMedia = (constraints) => {
    window.sound.asked++;
    return ask(constraints);
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(config) {
      super(config);
      window.sound.peers.push(this);
    }
  };
}

function soundNow() {
  const { asked, peers } = window.sound;
  const sent = peers.flatMap((peer) => peer.getSenders()).filter((sender) => sender.track !== null).length;
  return { asked, sent, connections: peers.length };
}
