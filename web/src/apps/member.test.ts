// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXPERTS } from '../stories/data';
import { Stage } from '../stories/stage';
import type { ExpertState } from '../wire/server';
import { App } from './app';
import { saveIdentity } from './identity';

let stage: Stage;

async function member(route = ''): Promise<App> {
  location.hash = route;
  saveIdentity(sessionStorage, { token: 't', expires_at: '2999-01-01T00:00:00Z', person: { id: 'me', role: 'member', name: 'Maya Torres' } });
  stage = new Stage();
  const app = new App();
  app.surroundings = stage.surroundings;
  document.body.append(app);
  await app.updateComplete;
  stage.welcome('member');
  await vi.waitFor(() => expect(route === '' ? find(app, 'parley-directory', 'find') : find(app, 'parley-expert-page', 'back')).not.toBeNull());
  return app;
}

const root = (app: App): ShadowRoot => app.shadowRoot!.querySelector('parley-member')!.shadowRoot!;
const page = (app: App, tag: string): ShadowRoot | null => app.shadowRoot?.querySelector('parley-member')?.shadowRoot?.querySelector(tag)?.shadowRoot ?? null;
const find = (app: App, tag: string, id: string): HTMLElement | null => page(app, tag)?.querySelector<HTMLElement>(`[data-testid="${id}"]`) ?? null;
const told = (app: App): HTMLElement | null => root(app).querySelector<HTMLElement>('[data-testid="free-amara"]');

function amara(state: ExpertState, version: number): void {
  stage.says({ type: 'directory.changed', version, expert: { ...EXPERTS.find(({ id }) => id === 'amara')!, state } });
}

beforeEach(() => sessionStorage.clear());
afterEach(() => {
  document.body.replaceChildren();
  location.hash = '';
});

describe('a busy expert', () => {
  it('is told of once when free, and can then be called', async () => {
    const app = await member();
    find(app, 'parley-directory', 'await-amara')!.click();
    await vi.waitFor(() => expect(find(app, 'parley-directory', 'await-amara')?.dataset.on).toBe('true'));
    expect(told(app)).toBeNull();
    amara('available', 2);
    await vi.waitFor(() => expect(told(app)?.getAttribute('heading')).toBe('Amara Okafor is free now'));
    const call = vi.spyOn(stage.controller, 'call').mockResolvedValue();
    told(app)!.querySelector('button')!.click();
    expect(call).toHaveBeenCalledExactlyOnceWith('amara');
    await vi.waitFor(() => expect(told(app)).toBeNull());
    amara('busy', 3);
    amara('available', 4);
    await app.updateComplete;
    expect(told(app)).toBeNull();
  });

  it('who is busy again is said to be, and can be waited for again', async () => {
    const app = await member();
    find(app, 'parley-directory', 'await-amara')!.click();
    amara('available', 2);
    await vi.waitFor(() => expect(told(app)).not.toBeNull());
    amara('busy', 3);
    await vi.waitFor(() => expect(told(app)?.getAttribute('heading')).toBe('Amara Okafor was free, but is not any more'));
    told(app)!.querySelector('button')!.click();
    await vi.waitFor(() => expect(find(app, 'parley-directory', 'await-amara')?.dataset.on).toBe('true'));
  });

  it('is waited for across a reload of the tab, and no longer after the sign-out', async () => {
    const before = await member();
    find(before, 'parley-directory', 'await-amara')!.click();
    expect(sessionStorage.getItem('parley.waiting')).toBe('["amara"]');
    before.shadowRoot!.querySelector<HTMLElement>('[data-testid="sign-out"]')!.click();
    await vi.waitFor(() => expect(sessionStorage.getItem('parley.waiting')).toBeNull());
    document.body.replaceChildren();
    sessionStorage.setItem('parley.waiting', '["amara"]');
    const after = await member();
    expect(find(after, 'parley-directory', 'await-amara')?.dataset.on).toBe('true');
  });
});

describe('the page of an expert', () => {
  it('tells who they are, calls them, and blocks them', async () => {
    const app = await member('#/experts/dr-lee');
    const profile = find(app, 'parley-expert-page', 'expert-page')!;
    for (const words of ['Dr. Lee', 'Tax law', 'Available', 'Speaks English, German', 'say no to it', 'kept for 90 days']) expect(profile.textContent).toContain(words);
    const call = vi.spyOn(stage.controller, 'call').mockResolvedValue();
    find(app, 'parley-expert-page', 'call-dr-lee')!.click();
    expect(call).toHaveBeenCalledExactlyOnceWith('dr-lee');
    await vi.waitFor(() => expect(find(app, 'parley-expert-page', 'block')).not.toBeNull());
    find(app, 'parley-expert-page', 'block')!.click();
    await vi.waitFor(() => expect(find(app, 'parley-expert-page', 'block')?.textContent).toContain('Unblock Dr. Lee'));
  });

  it('says that nobody is at the address', async () => {
    const app = await member('#/experts/nobody');
    expect(find(app, 'parley-expert-page', 'no-expert')?.textContent).toBe('This expert is not here any more.');
  });
});

describe('my calls', () => {
  it('are also those that were not recorded, each with its receipts', async () => {
    const app = await member();
    location.hash = '#/calls';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    await vi.waitFor(() => expect(find(app, 'parley-call-log', 'call-log')).not.toBeNull());
    const rows = [...page(app, 'parley-call-log')!.querySelectorAll('details')];
    expect(rows.map((row) => row.querySelector('.name')!.textContent)).toEqual(['Maya Torres', 'Wilhelmine von Falkenstein-Hohenberg']);
    expect(rows[0]!.textContent).toContain('12 minutes 34 seconds');
    expect(rows[0]!.querySelector('parley-receipts')).toBeNull();
    rows[0]!.open = true;
    rows[0]!.dispatchEvent(new Event('toggle'));
    await vi.waitFor(() => expect(rows[0]!.querySelector('parley-receipts')?.shadowRoot?.textContent).toContain('You said yes to the recording'));
  });
});

describe('the keyboard', () => {
  it('goes from the search into the list and along it', async () => {
    const app = await member();
    const directory = page(app, 'parley-directory')!;
    const press = (key: string): void => void (directory.activeElement ?? directory.querySelector('[data-testid="find"]'))!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
    directory.querySelector<HTMLElement>('[data-testid="find"]')!.focus();
    press('ArrowDown');
    expect((directory.activeElement as HTMLElement).dataset.testid).toBe('open-dr-lee');
    press('ArrowDown');
    expect((directory.activeElement as HTMLElement).dataset.testid).toBe('open-noam');
    press('ArrowUp');
    press('ArrowUp');
    expect((directory.activeElement as HTMLElement).dataset.testid).toBe('find');
  });
});
