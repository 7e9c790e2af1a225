// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { evaluationsOf, scoredAs, SOUND } from '../stories/scored';
import { RECORDINGS } from '../stories/data';
import type { EvaluationState, WholeEvaluation } from '../wire/evaluations';
import { asked } from './evaluation.words';
import { speak } from '../i18n/catalogue';
import { Evaluations } from './evaluations';
import { CallSound } from './callsound';
import type { MomentSeek } from './moments';
import { Scoring } from './scoring';

type Sent = readonly [what: string, match: string | null, body: unknown];

/** A server that counts the revisions of one evaluation, and answers 412 for another than the last. */
function server(state: EvaluationState, begun = true): { api: Api; sent: Sent[] } {
  let now: WholeEvaluation = scoredAs(state, begun);
  const sent: Sent[] = [];
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    const body = init.body === undefined ? null : (JSON.parse(init.body as string) as Record<string, unknown>);
    const match = new Headers(init.headers).get('If-Match');
    if (init.method !== undefined) sent.push([`${init.method} ${path.replace('/api/v1/', '')}`, match, body]);
    if (match !== null && match !== `"${now.evaluation.revision}"`) {
      return Promise.resolve(new Response(JSON.stringify({ type: '/problems/not-as-read', title: 'x', status: 412, detail: 'x' }), { status: 412 }));
    }
    if (init.method !== undefined) now = changed(now, path, body ?? {});
    return Promise.resolve(new Response(JSON.stringify(path.includes('evaluations?') ? { evaluations: evaluationsOf(now.evaluation.state), next: '' } : now)));
  };
  return { api: new Api({ fetch, token: () => 'secret' }), sent };
}

function changed(was: WholeEvaluation, path: string, body: Record<string, unknown>): WholeEvaluation {
  const state = path.endsWith('/release') ? 'released' : path.endsWith('/dispute') ? 'disputed' : path.endsWith('/settlement') ? 'settled' : 'draft';
  const answers = (body.answers ?? was.answers) as WholeEvaluation['answers'];
  const open = scoredAs('draft', false).evaluation.score.open.filter((id) => !answers.some(({ question, verdict }) => question === id && verdict !== ''));
  return { ...scoredAs(state), evaluation: { ...was.evaluation, state, revision: was.evaluation.revision + 1, score: { ...was.evaluation.score, open } }, answers, comment: (body.comment ?? was.comment) as string, moments: (body.moments ?? was.moments) as WholeEvaluation['moments'] };
}

async function scoring(api: Api, recording = RECORDINGS[0]!): Promise<Scoring> {
  const element = Object.assign(new Scoring(), { api, recording });
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot!.querySelector('[data-testid="scoring"]')).not.toBeNull());
  return element;
}

const within = (element: Element, name: string): HTMLElement => element.shadowRoot!.querySelector<HTMLElement>(`[data-testid="${name}"]`)!;
const choose = (element: Element, question: string, verdict: string): void => element.shadowRoot!.querySelector<HTMLInputElement>(`input[name="${question}"][value="${verdict}"]`)!.click();

const momentsOf = (element: Element): Element => element.shadowRoot!.querySelector('parley-moments')!;

function type(element: Element, field: string, text: string): void {
  const area = within(element, field) as HTMLTextAreaElement;
  area.value = text;
  area.dispatchEvent(new Event('input'));
}

afterEach(() => document.body.replaceChildren());

describe('scoring', () => {
  it('saves each answer, one request after the other, by the revision that it has', async () => {
    const { api, sent } = server('draft', false);
    const element = await scoring(api);
    await vi.waitFor(() => expect(within(element, 'question-greeting')).not.toBeNull());
    choose(element, 'greeting', 'yes');
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    choose(element, 'purpose', 'partly');
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    await vi.waitFor(() => expect(within(element, 'scoring').dataset.save).toBe('saved'));
    expect(sent.map(([what, match]) => [what, match])).toEqual([
      ['PUT recordings/r1/evaluation', '"0"'],
      ['PUT recordings/r1/evaluation', '"1"'],
    ]);
    expect(sent[1]?.[2]).toEqual({ answers: [{ question: 'greeting', verdict: 'yes', comment: '' }, { question: 'purpose', verdict: 'partly', comment: '' }], comment: '', moments: [] });
  });

  it('is not released while a question is open, and is read only afterwards', async () => {
    const { api, sent } = server('draft');
    const element = await scoring(api);
    await vi.waitFor(() => expect(within(element, 'release')).not.toBeNull());
    within(element, 'release').click();
    await vi.waitFor(() => expect(element.shadowRoot!.activeElement?.getAttribute('name')).toBe('answer'));
    expect(sent).toEqual([]);
    for (const id of ['answer', 'limits', 'summary', 'next', 'privacy', 'safe']) choose(element, id, 'yes');
    await vi.waitFor(() => expect(within(element, 'score').dataset.open).toBe('0'));
    within(element, 'release').click();
    await vi.waitFor(() => expect(within(element, 'released')).not.toBeNull());
    expect(sent.at(-1)?.[0]).toBe('POST recordings/r1/evaluation/release');
    expect(element.shadowRoot!.querySelector('input')).toBeNull();
  });

  /** Two windows of which the first has answered, and the second otherwise since. */
  async function clashed(): Promise<{ second: Scoring; panel: HTMLElement; sent: Sent[] }> {
    const { api, sent } = server('draft');
    const [first, second] = [await scoring(api), await scoring(api)];
    await vi.waitFor(() => expect(within(second, 'question-answer')).not.toBeNull());
    choose(first, 'answer', 'yes');
    await vi.waitFor(() => expect(within(first, 'scoring').dataset.save).toBe('saved'));
    type(second, 'comment-answer', 'never, as I heard it');
    choose(second, 'answer', 'no');
    await vi.waitFor(() => expect(second.shadowRoot!.querySelector('parley-clashes')).not.toBeNull());
    const panel = second.shadowRoot!.querySelector<HTMLElement>('parley-clashes')!;
    await vi.waitFor(() => expect(within(panel, 'clash')).not.toBeNull());
    return { second, panel, sent };
  }

  it('shows what another window has written, and keeps what was typed until the person decides', async () => {
    const { second, panel, sent } = await clashed();
    expect(within(panel, 'clash-there').textContent).toBe('Yes');
    expect(within(panel, 'clash-here').textContent).toBe('No · never, as I heard it');
    expect(second.shadowRoot!.querySelector<HTMLInputElement>('input[name="answer"][value="no"]')!.checked).toBe(true);
    choose(second, 'safe', 'yes');
    await new Promise((later) => setTimeout(later));
    expect(sent, 'nothing is written over what the other has written').toHaveLength(2);
    expect((within(second, 'release') as HTMLButtonElement).disabled).toBe(true);
    within(panel, 'clash-keep').click();
    await vi.waitFor(() => expect(within(second, 'scoring').dataset.save).toBe('saved'));
    const { answers } = sent.at(-1)?.[2] as { answers: { question: string }[] };
    expect(answers.find(({ question }) => question === 'answer')).toEqual({ question: 'answer', verdict: 'no', comment: 'never, as I heard it' });
    expect(answers.find(({ question }) => question === 'safe')).toBeDefined();
    expect(second.shadowRoot!.querySelector('parley-clashes')).toBeNull();
  });

  it('takes what is there if the person says so', async () => {
    const { second, panel, sent } = await clashed();
    within(panel, 'clash-take').click();
    await vi.waitFor(() => expect(within(second, 'scoring').dataset.save).toBe('saved'));
    const { answers } = sent.at(-1)?.[2] as { answers: { question: string }[] };
    expect(answers.find(({ question }) => question === 'answer')).toEqual({ question: 'answer', verdict: 'yes', comment: '' });
    expect(second.shadowRoot!.querySelector<HTMLInputElement>('input[name="answer"][value="yes"]')!.checked).toBe(true);
  });

  it('asks nothing where another window has answered another question', async () => {
    const { api, sent } = server('draft');
    const [first, second] = [await scoring(api), await scoring(api)];
    await vi.waitFor(() => expect(within(second, 'question-answer')).not.toBeNull());
    choose(first, 'answer', 'yes');
    await vi.waitFor(() => expect(within(first, 'scoring').dataset.save).toBe('saved'));
    choose(second, 'safe', 'no');
    await vi.waitFor(() => expect(within(second, 'scoring').dataset.save).toBe('saved'));
    const { answers } = sent.at(-1)?.[2] as { answers: { question: string; verdict: string }[] };
    expect(answers.filter(({ question }) => ['answer', 'safe'].includes(question)).map(({ verdict }) => verdict).sort()).toEqual(['no', 'yes']);
    expect(sent.map(([, match]) => match)).toEqual(['"5"', '"5"', '"6"']);
  });

  it('tells what came too late for what another window has released', async () => {
    const { api } = server('draft');
    const [first, second] = [await scoring(api), await scoring(api)];
    for (const id of ['answer', 'limits', 'summary', 'next', 'privacy', 'safe']) choose(first, id, 'yes');
    await vi.waitFor(() => expect(within(first, 'score').dataset.open).toBe('0'));
    within(first, 'release').click();
    await vi.waitFor(() => expect(within(first, 'released')).not.toBeNull());
    second.noteAt(3000);
    await vi.waitFor(() => expect(within(momentsOf(second), 'moment-text')).not.toBeNull());
    type(momentsOf(second), 'moment-text', 'too late');
    choose(second, 'answer', 'no');
    await vi.waitFor(() => expect(second.shadowRoot!.querySelector('parley-clashes')).not.toBeNull());
    const panel = second.shadowRoot!.querySelector('parley-clashes')!;
    await vi.waitFor(() => expect(panel.shadowRoot!.textContent).toContain('too late'));
    expect(within(panel, 'clash-here').textContent).toBe('No');
    expect(within(panel, 'clash-keep')).toBeNull();
  });

  it('keeps comments to moments in the order of the recording, and none without a word', async () => {
    const { api, sent } = server('draft', false);
    const element = await scoring(api);
    await vi.waitFor(() => expect(within(element, 'question-greeting')).not.toBeNull());
    element.noteAt(9000.4);
    await vi.waitFor(() => expect(momentsOf(element).shadowRoot!.activeElement?.getAttribute('data-testid')).toBe('moment-text'));
    type(momentsOf(element), 'moment-text', ' later ');
    element.noteAt(1000);
    await vi.waitFor(() => expect(momentsOf(element).shadowRoot!.querySelectorAll('li')).toHaveLength(2));
    type(momentsOf(element), 'moment-text', 'sooner');
    element.noteAt(5000);
    await vi.waitFor(() => expect((sent.at(-1)?.[2] as { moments: object[] } | undefined)?.moments).toEqual([{ at_ms: 1000, text: 'sooner' }, { at_ms: 9000, text: 'later' }]), { timeout: 3000 });
    const sought: number[] = [];
    element.addEventListener('moment-seek', (event) => sought.push((event as MomentSeek).detail));
    within(momentsOf(element), 'moment-seek').click();
    expect(sought).toEqual([1000]);
    within(momentsOf(element), 'moment-remove').click();
    await vi.waitFor(() => expect((sent.at(-1)?.[2] as { moments: object[] }).moments).toEqual([{ at_ms: 9000, text: 'later' }]), { timeout: 3000 });
  });

  it('is not offered where a voice was erased', async () => {
    const { api } = server('draft');
    const element = await scoring(api, { ...RECORDINGS[0]!, erased: ['member'] });
    expect(element.shadowRoot!.querySelector('fieldset')).toBeNull();
    expect(within(element, 'scoring').textContent).toContain('not scored any more');
  });
});

async function listed(state: EvaluationState, lead: boolean): Promise<{ element: Evaluations; sent: Sent[] }> {
  const { api, sent } = server(state);
  const element = Object.assign(new Evaluations(), { api, lead });
  document.body.append(element);
  await vi.waitFor(() => expect(within(element, 'incident')).not.toBeNull());
  const row = element.shadowRoot!.querySelector<HTMLDetailsElement>('details.whole')!;
  row.open = true;
  row.dispatchEvent(new Event('toggle'));
  await vi.waitFor(() => expect(element.shadowRoot!.querySelector('parley-evaluation')).not.toBeNull());
  return { element, sent };
}

function send(element: Element, field: string, text: string, button: string): void {
  (within(element, field) as HTMLTextAreaElement).value = text;
  const form = within(element, field).closest('form')!;
  form.dispatchEvent(Object.assign(new Event('submit', { cancelable: true }), { submitter: within(element, button) }));
}

describe('the evaluations of an expert', () => {
  it('tell the score and what became of it', async () => {
    const { element } = await listed('released', false);
    const outcomes = [...element.shadowRoot!.querySelectorAll('[data-testid="outcome"]')].map((one) => one.textContent);
    expect(outcomes).toEqual(['Passed', 'Withdrawn: it does not count', 'Not passed']);
    expect(element.shadowRoot!.textContent).not.toContain('quinn');
  });

  it('say what was said to which moment', async () => {
    const { element } = await listed('released', false);
    const sheet = element.shadowRoot!.querySelector('parley-evaluation')!;
    await vi.waitFor(() => expect(within(sheet, 'moments-read')).not.toBeNull());
    expect(within(sheet, 'moments-read').textContent.replace(/\s+/g, ' ')).toContain('3:10 Here she is interrupted for the second time.');
    expect(within(sheet, 'moment-seek'), 'there is no player beside it').toBeNull();
  });

  it('can be disputed, once', async () => {
    const { element, sent } = await listed('released', false);
    send(element, 'dispute-input', ' she asked me to ', 'dispute-send');
    await vi.waitFor(() => expect(within(element, 'outcome').dataset.state).toBe('disputed'));
    expect(sent).toEqual([['POST evaluations/evl_1/dispute', null, { text: 'she asked me to' }]]);
    expect(within(element, 'dispute-input')).toBeNull();
  });
});

describe('disputes', () => {
  it.each([
    ['stands', true],
    ['withdraw', false],
  ])('are answered: %s', async (button, stands) => {
    const { element, sent } = await listed('disputed', true);
    expect(element.shadowRoot!.textContent).toContain('quinn');
    send(element, 'settle-text', 'I have heard it too', button);
    await vi.waitFor(() => expect(within(element, 'outcome').dataset.state).toBe('settled'));
    expect(sent).toEqual([['POST evaluations/evl_1/settlement', null, { stands, text: 'I have heard it too' }]]);
    expect(within(element, 'settle-text')).toBeNull();
  });
});

it('every section and question of the form has words', () => {
  const { t } = speak('de');
  for (const { id, questions } of scoredAs('draft').form.sections) {
    for (const name of [id, ...questions.map((question) => question.id)]) expect(asked(t, name)).not.toBe(name);
  }
  expect(asked(t, 'constructor')).toBe('constructor');
});

describe('how the call sounded', () => {
  const shown = async (sound: unknown): Promise<CallSound> => {
    const api = new Api({ fetch: () => Promise.resolve(new Response(JSON.stringify({ ...RECORDINGS[0], sound }))), token: () => 'secret' });
    const element = Object.assign(new CallSound(), { api, recording: 'r1' });
    document.body.append(element);
    await new Promise((later) => setTimeout(later));
    await element.updateComplete;
    return element;
  };

  it('is told in words and figures, and opened where somebody was heard badly', async () => {
    const element = await shown(SOUND);
    expect((within(element, 'call-sound') as HTMLDetailsElement).open).toBe(true);
    const member = within(element, 'sound-member').textContent.replace(/\s+/g, ' ');
    expect(member).toContain('poor, some of it was lost');
    expect(member).toContain('MOS 2.9 (at worst 2.3) · loss 4.2% (at worst 16.8%) · jitter 18 ms (at worst 36 ms)');
    expect(within(element, 'sound-absences').textContent).toContain('2');
    expect(within(element, 'sound-expert').textContent).toContain('excellent');
  });

  it('is not there where it is not known', async () => {
    expect(within(await shown(undefined), 'call-sound')).toBeNull();
  });
});
