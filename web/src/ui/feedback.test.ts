// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import type { CallView } from '../wire/view';
import { FeedbackForm } from './feedback';
import { type Draft, Messages } from './messages';
import { BlockedPeople } from './people';

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly body: unknown;
}

/** An API whose answers stand by path; what was asked is written down. */
function server(answers: Record<string, object>): { api: Api; asked: Asked[] } {
  const asked: Asked[] = [];
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    asked.push({ path, method: init.method ?? 'GET', body: typeof init.body === 'string' ? JSON.parse(init.body) : null });
    return Promise.resolve(new Response(JSON.stringify(answers[path] ?? {})));
  };
  return { api: new Api({ fetch, token: () => 'secret' }), asked };
}

const call = { id: 'c1', peer: { id: 'lee', name: 'Dr. Lee' } } as unknown as CallView;

function within(element: Element, name: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(`[data-testid="${name}"]`);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

const send = (form: HTMLElement): boolean => form.dispatchEvent(new Event('submit', { cancelable: true }));

afterEach(() => document.body.replaceChildren());

const bare = { stars: 4, sound: null, again: null, comment: '', at: '2026-11-22T09:00:00Z' };

async function after(feedback: object): Promise<{ element: FeedbackForm; asked: Asked[]; answers: Record<string, object> }> {
  const answers = { '/api/v1/calls/c1/feedback': feedback };
  const { api, asked } = server(answers);
  const element = new FeedbackForm();
  Object.assign(element, { api, call });
  document.body.append(element);
  await vi.waitFor(() => within(element, 'block'));
  return { element, asked, answers };
}

describe('what is said after a call', () => {
  it('sends the stars at one tap, and then asks the rest', async () => {
    const { element, asked, answers } = await after({ ratable: true, rating: null, blocked: false });
    answers['/api/v1/calls/c1/feedback'] = { ratable: false, rating: bare, blocked: false };
    within(element, 'star-4').click();
    await vi.waitFor(() => within(element, 'survey'));
    expect(asked).toContainEqual({ path: '/api/v1/calls/c1/rating', method: 'POST', body: { stars: 4 } });
    expect(within(element, 'rated').textContent).toContain('4 of 5');
    for (const chosen of ['[name="sound"][value="2"]', '[name="again"][value="no"]']) element.shadowRoot!.querySelector<HTMLInputElement>(chosen)!.checked = true;
    send(within(element, 'survey'));
    await vi.waitFor(() => expect(within(element, 'rated').textContent).toContain('Thank you'));
    expect(asked).toContainEqual({ path: '/api/v1/calls/c1/rating/survey', method: 'POST', body: { sound: 2, again: false, comment: '' } });
    expect(element.shadowRoot!.querySelector('[data-testid="survey"]')).toBeNull();
  });

  it('sends no empty survey', async () => {
    const { element, asked } = await after({ ratable: false, rating: bare, blocked: false });
    send(within(element, 'survey'));
    await vi.waitFor(() => expect(within(element, 'rated').textContent).toContain('Thank you'));
    expect(asked.filter(({ path }) => path.endsWith('/survey'))).toEqual([]);
  });

  it.each([{ sound: 3 }, { again: false }, { comment: 'fine' }])('asks for nothing more after %j', async (said) => {
    const { element } = await after({ ratable: false, rating: { ...bare, ...said }, blocked: false });
    expect(within(element, 'rated').textContent).toContain('4 of 5');
    for (const gone of ['rating', 'survey']) expect(element.shadowRoot!.querySelector(`[data-testid="${gone}"]`)).toBeNull();
  });

  it('reports the minute as an offset from its beginning', async () => {
    const { element, asked } = await after({ ratable: false, rating: null, blocked: false });
    element.shadowRoot!.querySelector<HTMLInputElement>('[name="minute"]')!.value = '3';
    send(within(element, 'report'));
    await vi.waitFor(() => within(element, 'reported'));
    expect(asked).toContainEqual({ path: '/api/v1/calls/c1/reports', method: 'POST', body: { reason: 'abuse', offset_seconds: 120, text: '' } });
  });

  it('blocks, and takes it back', async () => {
    const { element, asked } = await after({ ratable: false, rating: null, blocked: false });
    within(element, 'block').click();
    await vi.waitFor(() => expect(within(element, 'block').getAttribute('aria-pressed')).toBe('true'));
    within(element, 'block').click();
    await vi.waitFor(() => expect(within(element, 'block').getAttribute('aria-pressed')).toBe('false'));
    expect(asked.filter(({ path }) => path === '/api/v1/blocks/lee').map(({ method }) => method)).toEqual(['PUT', 'DELETE']);
  });
});

describe('the messages of a call', () => {
  it('shows what is kept and what comes, each once, and sends what is written', async () => {
    const kept = { id: 't1', from: 'maya', at: '2026-11-22T09:00:00Z', text: 'hello' };
    const { api } = server({ '/api/v1/calls/c1/messages': { messages: [kept] } });
    const element = new Messages();
    Object.assign(element, { api, call: 'c1', own: 'maya', peer: 'Dr. Lee', messages: [kept, { ...kept, id: 't2', from: 'lee', text: '<b>hi</b>' }] });
    const written: string[] = [];
    let refuse = (): void => undefined;
    element.addEventListener('write', (event) => {
      const { text, refused } = (event as CustomEvent<Draft>).detail;
      written.push(text);
      refuse = refused;
    });
    document.body.append(element);
    await vi.waitFor(() => expect(element.shadowRoot!.querySelectorAll('.log > p')).toHaveLength(2));
    expect(element.shadowRoot!.querySelector('.log > p.own')?.textContent).toContain('hello');
    expect(element.shadowRoot!.querySelector('.log b')).toBeNull();
    const line = within(element, 'message') as HTMLInputElement;
    line.value = '  the form ';
    send(line.closest('form')!);
    send(line.closest('form')!); // nothing is left to send
    expect(written).toEqual(['the form']);
    refuse();
    expect(line.value).toBe('the form'); // nothing is lost
    line.value = 'what came after it';
    refuse();
    expect(line.value).toBe('what came after it');
  });
});

describe('blocked people', () => {
  it('can be unblocked', async () => {
    const { api, asked } = server({ '/api/v1/blocks': { blocks: [{ person: 'm-1', name: 'Noah', at: '2026-11-22T09:00:00Z' }] } });
    const element = new BlockedPeople();
    element.api = api;
    document.body.append(element);
    await vi.waitFor(() => within(element, 'unblock'));
    within(element, 'unblock').click();
    await vi.waitFor(() => expect(asked).toContainEqual({ path: '/api/v1/blocks/m-1', method: 'DELETE', body: null }));
  });
});
