// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../client/api';
import { speak } from '../i18n/catalogue';
import { SpeechSource } from '../i18n/msg';
import { Accesses } from './accesses';

async function show(accesses: readonly object[]): Promise<string> {
  const fetch = (): Promise<Response> => Promise.resolve(new Response(JSON.stringify({ accesses })));
  const element = new Accesses();
  element.api = new Api({ fetch, token: () => 'secret' });
  element.recording = 'rec-1';
  document.body.append(element);
  await vi.waitFor(() => expect(element.shadowRoot!.querySelector('section')).not.toBeNull());
  return element.shadowRoot!.textContent;
}

afterEach(() => document.body.replaceChildren());

describe('who listened', () => {
  it('shows role and reason of others, and leaves own plays out', async () => {
    const text = await show([
      { at: '2026-11-22T09:00:00Z', what: 'play', role: 'qa', reason: 'Complaint', you: false },
      { at: '2026-11-22T08:00:00Z', what: 'play', role: 'member', reason: '', you: true },
    ]);
    expect(text).toContain('A quality reviewer');
    expect(text).toContain('Complaint');
    expect(text).not.toContain('The member');
  });

  it('says so when nobody has', async () => {
    expect(await show([])).toContain('Nobody but you so far');
  });
});

describe('the list in another language', () => {
  it('names who listened, or that it was somebody of the service', async () => {
    const page = new SpeechSource(document.body, speak('de'));
    const text = await show([{ at: '2026-11-22T09:00:00Z', what: 'play', role: 'constructor', reason: 'Complaint', you: false }]);
    expect(text).toContain('Wer zugehört hat');
    expect(text).toContain('Jemand vom Dienst');
    page.close();
  });
});
