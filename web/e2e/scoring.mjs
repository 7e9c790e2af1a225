// What becomes of a call that was recorded: a reviewer scores it, the expert disputes, a lead answers.
import { click, picture, see, seeAny, step, until } from './browser.mjs';

/** What each of them writes. A server keeps no word of it in the clear. */
export const WORDS = {
  comment: 'canary-comment: it stayed open what she asked',
  moment: 'canary-moment: here she asks',
  overall: 'canary-overall: warm and careful',
  dispute: 'canary-dispute: one can hear the answer',
  settlement: 'canary-settlement: heard it too, and it stands',
};

/** Scores the recording that is open in the reviewer's page, all with yes but one, and releases it. */
export async function score(page, pictures) {
  await page.bringToFront();
  await until(page, 'scoring', 'state', 'draft');
  const questions = await page.$$('>>> [data-testid^="question-"]');
  step(`answer ${questions.length} questions`);
  for (const question of questions) {
    const id = (await question.evaluate((e) => e.dataset.testid)).replace('question-', '');
    await (await question.$(`input[value="${id === 'answer' ? 'no' : 'yes'}"]`)).click();
    if (id !== 'answer') continue;
    await (await question.$('summary')).click();
    await (await question.$('textarea')).type(WORDS.comment);
  }
  await (await see(page, 'overall')).type(WORDS.overall);
  const moment = await comment(page);
  await until(page, 'score', 'open', '0');
  await until(page, 'scoring', 'save', 'saved');
  await picture(page, pictures, 'qa-scored');
  await click(page, 'release');
  await see(page, 'released');
  return { percent: Number(await (await see(page, 'score')).evaluate((e) => e.dataset.percent)), moment, sound: await said(page, 'call-sound') };
}

/** Comments on the place that is heard, by the key, goes away from it, and back by its time; tells where that is. */
async function comment(page) {
  const position = async () => Number(await (await see(page, 'player')).evaluate((e) => e.dataset.position));
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('n');
  await see(page, 'moment-text');
  await page.keyboard.type(WORDS.moment);
  await page.keyboard.press('Escape');
  await until(page, 'player', 'playing', 'false');
  const from = await position();
  await page.keyboard.press('Home');
  await until(page, 'player', 'position', '0.00');
  const time = await said(page, 'moment-seek');
  await click(page, 'moment-seek');
  await until(page, 'player', 'playing', 'false');
  return { time, from, to: await position() };
}

/** Reads a page anew, and opens its newest evaluation. */
async function reopen(page) {
  await page.reload({ waitUntil: 'domcontentloaded' });
  await open(page);
}

/** Opens the newest evaluation of a page. */
async function open(page) {
  await page.bringToFront();
  await (await seeAny(page, 'open-')).click();
  await see(page, 'sheet');
}

/** The text of an element. */
async function said(page, id) {
  return (await see(page, id)).evaluate((e) => e.textContent.replace(/\s+/g, ' ').trim());
}

/** The expert reads what was released, and disputes it. */
export async function dispute(page, pictures) {
  await reopen(page);
  const read = await said(page, 'sheet');
  const percent = await said(page, 'percent');
  await click(page, 'dispute-open');
  await (await see(page, 'dispute-input')).type(WORDS.dispute);
  await picture(page, pictures, 'expert-evaluation');
  await click(page, 'dispute-send');
  await until(page, 'outcome', 'state', 'disputed');
  return { read, percent };
}

/** A lead reads what the expert says, and answers that the evaluation stands. */
export async function settle(page, pictures) {
  await open(page);
  const read = await said(page, 'dispute-text');
  await (await see(page, 'settle-text')).type(WORDS.settlement);
  await picture(page, pictures, 'lead-dispute');
  await click(page, 'stands');
  await until(page, 'outcome', 'state', 'settled');
  return read;
}

/** The expert reads the answer. */
export async function readAnswer(page, pictures) {
  await reopen(page);
  await picture(page, pictures, 'expert-settled');
  return said(page, 'settlement-text');
}
