// @vitest-environment happy-dom
import { Api, CallController, CallMedia, Socket, type Client, type ClientConfig } from '@parley/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeDevices, settled } from '../client/testing/fakemedia';
import { FakeSound } from '../client/testing/fakesound';
import { FakeNetwork } from '../client/testing/fakesocket';
import { aCall, aWelcome } from '../client/testing/views';
import { speak } from '../i18n/catalogue';
import type { CallView } from '../wire/view';
import { ParleyCall } from './parleycall';

customElements.define('parley-call', ParleyCall);

const EXPERTS = ['dr-lee', 'sam'].map((id) => ({ id, name: id, headline: '', languages: [], state: 'available' }));

/** An element whose server is the test. */
class Page {
  readonly network = new FakeNetwork();
  readonly configs: ClientConfig[] = [];
  readonly element = new ParleyCall();
  readonly heard: [name: string, detail: unknown][] = [];

  constructor(attributes: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(attributes)) this.element.setAttribute(name, value);
    this.element.connect = (config) => this.#client(config);
    this.element.token = () => 'secret-token';
    for (const name of ['online', 'call', 'recording', 'ended', 'problem', 'signed-out']) {
      document.body.addEventListener(`parley-${name}`, (event) => this.heard.push([name, (event as CustomEvent<unknown>).detail]));
    }
    document.body.append(this.element);
  }

  #client(config: ClientConfig): Client {
    this.configs.push(config);
    const socket = new Socket({ url: 'ws://x', token: config.token, renews: config.renews ?? false, open: this.network.open, random: () => 0 });
    const media = new CallMedia(new FakeDevices().config());
    const memory = { load: () => null, save: () => undefined };
    const api = new Api({ fetch: (path) => Promise.resolve(new Response(path.endsWith('/feedback') ? '{"ratable":true,"rating":null,"blocked":false}' : '{"receipts":[]}')), token: config.token });
    return { calls: new CallController({ socket, media, memory, now: Date.now }), api };
  }

  async welcome(role = 'member'): Promise<void> {
    await this.drawn();
    this.network.latest.opened();
    this.network.latest.says(aWelcome(null, role));
    if (role === 'member') this.network.latest.says({ type: 'directory', version: 1, experts: EXPERTS });
    await this.drawn();
  }

  async view(change: Partial<CallView>): Promise<void> {
    this.network.latest.says({ type: 'call', call: aCall(change) });
    await this.drawn();
  }

  async drawn(): Promise<void> {
    await this.element.updateComplete;
    await settled();
    await this.element.updateComplete;
  }

  find(query: string, from: ParentNode = this.element.shadowRoot!): HTMLElement | null {
    const here = from.querySelector<HTMLElement>(query);
    if (here) return here;
    for (const inner of from.querySelectorAll('*')) {
      const deep = inner.shadowRoot && this.find(query, inner.shadowRoot);
      if (deep) return deep;
    }
    return null;
  }
}

let page: Page;
let sound: FakeSound;
beforeEach(() => {
  sound = new FakeSound();
  vi.stubGlobal('AudioContext', sound.Context);
});
afterEach(() => {
  page.element.remove();
  vi.unstubAllGlobals();
});

describe('<parley-call>', () => {
  it('says hello with the token that the page gives, once, and says who is there', async () => {
    page = new Page({ server: 'https://calls.example.org/' });
    await page.welcome();
    expect(page.configs.map(({ server }) => server)).toEqual(['https://calls.example.org']);
    expect(page.network.sockets).toHaveLength(1);
    expect(page.network.latest.sent).toEqual([{ type: 'hello', token: 'secret-token' }]);
    expect(page.heard).toEqual([['online', { person: 'ana', role: 'member' }]]);
  });

  it('offers all experts, or the one the page names', async () => {
    page = new Page();
    await page.welcome();
    expect(page.find('[data-testid="call-sam"]')).not.toBeNull();
    page.element.expert = 'dr-lee';
    await page.drawn();
    expect(page.find('[data-testid="call-sam"]')).toBeNull();
    expect(page.find('[data-testid="call-dr-lee"]')).not.toBeNull();
  });

  it('tells the page of a call from its ringing to its end', async () => {
    page = new Page();
    await page.welcome();
    await page.view({ state: 'ringing' });
    const recording = aCall().recording;
    await page.view({ state: 'active', connected_at: '2026-11-22T09:00:10Z', recording: { ...recording, state: 'recording', text: 'Recording' } });
    await page.view({ state: 'ended', connected_at: '2026-11-22T09:00:10Z', ended_at: '2026-11-22T09:01:15Z', end_reason: 'completed', recording: { ...recording, state: 'stopped' } });
    expect(page.heard.slice(1)).toEqual([
      ['call', { call: 'call-1', state: 'ringing', peer: 'dr-lee' }],
      ['call', { call: 'call-1', state: 'active', peer: 'dr-lee' }],
      ['recording', { call: 'call-1', state: 'recording' }],
      ['call', { call: 'call-1', state: 'ended', peer: 'dr-lee' }],
      ['recording', { call: 'call-1', state: 'stopped' }],
      ['ended', { call: 'call-1', reason: 'completed', seconds: 65 }],
    ]);
    expect(page.find('[data-testid="ended"]')?.textContent).toContain('1 minute 5 seconds');
    for (const asked of ['rating', 'report-open', 'block']) expect(page.find(`[data-testid="${asked}"]`), asked).not.toBeNull();
  });

  it('says nothing before it has the words of the browser’s language, and then those of the person', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['he-IL', 'en']);
    page = new Page();
    const frame = (): HTMLElement => page.find('.frame')!;
    await page.element.updateComplete;
    expect(frame().textContent.trim()).toBe('');
    await vi.waitFor(() => expect([frame().lang, frame().dir, frame().textContent.trim()]).toEqual(['he', 'rtl', speak('he').t('status.connecting')]));
    page.network.latest.opened();
    page.network.latest.says({ ...aWelcome(null, 'admin'), language: 'de' });
    await vi.waitFor(() => expect([frame().lang, frame().dir, page.find('parley-notice')?.shadowRoot?.textContent]).toEqual(['de', 'ltr', expect.stringContaining(speak('de').t('page.noRole')) as string]));
    vi.restoreAllMocks();
  });

  it('rings an expert, with a sound once the page was touched anywhere', async () => {
    page = new Page();
    window.dispatchEvent(new Event('keydown'));
    await page.welcome('expert');
    expect(sound.made, 'while nobody can ring here').toHaveLength(0);
    window.dispatchEvent(new Event('pointerdown'));
    expect(sound.made).toHaveLength(1);
    await page.view({ state: 'ringing', role: 'expert' });
    expect(page.find('[data-testid="accept"]')).not.toBeNull();
    expect(sound.tones).toBe(2);
  });

  it('asks the page for another token when this one is refused', async () => {
    page = new Page();
    await page.drawn();
    page.network.latest.opened();
    page.network.latest.ended(4001);
    await page.drawn();
    expect(page.heard).toEqual([['signed-out', { expired: true }]]);
    expect(page.find('[data-kind="expired"]')).not.toBeNull();
    page.element.signIn();
    await page.welcome();
    expect(page.configs).toHaveLength(2);
    expect(page.find('[data-kind="expired"]')).toBeNull();
  });

  it('ends its session when it leaves the page, and begins anew when it comes back', async () => {
    page = new Page();
    await page.welcome();
    page.element.remove();
    expect(page.network.latest.closed).toBe(true);
    document.body.append(page.element);
    await page.welcome();
    expect(page.network.sockets).toHaveLength(2);
  });
});
