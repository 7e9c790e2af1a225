// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { aQuestion } from '../client/testing/views';
import type { Question } from '../wire/view';
import { deepActive, nextInRing } from './focus';
import { QuestionDialog, type AnswerEvent, type ShownEvent } from './question';

async function ask(question: Question): Promise<{ dialog: QuestionDialog; answers: string[]; shown: string[] }> {
  const dialog = new QuestionDialog();
  dialog.question = question;
  const answers: string[] = [];
  const shown: string[] = [];
  dialog.addEventListener('question-answer', (event) => {
    const { hash, answer } = (event as AnswerEvent).detail;
    answers.push(`${hash} ${answer}`);
  });
  dialog.addEventListener('question-shown', (event) => shown.push((event as ShownEvent).detail.hash));
  document.body.append(dialog);
  await dialog.updateComplete;
  return { dialog, answers, shown };
}

function part(dialog: QuestionDialog, id: string): HTMLElement {
  return dialog.shadowRoot!.querySelector<HTMLElement>(`[data-testid="${id}"]`)!;
}

afterEach(() => {
  document.body.replaceChildren();
});

describe('the recording question', () => {
  const ways: [name: string, kind: Question['kind'], act: (dialog: QuestionDialog) => void, want: string][] = [
    ['yes', 'question', (d) => part(d, 'consent-yes').click(), 'a1 yes'],
    ['no', 'question', (d) => part(d, 'consent-no').click(), 'a1 no'],
    ['Escape is a no', 'question', (d) => escape(d), 'a1 no'],
    ['closing is a no', 'question', (d) => d.shadowRoot!.querySelector<HTMLElement>('.close')!.click(), 'a1 no'],
    ['going on after a notice is no yes', 'notice', (d) => part(d, 'consent-yes').click(), 'a1 continued'],
    ['Escape on a notice is a no', 'notice', (d) => escape(d), 'a1 no'],
  ];
  it.each(ways)('%s', async (_name, kind, act, want) => {
    const { dialog, answers } = await ask(aQuestion({ kind }));
    act(dialog);
    expect(answers).toEqual([want]);
  });

  it('says once for each wording that it is shown', async () => {
    const { dialog, shown } = await ask(aQuestion());
    dialog.question = aQuestion();
    await dialog.updateComplete;
    dialog.question = aQuestion({ hash: 'b2' });
    await dialog.updateComplete;
    expect(shown).toEqual(['a1', 'b2']);
  });

  it('gives both answers the same look and chooses none before', async () => {
    const { dialog } = await ask(aQuestion());
    expect(part(dialog, 'consent-yes').className).toBe(part(dialog, 'consent-no').className);
    expect(deepActive()?.getAttribute('role'), 'focus').toBe('dialog');
  });

  it('does not take the focus from a control that leaves the call', async () => {
    const hangup = document.createElement('button');
    hangup.dataset.leaves = '';
    document.body.append(hangup);
    hangup.focus();
    await ask(aQuestion());
    expect(deepActive()).toBe(hangup);
  });

  it('shows the wording untouched, in its language and direction', async () => {
    const { dialog } = await ask(aQuestion({ language: 'he', title: 'האם מותר?', body: ['א', 'ב'] }));
    const box = part(dialog, 'question');
    expect(box.lang).toBe('he');
    expect(box.dir).toBe('rtl');
    expect(box.querySelector('h2')?.textContent).toBe('האם מותר?');
    expect([...box.querySelectorAll('.body p')].map((p) => p.textContent)).toEqual(['א', 'ב']);
  });
});

function escape(dialog: QuestionDialog): void {
  part(dialog, 'question').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }));
}

describe('nextInRing', () => {
  const ring = ['yes', 'no', 'hang up'];
  it.each([
    ['yes', false, 'no'],
    ['hang up', false, 'yes'],
    ['yes', true, 'hang up'],
    [null, false, 'yes'],
    ['elsewhere', true, 'hang up'],
  ])('from %s, backwards %s → %s', (from, backwards, want) => {
    expect(nextInRing(ring, from, backwards)).toBe(want);
  });

  it('goes nowhere in an empty ring', () => {
    const next: string | undefined = nextInRing<string>([], null, false);
    expect(next).toBeUndefined();
  });
});
