// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { DISCLOSURES, ERASURES, HOLDS, RECORDINGS } from '../stories/data';
import { Casefile } from '../ui/casefile';
import { Privacy } from './privacy';

/** A server that has what the stories have, and remembers what it was told. */
function server(): { api: Api; told: [string, unknown][] } {
  const told: [string, unknown][] = [];
  const answer = (path: string): object => {
    if (path.startsWith('/api/v1/recordings?')) return { recordings: RECORDINGS, next: '' };
    if (path.startsWith('/api/v1/erasures?')) return { erasures: [ERASURES[0]] };
    if (path.endsWith('/decision')) return path.includes('/disclosures/') ? DISCLOSURES[0]! : ERASURES[0]!;
    return { holds: HOLDS, erasures: ERASURES, disclosures: DISCLOSURES };
  };
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    if (init.method !== 'POST') return Promise.resolve(new Response(JSON.stringify(answer(path))));
    told.push([path, JSON.parse(init.body as string)]);
    if (path.endsWith('/release')) return Promise.resolve(new Response(null, { status: 204 }));
    return Promise.resolve(new Response(JSON.stringify(path.endsWith('/holds') ? HOLDS[0] : answer(path))));
  };
  return { api: new Api({ fetch, token: () => 'secret' }), told };
}

async function file(): Promise<{ element: Casefile; told: [string, unknown][] }> {
  const { api, told } = server();
  const element = new Casefile();
  element.api = api;
  element.recording = RECORDINGS[0]!;
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot!.querySelectorAll('li')).toHaveLength(5));
  return { element, told };
}

const find = (element: HTMLElement, selector: string): HTMLElement => element.shadowRoot!.querySelector<HTMLElement>(selector)!;

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

describe('the file of a recording', () => {
  it('tells that it is held, who approved what, and offers a bundle once two have', async () => {
    const { element } = await file();
    expect(find(element, '[data-testid="held"]').textContent).toContain('Held');
    const orders = [...element.shadowRoot!.querySelectorAll<HTMLElement>('[data-testid="disclosure"]')];
    expect(orders.map((one) => one.dataset.approved)).toEqual(['no', 'yes']);
    expect(orders.map((one) => one.querySelector('[data-testid="bundle"]') !== null)).toEqual([false, true]);
    expect(orders.map((one) => one.querySelector('[data-testid="approve"]') !== null)).toEqual([true, false]);
    expect(orders[1]!.textContent).toContain('pia and paul');
    expect(element.shadowRoot!.querySelectorAll('[data-testid="certificate"]')).toHaveLength(1);
  });

  it('places a hold with a case, a reason and a date', async () => {
    const { element, told } = await file();
    const form = find(element, '[data-testid="place-hold"]').closest('form')!;
    for (const [name, value] of [['case', '7'], ['reason', ' court '], ['review', '2027-01-31']] as const) form.querySelector<HTMLInputElement>(`[name="${name}"]`)!.value = value;
    form.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(told).toEqual([['/api/v1/recordings/r1/holds', { case: '7', reason: 'court', review_at: '2027-01-31T00:00:00.000Z' }]]));
  });

  it('releases a hold and approves a disclosure', async () => {
    const { element, told } = await file();
    const release = find(element, '[data-testid="release"]').closest('form')!;
    release.querySelector('input')!.value = 'over';
    release.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(told[0]).toEqual(['/api/v1/recordings/r1/holds/h1/release', { reason: 'over' }]));
    find(element, '[data-testid="approve"]').closest('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(told[1]).toEqual(['/api/v1/recordings/r1/disclosures/71/decision', { approve: true, note: '' }]));
  });
});

describe('the officer’s page', () => {
  it('shows wishes to be decided, and carries the note of a refusal', async () => {
    const { api, told } = server();
    const element = new Privacy();
    element.api = api;
    document.body.append(element);
    await vi.waitFor(() => expect(find(element, '[data-testid="to-decide"]')).not.toBeNull());
    const form = find(element, '[data-testid="refuse"]').closest('form')!;
    form.querySelector('input')!.value = 'a bill is open';
    form.dispatchEvent(Object.assign(new Event('submit', { cancelable: true }), { submitter: find(element, '[data-testid="refuse"]') }));
    await vi.waitFor(() => expect(told).toEqual([['/api/v1/erasures/e1/decision', { approve: false, note: 'a bill is open' }]]));
  });
});
