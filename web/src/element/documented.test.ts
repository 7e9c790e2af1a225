// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { Api, CallController, CallMedia, Socket, type Client, type ClientConfig } from '@parley/client';
import { afterEach, expect, it, vi } from 'vitest';
import { FakeDevices, settled } from '../client/testing/fakemedia';
import { FakeNetwork } from '../client/testing/fakesocket';
import { FakeSound } from '../client/testing/fakesound';
import { aCall, aWelcome } from '../client/testing/views';
import type { CallView } from '../wire/view';
import { ParleyCall } from './parleycall';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('../../../docs/embed.md');

customElements.define('parley-call', ParleyCall);

/** The names in back quotes of a stretch of the page. */
function named(from: string, to: string): string[] {
  const stretch = page.slice(page.indexOf(from) + from.length);
  return [...stretch.slice(0, stretch.indexOf(to)).matchAll(/`([\w-]+)`/g)].map(([, name]) => name!);
}

/** The parts that a page can reach inside an element, through those that pass theirs on. */
function parts(host: Element): string[] {
  const inside = [...(host.shadowRoot?.querySelectorAll('*') ?? [])];
  return inside.flatMap((element) => {
    const passed = element.getAttribute('exportparts')?.split(/,\s*/) ?? [];
    return [...(element.getAttribute('part')?.split(' ') ?? []), ...parts(element).filter((part) => passed.includes(part))];
  });
}

/** An element that is shown every state of a call; gives the parts that were there. */
async function seen(): Promise<Set<string>> {
  const network = new FakeNetwork();
  const element = new ParleyCall();
  element.connect = ({ token }: ClientConfig): Client => ({
    calls: new CallController({
      socket: new Socket({ url: 'ws://x', token, open: network.open, random: () => 0 }),
      media: new CallMedia(new FakeDevices().config()),
      memory: { load: () => null, save: () => undefined },
      now: Date.now,
    }),
    api: new Api({ fetch: () => Promise.resolve(new Response('{"receipts":[],"messages":[],"ratable":false,"rating":null,"blocked":false}')), token }),
  });
  element.token = () => 't';
  document.body.append(element);
  const found = new Set<string>();
  const look = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      await element.updateComplete;
      await settled();
    }
    parts(element).forEach((part) => found.add(part));
  };
  await look();
  network.latest.opened();
  network.latest.says(aWelcome(null, 'member'));
  network.latest.says({ type: 'directory', version: 1, experts: [{ id: 'sam', name: 'Sam', headline: '', languages: [], state: 'available' }] });
  await look();
  const over = { ended_at: '2026-11-22T09:01:15Z', end_reason: 'completed' } as const;
  const states: Partial<CallView>[] = [{ state: 'ringing' }, { state: 'active' }, { state: 'ended', ...over }];
  for (const state of states) {
    network.latest.says({ type: 'call', call: aCall({ connected_at: '2026-11-22T09:00:10Z', ...state }) });
    await look();
  }
  return found;
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

it('documents each part that a page can reach, and no other', async () => {
  vi.stubGlobal('AudioContext', new FakeSound().Context);
  expect([...(await seen())].sort()).toEqual(named('Parts for `::part()`:', '. The').sort());
});

it('documents each event, and no other', () => {
  const fired = [...read('./events.ts').matchAll(/^ {2}'(parley-[\w-]+)':/gm)].map(([, name]) => name!);
  expect(fired).toHaveLength(6);
  const documented = [...page.matchAll(/^\| `(parley-[\w-]+)` \|/gm)].map(([, name]) => name!);
  expect(documented.sort()).toEqual(fired.sort());
});

it('documents each attribute', () => {
  const documented = [...page.matchAll(/^\| `(\w+)`(?: \(property\))? \|/gm)].map(([, name]) => name!);
  const attributes = [...ParleyCall.elementProperties].filter(([, { state, attribute }]) => state !== true && attribute !== false).map(([name]) => String(name));
  expect(documented).toEqual(expect.arrayContaining(['token', 'scheme', ...attributes]));
});
