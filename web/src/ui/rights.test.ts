// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { OwnCopy } from './owncopy';
import { Rights } from './rights';

const ASKED = {
  id: 'era_1',
  recording: 'rec_1',
  part: 'member',
  basis: 'person',
  state: 'requested',
  requested_at: '2026-11-22T09:00:00Z',
  note: '',
  deferred: false,
};

/** A server that has some erasures, and takes wishes. */
async function show(erasures: object[]): Promise<{ element: Rights; asked: [string, unknown][] }> {
  const asked: [string, unknown][] = [];
  const fetch = (path: string, init: RequestInit): Promise<Response> => {
    asked.push([path, init.body ?? null]);
    if (init.method !== 'POST') return Promise.resolve(new Response(JSON.stringify({ erasures })));
    erasures.push(ASKED);
    return Promise.resolve(new Response(JSON.stringify(ASKED), { status: 201 }));
  };
  const element = new Rights();
  element.api = new Api({ fetch, token: () => 'secret' });
  element.recording = 'rec_1';
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot!.querySelector('[data-testid="rights"]')).not.toBeNull());
  return { element, asked };
}

const press = async (element: Rights | OwnCopy, name: string): Promise<void> => {
  element.shadowRoot!.querySelector<HTMLButtonElement>(`[data-testid="${name}"]`)!.click();
  await element.updateComplete;
};

const states = (element: Rights): (string | undefined)[] =>
  [...element.shadowRoot!.querySelectorAll<HTMLElement>('[data-testid="erasure"]')].map((one) => one.dataset.state);

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

describe('the own voice in a recording', () => {
  it('is asked to be erased in two steps, and then told of', async () => {
    const { element, asked } = await show([]);
    await press(element, 'erase');
    expect(asked).toHaveLength(1);
    expect(element.shadowRoot!.textContent).toContain('cannot be undone');
    const told = vi.fn();
    element.addEventListener('erasure-asked', told);
    await press(element, 'erase-sure');
    await vi.waitFor(() => expect(states(element)).toEqual(['requested']));
    expect(asked[1]).toEqual(['/api/v1/recordings/rec_1/erasures', '{}']);
    expect(told).toHaveBeenCalledOnce();
    expect(element.shadowRoot!.querySelector('[data-testid="erase"]')).toBeNull();
  });

  it('can be asked for again after a refusal, which says why', async () => {
    const { element } = await show([{ ...ASKED, state: 'refused', note: 'a bill is open' }]);
    expect(element.shadowRoot!.textContent).toContain('a bill is open');
    expect(element.shadowRoot!.querySelector('[data-testid="erase"]')).not.toBeNull();
  });

  it('comes with its certificate once it was erased', async () => {
    const { element, asked } = await show([{ ...ASKED, state: 'done', done_at: '2026-11-23T09:00:00Z', certificate_url: '/api/v1/erasures/era_1/certificate' }]);
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    await press(element, 'certificate');
    await vi.waitFor(() => expect(saved).toEqual(['parley-erasure-era_1.jws']));
    expect(asked.at(-1)![0]).toBe('/api/v1/erasures/era_1/certificate');
  });
});

describe('the own copy', () => {
  it('is fetched and saved, and a refusal is told of', async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    let status = 200;
    const element = new OwnCopy();
    element.api = new Api({ fetch: () => Promise.resolve(new Response('{}', { status })), token: () => 'secret' });
    const problems = vi.fn();
    document.body.addEventListener('problem', problems, { once: true });
    document.body.append(element);
    await element.updateComplete;
    await press(element, 'own-copy');
    await vi.waitFor(() => expect(saved).toEqual(['parley-copy.zip']));
    status = 429;
    await vi.waitFor(() => expect(element.shadowRoot!.querySelector<HTMLButtonElement>('button')!.disabled).toBe(false));
    await press(element, 'own-copy');
    await vi.waitFor(() => expect(problems).toHaveBeenCalledOnce());
  });
});
