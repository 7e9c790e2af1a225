// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
