// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { deviceName } from '../client/browser';
import { BETWEEN, INCIDENTS, SIGNS } from '../stories/data';
import { Admin } from './admin';

/** A server that has what the stories have, and remembers what it was asked. */
function server(broken = false): { api: Api; asked: string[]; told: [string, unknown][] } {
  const asked: string[] = [];
  const told: [string, unknown][] = [];
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    asked.push(path.replace('/api/v1/incidents/', ''));
    if (broken) return Promise.resolve(new Response(JSON.stringify({ type: '/problems/internal', title: 'It went wrong', status: 500, detail: 'x' }), { status: 500 }));
    if (init.method === 'POST') {
      const body = JSON.parse(init.body as string) as object;
      told.push([path.replace('/api/v1/incidents/', ''), body]);
      return Promise.resolve(new Response(JSON.stringify({ ...INCIDENTS[0], ...body, handled_by: 'ada', handled_at: '2026-11-22T09:00:00Z' })));
    }
    if (/reports\/[^/]+$/.test(path)) return Promise.resolve(new Response(JSON.stringify({ ...INCIDENTS[0], text: 'she <b>said</b>' })));
    const next = path.includes('after=c') ? '' : 'c';
    return Promise.resolve(new Response(JSON.stringify({ reports: INCIDENTS, signs: SIGNS, blocks: BETWEEN, next: path.includes('blocks') ? next : '' })));
  };
  return { api: new Api({ fetch, token: () => 'secret' }), asked, told };
}

async function shown(route: string, over: object = {}, broken = false): Promise<{ page: Admin; list: () => ShadowRoot } & Omit<ReturnType<typeof server>, 'api'>> {
  const { api, asked, told } = server(broken);
  const page = Object.assign(new Admin(), { api, route, ...over });
  document.body.append(page);
  const list = (): ShadowRoot => page.shadowRoot!.querySelector('parley-reports, parley-signs, parley-all-blocks')!.shadowRoot!;
  await vi.waitFor(() => expect(list().querySelector('[data-testid="incident"], [data-testid="trouble"]')).not.toBeNull());
  return { page, list, asked, told };
}

const within = (root: ShadowRoot, name: string): HTMLElement => root.querySelector<HTMLElement>(`[data-testid="${name}"]`)!;
const submit = (form: Element): boolean => form.dispatchEvent(new Event('submit', { cancelable: true }));

afterEach(() => document.body.replaceChildren());

describe('reports', () => {
  it('tell what, of whom, when in the call, and how far they are', async () => {
    const { list } = await shown('');
    const [first, , third] = list().querySelectorAll('li');
    expect(first!.textContent).toContain('maya about dr-lee');
    expect(first!.textContent).toContain('at 12:34 of the call');
    expect(third!.textContent).toContain('a misunderstanding about the price');
    expect([...list().querySelectorAll<HTMLElement>('[data-testid="state"]')].map(({ dataset }) => dataset.state)).toEqual(['open', 'looked_at', 'settled']);
  });

  it('are looked into, and settled with a note', async () => {
    const { list, told } = await shown('#/reports');
    within(list(), 'look').click();
    await vi.waitFor(() => expect(list().querySelectorAll('[data-state="looked_at"]')).toHaveLength(2));
    const form = list().querySelector('form')!;
    form.querySelector('input')!.value = 'spoken to';
    submit(form);
    await vi.waitFor(() => expect(list().querySelectorAll('[data-state="settled"]')).toHaveLength(2));
    expect(told).toEqual([
      ['reports/rpt_3/handling', { state: 'looked_at', note: '' }],
      ['reports/rpt_3/handling', { state: 'settled', note: 'spoken to' }],
    ]);
  });

  it('are read only when asked for, and as text', async () => {
    const { list, asked } = await shown('#/reports');
    expect(asked).toEqual(['reports?']);
    within(list(), 'read').click();
    await vi.waitFor(() => expect(within(list(), 'text').textContent).toBe('she <b>said</b>'));
  });

  it('cannot be changed or read by an auditor', async () => {
    const { list } = await shown('#/reports', { auditor: true });
    expect(list().querySelector('button, form')).toBeNull();
  });

  it('are chosen by what is asked for', async () => {
    const { page, asked } = await shown('#/reports');
    const form = page.shadowRoot!.querySelector('form')!;
    form.querySelector('input')!.value = ' maya ';
    form.querySelector<HTMLSelectElement>('[name="state"]')!.value = 'open';
    submit(form);
    await vi.waitFor(() => expect(asked.at(-1)).toBe('reports?person=maya&state=open'));
  });

  it('say what went wrong, and can be tried again', async () => {
    const { list, asked } = await shown('#/reports', {}, true);
    expect(within(list(), 'trouble').getAttribute('heading')).toBe('It went wrong');
    within(list(), 'trouble').querySelector('button')!.click();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
  });
});

it('signs name the others whom they are about', async () => {
  const { list } = await shown('#/signs');
  expect(within(list(), 'kind').dataset.kind).toBe('shared_device');
  expect(within(list(), 'others').textContent).toContain('noah, ben');
});

it('blocks go on page by page', async () => {
  const { list, asked } = await shown('#/blocks');
  within(list(), 'more').click();
  await vi.waitFor(() => expect(list().querySelectorAll('li')).toHaveLength(4));
  expect(asked).toEqual(['blocks?', 'blocks?after=c']);
  expect(list().querySelector('[data-testid="more"]')).toBeNull();
});

describe('the name of a browser', () => {
  it('is kept, made anew where it is spoilt, and made each time where nothing is kept', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
    const name = deviceName(() => storage);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(deviceName(() => storage)).toBe(name);
    kept.set('parley.device', 'short');
    expect(deviceName(() => storage)).toMatch(/^[0-9a-f]{32}$/);
    const forbidden = (): never => {
      throw new Error('forbidden');
    };
    expect(deviceName(forbidden)).not.toBe(deviceName(forbidden));
  });
});
