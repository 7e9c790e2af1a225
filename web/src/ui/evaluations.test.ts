// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { evaluationsOf, scoredAs } from '../stories/scored';
import { RECORDINGS } from '../stories/data';
import type { EvaluationState, WholeEvaluation } from '../wire/evaluations';
import { asked } from './evaluation.words';
import { speak } from '../i18n/catalogue';
import { Evaluations } from './evaluations';
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
  return { ...scoredAs(state), evaluation: { ...was.evaluation, state, revision: was.evaluation.revision + 1, score: { ...was.evaluation.score, open } }, answers, comment: was.comment };
}

async function scoring(api: Api, recording = RECORDINGS[0]!): Promise<Scoring> {
  const element = Object.assign(new Scoring(), { api, recording });
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot!.querySelector('[data-testid="scoring"]')).not.toBeNull());
  return element;
}

const within = (element: Element, name: string): HTMLElement => element.shadowRoot!.querySelector<HTMLElement>(`[data-testid="${name}"]`)!;
const choose = (element: Element, question: string, verdict: string): void => element.shadowRoot!.querySelector<HTMLInputElement>(`input[name="${question}"][value="${verdict}"]`)!.click();

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
    expect(sent[1]?.[2]).toEqual({ answers: [{ question: 'greeting', verdict: 'yes', comment: '' }, { question: 'purpose', verdict: 'partly', comment: '' }], comment: '' });
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

  it('tells what another tab has changed, and keeps what was typed', async () => {
    const { api, sent } = server('draft');
    const [first, second] = [await scoring(api), await scoring(api)];
    await vi.waitFor(() => expect(within(second, 'question-answer')).not.toBeNull());
    const told = vi.fn();
    document.body.addEventListener('problem', told, { once: true });
    choose(first, 'answer', 'yes');
    await vi.waitFor(() => expect(within(first, 'scoring').dataset.save).toBe('saved'));
    choose(second, 'answer', 'no');
    await vi.waitFor(() => expect(within(second, 'scoring').dataset.save).toBe('unsaved'));
    expect(told).toHaveBeenCalled();
    expect(sent).toHaveLength(2);
    expect(second.shadowRoot!.querySelector<HTMLInputElement>('input[name="answer"][value="no"]')!.checked).toBe(true);
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
