// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { aCall } from '../client/testing/views';
import { RECORDINGS } from '../stories/data';
import { AfterCall } from './aftercall';
import { Recordings } from './recordings';

/** A server that has some recordings; `asked` holds what it was asked for. */
function server(recordings: readonly object[] = RECORDINGS, next = ''): { api: Api; asked: string[] } {
  const asked: string[] = [];
  const fetch = (path: string): Promise<Response> => {
    asked.push(path);
    const id = path.split('/').at(4) ?? '';
    const more = path.includes('before=');
    const page = path.startsWith('/api/v1/recordings?') ? { recordings: more ? [] : recordings, next: more ? '' : next } : null;
    const lists = { accesses: [], receipts: [], erasures: [], messages: [], notes: [], ratable: false, rating: null, blocked: false };
    return Promise.resolve(new Response(JSON.stringify(page ?? RECORDINGS.find((one) => one.id === id && path.endsWith(id)) ?? lists)));
  };
  return { api: new Api({ fetch, token: () => 't' }), asked };
}

async function list(recordings?: readonly object[], next?: string): Promise<{ element: Recordings; asked: string[] }> {
  const { api, asked } = server(recordings, next);
  const element = new Recordings();
  element.api = api;
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot!.querySelector('ul, .empty svg')).not.toBeNull());
  return { element, asked };
}

const row = (element: Recordings, id: string): HTMLButtonElement => element.shadowRoot!.querySelector(`[data-testid="recording-${id}"]`)!;
const inside = (element: Recordings): string[] => [...(element.shadowRoot!.querySelector('.open')?.children ?? [])].map(({ localName }) => localName);

afterEach(() => document.body.replaceChildren());

describe('my calls', () => {
  it('open in place: the player, who listened, the receipts, and the own voice', async () => {
    const { element } = await list();
    row(element, 'r1').click();
    await element.updateComplete;
    expect(row(element, 'r1').getAttribute('aria-expanded')).toBe('true');
    expect(inside(element)).toEqual(['parley-player', 'parley-accesses', 'parley-receipts', 'parley-rights']);
    row(element, 'r1').click();
    await element.updateComplete;
    expect(inside(element)).toEqual([]);
  });

  it('say what is the matter with one, and open nothing that is not there yet', async () => {
    const { element } = await list();
    const mark = (id: string): string => row(element, id).querySelector('.mark')?.textContent.trim() ?? '';
    expect(mark('r1')).toBe('');
    expect(mark('r2')).toBe('Being prepared');
    expect(row(element, 'r2').disabled).toBe(true);
    expect(mark('r3')).toContain('For 7 s from 0:12, nothing of the expert arrived');
    expect(mark('r5')).toBe('One voice erased');
    expect(mark('r4')).toBe('Damaged');
  });

  it('tell who listened to one that was erased, and play it not', async () => {
    const { element } = await list([{ ...RECORDINGS[0], state: 'erased', playable: false }]);
    row(element, 'r1').click();
    await element.updateComplete;
    expect(inside(element)).toEqual(['parley-accesses', 'parley-receipts', 'parley-rights']);
  });

  it('have a copy of all data below them, also while there is none', async () => {
    for (const recordings of [[], RECORDINGS]) {
      const { element } = await list(recordings);
      expect(element.shadowRoot!.querySelector('parley-own-copy')).not.toBeNull();
      element.remove();
    }
  });

  it('come page by page, and anew when something new may be there', async () => {
    const { element, asked } = await list(RECORDINGS, 'r4');
    element.shadowRoot!.querySelector<HTMLButtonElement>('.more button')!.click();
    await vi.waitFor(() => expect(element.shadowRoot!.querySelector('.more')).toBeNull());
    const before = asked.length;
    element.fresh++;
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before));
  });
});

describe('after a call', () => {
  async function after(change: Parameters<typeof aCall>[0]): Promise<AfterCall> {
    const element = new AfterCall();
    element.api = server().api;
    element.call = aCall({ state: 'ended', end_reason: 'completed', connected_at: '2026-11-22T09:00:00Z', ended_at: '2026-11-22T09:12:34Z', ...change });
    document.body.append(element);
    await element.updateComplete;
    return element;
  }
  const text = (element: AfterCall): string => element.shadowRoot!.textContent.replace(/\s+/g, ' ');

  it('says how long it was, that the recording comes, and then plays it', async () => {
    const element = await after({ recording: { ...aCall().recording, state: 'stopped', id: 'r1' } });
    expect(text(element)).toContain('Length: 12 minutes 34 seconds');
    expect(text(element)).toContain('Your recording will be here in a moment.');
    element.ready = 'r1';
    await vi.waitFor(() => expect(element.shadowRoot!.querySelector('parley-player')).not.toBeNull());
    expect(text(element)).not.toContain('in a moment');
  });

  it('finds a recording whose announcement got lost', async () => {
    const element = await after({ recording: { ...aCall().recording, state: 'stopped', id: 'r1' } });
    element.fresh++;
    await vi.waitFor(() => expect(element.shadowRoot!.querySelector('parley-player')).not.toBeNull());
  });

  it('says that nothing was recorded, and offers notes to the expert alone', async () => {
    const member = await after({});
    expect(text(member)).toContain('This call was not recorded.');
    expect(member.shadowRoot!.querySelector('parley-call-notes')).toBeNull();
    const expert = await after({ role: 'expert' });
    expect(expert.shadowRoot!.querySelector('parley-call-notes')).not.toBeNull();
  });
});
