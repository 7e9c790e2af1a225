// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aCall } from '../client/testing/views';
import { speak } from '../i18n/catalogue';
import { SpeechSource } from '../i18n/msg';
import type { CallView } from '../wire/view';
import { Light } from './light';

async function show(recording: Partial<CallView['recording']>, consent: Partial<CallView['consent']> = {}): Promise<Light> {
  const light = new Light();
  const call = aCall({ state: 'active' });
  light.call = { ...call, recording: { ...call.recording, ...recording }, consent: { ...call.consent, ...consent } };
  document.body.append(light);
  await light.updateComplete;
  return light;
}

function part(light: Light, selector: string): HTMLElement | null {
  return light.shadowRoot!.querySelector<HTMLElement>(selector);
}

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe('the light', () => {
  it.each([
    ['off', 'Not recorded'],
    ['recording', 'Recording'],
    ['paused', 'Paused: card details'],
    ['stopped', 'Recording stopped'],
    ['problem', 'Recording problem: nothing is being saved'],
  ] as const)('%s: says "%s", to the eye and to screen readers', async (state, text) => {
    const light = await show({ state, text });
    expect(part(light, '[data-testid="light"]')?.dataset.state).toBe(state);
    expect(part(light, '.pill')?.textContent).toContain(text);
    expect(part(light, '[aria-live="polite"]')?.textContent).toBe(text);
    expect(part(light, '.pill svg'), 'a shape beside the colour').not.toBeNull();
  });

  it('marks the server\u2019s words with the language they are in', async () => {
    const light = await show({ state: 'recording', text: 'מקליט' });
    light.language = 'he';
    await light.updateComplete;
    expect(part(light, '.pill span')?.lang).toBe('he');
    expect(part(light, '.pill span')?.dir).toBe('auto');
    expect(part(light, '[aria-live="polite"]')?.lang).toBe('he');
  });

  it('has another shape for each state', async () => {
    const shapes = new Set<string>();
    for (const state of ['off', 'recording', 'stopped', 'problem'] as const) {
      shapes.add(part(await show({ state }), '.pill svg')!.innerHTML);
    }
    expect(shapes.size).toBe(4);
  });

  it('counts the time of the server, not of this machine', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-22T09:00:00Z') });
    const light = await show({ state: 'recording', text: 'Recording', since: '2026-11-22T09:10:00Z' });
    light.skew = 615_000;
    await light.updateComplete;
    expect(part(light, '[role="timer"]')?.textContent).toBe('0:15');
  });

  it('speaks the language of the page', async () => {
    const page = new SpeechSource(document.body, speak('de'));
    const light = await show({ state: 'recording', text: 'Aufnahme läuft' }, { answer: 'yes', peer_answer: 'continued' });
    part(light, '.pill')!.click();
    await light.updateComplete;
    const panel = part(light, '#panel')!;
    expect(panel.ariaLabel ?? panel.getAttribute('aria-label')).toBe('Über die Aufnahme');
    for (const words of ['Aufnahme beenden', 'Beleg herunterladen', 'Sie haben zugestimmt', 'Dr. Lee weiß Bescheid']) {
      expect(panel.textContent).toContain(words);
    }
    page.close();
  });

  it('opens what was agreed and lets the person stop it', async () => {
    const light = await show({ state: 'recording', text: 'Recording' }, { answer: 'yes', summary: 'Both agreed.' });
    const withdraw = vi.fn();
    light.addEventListener('withdraw', withdraw);
    part(light, '.pill')!.click();
    await light.updateComplete;
    expect(part(light, '#panel')?.textContent).toContain('Both agreed.');
    expect(part(light, '[data-testid="receipt"]')).not.toBeNull();
    part(light, '[data-testid="withdraw"]')!.click();
    await light.updateComplete;
    expect(withdraw).toHaveBeenCalledOnce();
    expect(part(light, '[data-testid="light"]')?.dataset.state, 'still what capture reports').toBe('recording');
  });
});
