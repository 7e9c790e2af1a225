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

async function after(feedback: object): Promise<{ element: FeedbackForm; asked: Asked[] }> {
  const { api, asked } = server({ '/api/v1/calls/c1/feedback': feedback });
  const element = new FeedbackForm();
  Object.assign(element, { api, call });
  document.body.append(element);
  await vi.waitFor(() => within(element, 'block'));
  return { element, asked };
}

describe('what is said after a call', () => {
  it('sends the stars once one was chosen', async () => {
    const { element, asked } = await after({ ratable: true, rating: null, blocked: false });
    const four = element.shadowRoot!.querySelector<HTMLInputElement>('[value="4"]')!;
    four.dispatchEvent(new Event('change'));
    await element.updateComplete;
    send(within(element, 'rating'));
    await vi.waitFor(() => expect(asked).toContainEqual({ path: '/api/v1/calls/c1/rating', method: 'POST', body: { stars: 4, comment: '' } }));
  });

  it('asks for no second rating', async () => {
    const { element } = await after({ ratable: false, rating: { stars: 3, sound: null, again: null, comment: '', at: '2026-11-22T09:00:00Z' }, blocked: false });
    expect(within(element, 'rated').textContent).toContain('3 of 5');
    expect(element.shadowRoot!.querySelector('[data-testid="rating"]')).toBeNull();
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
    await vi.waitFor(() => expect(element.shadowRoot!.querySelectorAll('li')).toHaveLength(2));
    expect(element.shadowRoot!.querySelector('li.own')?.textContent).toContain('hello');
    expect(element.shadowRoot!.querySelector('li b')).toBeNull();
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
