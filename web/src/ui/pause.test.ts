// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aCall } from '../client/testing/views';
import type { RecordingView } from '../wire/view';
import { Pause } from './pause';

const NOW = '2026-11-22T09:03:00Z';

let heard: string[] = [];

async function show(change: Partial<RecordingView>): Promise<Pause> {
  const pause = new Pause();
  pause.recording = { ...aCall().recording, state: 'recording', ...change };
  for (const name of ['pause', 'resume']) pause.addEventListener(name, () => heard.push(name));
  document.body.append(pause);
  await pause.updateComplete;
  return pause;
}

function press(key: string, change: Partial<KeyboardEventInit> = {}): void {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ...change }));
}

beforeEach(() => {
  heard = [];
  vi.useFakeTimers({ now: Date.parse(NOW) });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe('the pause for card details', () => {
  it('halts and resumes by button and by the key P', async () => {
    const running = await show({});
    running.shadowRoot!.querySelector('button')!.click();
    press('p');
    expect(heard).toEqual(['pause', 'pause']);
    running.recording = { ...running.recording, state: 'paused', paused: true, remind_at: '2026-11-22T09:04:00Z' };
    await running.updateComplete;
    press('P');
    expect(heard.at(-1)).toBe('resume');
  });

  it.each([
    ['another key', 'q', {}],
    ['the browser\u2019s own shortcut', 'p', { ctrlKey: true }],
    ['a key that is held', 'p', { repeat: true }],
  ] as const)('takes no notice of %s', async (_name, key, change) => {
    await show({});
    press(key, change);
    expect(heard).toEqual([]);
  });

  it('does nothing by key while a question is open', async () => {
    const pause = await show({});
    pause.quiet = true;
    press('p');
    expect(heard).toEqual([]);
  });

  it('counts down and then reminds, and resumes nothing by itself', async () => {
    const pause = await show({ state: 'paused', paused: true, remind_at: '2026-11-22T09:04:00Z' });
    expect(pause.shadowRoot!.textContent).toContain('Reminder in 1:00');
    vi.advanceTimersByTime(61_000);
    await pause.updateComplete;
    expect(pause.shadowRoot!.querySelector('[role="status"]')!.textContent).toContain('Still paused');
    expect(heard).toEqual([]);
  });

  it('is not there when nothing is recorded', async () => {
    const pause = await show({ state: 'off' });
    expect(pause.shadowRoot!.querySelector('button')).toBeNull();
  });
});
