// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { Presence } from '../wire/server';
import { Availability } from './availability';

const presence = (change: Partial<Presence>): Presence => ({ type: 'presence', available: true, state: 'available', wrap_up_until: null, reason: '', ...change });

async function show(change: Partial<Presence>): Promise<HTMLElement> {
  const element = new Availability();
  element.presence = presence(change);
  document.body.append(element);
  await element.updateComplete;
  return element.shadowRoot!.querySelector<HTMLElement>('[data-testid="availability"]')!;
}

afterEach(() => document.body.replaceChildren());

describe('the switch of an expert', () => {
  it.each([
    ['available', {}, 'true', 'Available'],
    ['in a call', { state: 'busy' }, 'true', 'Available'],
    ['switched off by themselves', { available: false, state: 'away' }, 'false', 'Not available'],
    ['switched off by the server', { available: false, state: 'away', reason: 'missed_calls' }, 'false', 'You did not answer several calls in a row'],
  ] as const)('says that they are %s', async (_name, change, checked, words) => {
    const button = await show(change);
    expect(button.getAttribute('aria-checked')).toBe(checked);
    expect(button.textContent).toContain(words);
  });

  it('says nothing of missed calls to who switched it off', async () => {
    const button = await show({ available: false, state: 'away' });
    expect(button.querySelector('[role="status"]')!.textContent).not.toContain('in a row');
  });

  it('asks for the other state', async () => {
    const asked: unknown[] = [];
    const button = await show({ available: false, state: 'away', reason: 'missed_calls' });
    document.querySelector('parley-availability')!.addEventListener('availability', (event) => asked.push((event as CustomEvent<boolean>).detail));
    button.click();
    expect(asked).toEqual([true]);
  });
});
