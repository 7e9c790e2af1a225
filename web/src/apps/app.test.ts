// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stage } from '../stories/stage';
import { App } from './app';
import { saveIdentity } from './identity';

async function signedIn(language: string): Promise<App> {
  saveIdentity(sessionStorage, { token: 't', expires_at: '2999-01-01T00:00:00Z', person: { id: 'me', role: 'member', name: 'Maya Torres' } });
  const stage = new Stage({ language });
  const app = new App();
  app.surroundings = stage.surroundings;
  document.body.append(app);
  await app.updateComplete;
  stage.welcome('member');
  await app.updateComplete;
  return app;
}

beforeEach(() => sessionStorage.clear());
afterEach(() => document.body.replaceChildren());

describe('the language of the page', () => {
  it.each([
    ['he', 'he', 'rtl'],
    ['de', 'de', 'ltr'],
    ['it', 'en', 'ltr'], // an operator's own wording, in a language that the page does not have
  ])('the server speaks %s: %s, %s', async (server, language, dir) => {
    await signedIn(server);
    expect(document.documentElement.lang).toBe(language);
    expect(document.documentElement.dir).toBe(dir);
  });
});

describe('staff', () => {
  async function opened(staff: 'cookie' | 'none', search = ''): Promise<App> {
    history.replaceState(null, '', `/${search}`);
    const app = new App();
    app.surroundings = new Stage({ demo: false, staff }).surroundings;
    document.body.append(app);
    await app.updateComplete;
    return app;
  }

  const find = (app: App, id: string): HTMLElement | null =>
    app.shadowRoot?.querySelector<HTMLElement>(`[data-testid="${id}"]`) ?? app.shadowRoot?.querySelector('parley-signin')?.shadowRoot?.querySelector(`[data-testid="${id}"]`) ?? null;

  it('without a session are shown where to sign in, and why it failed', async () => {
    const app = await opened('none', '?sign_in=no-role');
    await vi.waitFor(() => expect(find(app, 'staff-sign-in')?.getAttribute('href')).toBe('/api/v1/staff/login?return=/'));
    expect(find(app, 'banner')?.getAttribute('detail')).toContain('no role here');
  });

  it('are signed in by the cookie, and stay signed out once they leave', async () => {
    const app = await opened('cookie');
    await vi.waitFor(() => expect(find(app, 'sign-out')).not.toBeNull());
    expect(app.shadowRoot?.querySelector('header')?.textContent).toContain('Robin');
    find(app, 'sign-out')?.click();
    await vi.waitFor(() => expect(find(app, 'staff-sign-in')).not.toBeNull());
    expect(sessionStorage.length).toBe(0);
  });
});

describe('the focus', () => {
  const active = (app: App): Element | null => app.shadowRoot?.activeElement ?? null;

  it('goes past the head of the page by its first stop', async () => {
    const app = await signedIn('en');
    const skip = app.shadowRoot?.querySelector<HTMLElement>('a[href], button');
    expect(skip?.textContent).toBe('Skip to the content');
    skip?.click();
    expect(active(app)?.id).toBe('content');
    expect(location.hash).toBe('');
  });

  it('comes to a page that was opened by a link which went with its page, and the title names the page', async () => {
    const app = await signedIn('en');
    await vi.waitFor(() => expect(document.title).toBe('Experts – Parley demo'));
    location.hash = '#/calls';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
    await vi.waitFor(() => expect(active(app)?.id).toBe('content'));
    expect(document.title).toBe('My calls – Parley demo');
    location.hash = '';
  });
});

describe('a browser that forbids storage', () => {
  it('still signs people in, until the page is left', async () => {
    vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(() => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    });
    const stage = new Stage();
    const app = new App();
    app.surroundings = stage.surroundings;
    document.body.append(app);
    await app.updateComplete;
    app.shadowRoot!.querySelector('parley-signin')!.dispatchEvent(new CustomEvent('signed-in', { detail: { token: 't', expires_at: '2999-01-01T00:00:00Z', person: { id: 'me', role: 'member', name: 'Maya Torres' } } }));
    await app.updateComplete;
    stage.welcome('member');
    await vi.waitFor(() => expect(app.shadowRoot!.querySelector('parley-member')?.shadowRoot?.querySelector('parley-directory')).not.toBeNull());
    vi.restoreAllMocks();
  });
});
