// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { FakeSound } from '../client/testing/fakesound';
import { NOW } from '../stories/data';
import { Stage } from '../stories/stage';
import { CallNotes } from '../ui/callnotes';
import type { CallView } from '../wire/view';
import { App } from './app';
import { saveIdentity } from './identity';

let stage: Stage;
let icon: HTMLLinkElement;

async function expert(): Promise<App> {
  saveIdentity(sessionStorage, { token: 't', expires_at: '2999-01-01T00:00:00Z', person: { id: 'me', role: 'expert', name: 'Dr. Lee' } });
  stage = new Stage();
  const app = new App();
  app.surroundings = stage.surroundings;
  document.body.append(app);
  await app.updateComplete;
  stage.welcome('expert');
  await vi.waitFor(() => expect(find(app, 'parley-availability')).not.toBeNull());
  return app;
}

const find = (app: App, tag: string): Element | null => app.shadowRoot?.querySelector('parley-expert')?.shadowRoot?.querySelector(tag) ?? null;
const inside = (app: App, tag: string, selector: string): HTMLElement[] => [...(find(app, tag)?.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];

const peer = (name: string): CallView['peer'] => ({ id: name, role: '', name, headline: '' });
const first = { role: 'expert', here: true, peer: peer('Maya') } as const;
const second = { id: 'call-2', role: 'expert', here: false, peer: peer('Noah'), state: 'ringing' } as const;

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  icon = document.createElement('link');
  icon.rel = 'icon';
  document.head.append(icon);
});

afterEach(() => {
  document.body.replaceChildren();
  icon.remove();
});

describe('the next call', () => {
  it('rings though the end of the former was not told yet, and stays when it is', async () => {
    const app = await expert();
    await stage.talk(first);
    await vi.waitFor(() => expect(find(app, 'parley-call-screen')).not.toBeNull());
    stage.view(second);
    await vi.waitFor(() => expect(find(app, 'parley-incoming')?.shadowRoot?.textContent).toContain('Noah'));
    expect(find(app, 'parley-call-screen')).toBeNull();
    expect(stage.controller.state.media.link, 'the sound of the former call').toBe('none');
    await vi.waitFor(() => expect(document.title).toBe('☎ Noah is calling'));
    expect(icon.getAttribute('href')).toBe('/favicon-ringing.svg');
    stage.view({ ...first, state: 'ended', ended_at: '2026-11-22T09:04:00Z', end_reason: 'completed' });
    await app.updateComplete;
    expect(find(app, 'parley-incoming')?.shadowRoot?.textContent).toContain('Noah');
    stage.view({ ...second, state: 'ended', ended_at: '2026-11-22T09:04:09Z', end_reason: 'cancelled' });
    await vi.waitFor(() => expect(icon.getAttribute('href')).toBe('/favicon.svg'));
  });
});

/** The notifications of a browser, which the test looks at. */
function notified(): { title: string; options: NotificationOptions; close: () => void }[] {
  const notices: ReturnType<typeof notified> = [];
  vi.stubGlobal('Notification', class extends EventTarget {
    static readonly permission = 'granted';
    readonly close = vi.fn();
    constructor(title: string, options: NotificationOptions) {
      super();
      notices.push({ title, options, close: this.close });
    }
  });
  return notices;
}

describe('a call that rings', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('sounds in the tab, and notifies who does not see it, until it is taken anywhere', async () => {
    const sound = new FakeSound();
    vi.stubGlobal('AudioContext', sound.Context);
    const notices = notified();
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    const app = await expert();
    stage.view({ ...first, here: false, state: 'ringing' });
    await vi.waitFor(() => expect(sound.tones).toBe(2));
    expect(notices.map(({ title, options }) => [title, options.body])).toEqual([['Maya', 'Incoming call']]);
    stage.view({ ...first, here: false, state: 'connecting' }); // accepted in another tab
    await vi.waitFor(() => expect(notices[0]!.close).toHaveBeenCalledOnce());
    await vi.waitFor(() => expect(find(app, 'parley-incoming')).toBeNull());
  });
});

describe('the time after a call', () => {
  it('is counted by the clock of the server', async () => {
    const app = await expert(); // whose server's clock is that of the stories
    stage.says({ type: 'presence', available: true, state: 'wrap_up', wrap_up_until: new Date(Date.parse(NOW) + 25_000).toISOString(), reason: '' });
    await vi.waitFor(() => expect(inside(app, 'parley-availability', '[role="timer"]')[0]?.textContent).toMatch(/^0:2[345]$/));
  });
});

describe('a call that is let wait', () => {
  it('is quiet beside the desk until it is due, and rings again', async () => {
    const app = await expert();
    stage.view(second);
    await vi.waitFor(() => expect(document.title).toBe('☎ Noah is calling'));
    inside(app, 'parley-incoming', '[data-testid="delay"]')[0]!.click();
    expect(stage.sent.at(-1)).toMatchObject({ type: 'call.delay', call: 'call-2' });
    const by = new Date(Date.now() + stage.controller.state.clockSkewMs + 700).toISOString();
    stage.view({ ...second, answers_by: by });
    await vi.waitFor(() => expect(document.title).toBe('Noah – Parley demo'));
    expect(inside(app, 'parley-incoming', '[data-testid="promise"]')[0]?.textContent).toContain('Noah knows');
    expect(inside(app, 'parley-incoming', '[data-testid="delay"]'), 'asked once').toHaveLength(0);
    expect(find(app, 'parley-today'), 'the desk').not.toBeNull();
    await vi.waitFor(() => expect(document.title).toBe('☎ Noah is calling'), { timeout: 10_000 });
    expect(icon.getAttribute('href')).toBe('/favicon-ringing.svg');
    expect(inside(app, 'parley-incoming', '[data-testid="accept"]')).toHaveLength(1);
    stage.view({ ...second, state: 'ended', ended_at: '2026-11-22T09:04:09Z', end_reason: 'no_answer' });
    await vi.waitFor(() => expect(icon.getAttribute('href')).toBe('/favicon.svg'));
  });
});

describe('the desk', () => {
  it('shows the calls of today, the newest first', async () => {
    const app = await expert();
    await vi.waitFor(() => expect(inside(app, 'parley-today', 'li').map((one) => one.textContent)).toHaveLength(2));
    expect(inside(app, 'parley-today', 'li')[0]?.textContent).toMatch(/Maya Torres.*12 minutes 34 seconds/);
  });

  it('marks missed calls as new until they were seen, in this browser', async () => {
    const app = await expert();
    await vi.waitFor(() => expect(inside(app, 'parley-missed', '.fresh')).toHaveLength(2));
    inside(app, 'parley-missed', '[data-testid="missed-seen"]')[0]!.click();
    await vi.waitFor(() => expect(inside(app, 'parley-missed', '.fresh')).toHaveLength(0));
    expect(localStorage.getItem('parley.seen.ana')).toBe('call-8');
    document.body.replaceChildren();
    const again = await expert();
    await vi.waitFor(() => expect(inside(again, 'parley-missed', 'li')).toHaveLength(2));
    expect(inside(again, 'parley-missed', '.fresh')).toHaveLength(0);
  });
});

describe('notes of a call', () => {
  it('are kept at the server, and shown', async () => {
    const kept: string[] = [];
    const fetch = (path: string, init: RequestInit): Promise<Response> => {
      expect(path).toBe('/api/v1/calls/call-1/notes');
      if (init.method === 'POST') kept.push((JSON.parse(init.body as string) as { text: string }).text);
      return Promise.resolve(new Response(JSON.stringify({ notes: kept.map((text, n) => ({ id: String(n), at: '2026-11-22T09:04:00Z', text })) })));
    };
    const notes = new CallNotes();
    notes.api = new Api({ fetch, token: () => 't' });
    notes.call = 'call-1';
    document.body.append(notes);
    await notes.updateComplete;
    const field = notes.shadowRoot!.querySelector('textarea')!;
    field.value = ' look it up ';
    notes.shadowRoot!.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(notes.shadowRoot!.querySelector('[data-testid="note"] p')?.textContent).toBe('look it up'));
    expect(field.value).toBe('');
  });
});
