// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { START } from '../client/state';
import { aCall } from '../client/testing/views';
import { CATALOGUES, speak, type Language } from '../i18n/catalogue';
import { SpeechSource } from '../i18n/msg';
import type { CallView } from '../wire/view';
import type { Actions } from './actions';
import { CallScreen } from './callscreen';
import { faultTold } from './words';

let asked: boolean[] = [];
let loud = 0;

async function show(change: Partial<CallView>): Promise<CallScreen> {
  const screen = new CallScreen();
  screen.session = START;
  screen.call = aCall({ state: 'active', connected_at: '2026-11-22T09:00:07Z', ...change });
  screen.actions = { hold: (on: boolean) => void asked.push(on), level: (side: string) => (side === 'you' ? loud : 0) } as unknown as Actions;
  document.body.append(screen);
  await screen.updateComplete;
  return screen;
}

const part = (screen: CallScreen, id: string): HTMLElement | null => screen.shadowRoot!.querySelector(`[data-testid="${id}"]`);

beforeEach(() => {
  asked = [];
  loud = 0;
  vi.useFakeTimers({ now: Date.parse('2026-11-22T09:03:00Z') });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe('a call that rings', () => {
  it('says that the expert answers in a minute, and when it rings again', async () => {
    const screen = await show({ state: 'ringing', connected_at: null, answers_by: '2026-11-22T09:03:42Z' });
    const status = (): string => screen.shadowRoot!.querySelector('.status')!.textContent;
    expect(status()).toContain('Ringing…');
    screen.session = { ...START, waits: true };
    await screen.updateComplete;
    expect(status()).toMatch(/Dr. Lee will answer in a minute\s+Rings again in 0:42/);
    expect(part(screen, 'cancel'), 'to give up').not.toBeNull();
  });
});

describe('a call on hold', () => {
  it('is put on hold and taken back with one button', async () => {
    const screen = await show({});
    expect(part(screen, 'held')).toBeNull();
    part(screen, 'hold')!.click();
    screen.call = { ...screen.call, hold: { by_you: true, by_peer: false } };
    await screen.updateComplete;
    expect(part(screen, 'hold')!.getAttribute('aria-pressed')).toBe('true');
    part(screen, 'hold')!.click();
    expect(asked).toEqual([true, false]);
  });

  it('says what is recorded meanwhile, and who has it', async () => {
    const screen = await show({ hold: { by_you: false, by_peer: true } });
    const told = part(screen, 'held')!.getAttribute('detail');
    expect(told).toContain('nothing is recorded');
    expect(told).toContain('Dr. Lee will take the call back');
    part(screen, 'hold')!.click();
    expect(asked).toEqual([true]); // one's own hold, not the other's
  });
});

describe('a side that is not heard', () => {
  const media = aCall().media;
  const rows: [name: string, change: Partial<CallView['media']>, heading: string, detail: string][] = [
    ['nothing comes from here', { you_sound: { fault: 'no_packets', relay: 'trying' } }, 'Dr. Lee does not hear you', 'Another way is being tried'],
    ['it did not help', { you_sound: { fault: 'no_packets', relay: 'failed' } }, 'Dr. Lee does not hear you', 'reload the page'],
    ['the own microphone', { you_sound: { fault: 'silence', relay: '' } }, 'No sound comes from your microphone', 'mute switch'],
    ['nothing from the other', { peer_sound: { fault: 'no_packets', relay: 'trying' } }, 'Nothing arrives from Dr. Lee', 'Another way is being tried'],
    ['the other’s microphone', { peer_sound: { fault: 'silence', relay: 'failed' } }, 'microphone of Dr. Lee sends no sound', 'did not help'],
  ];
  it.each(rows)('%s', async (_name, change, heading, detail) => {
    const hint = { ...aCall().recording, hint: 'No sound is recorded' };
    const screen = await show({ media: { ...media, ...change }, recording: hint });
    const told = part(screen, 'fault')!;
    expect(told.getAttribute('heading')).toContain(heading);
    expect(told.getAttribute('detail')).toContain(detail);
    expect(part(screen, 'hint'), 'said twice').toBeNull();
  });

  it('is told in every language, with the name', () => {
    for (const language of Object.keys(CATALOGUES) as Language[]) {
      const call = aCall({ media: { ...media, peer_sound: { fault: 'no_packets', relay: 'trying' } } });
      expect(faultTold(speak(language).t, call)!.title, language).toContain('Dr. Lee');
    }
  });
});

describe('the connection', () => {
  it('is announced in a word with its reason when it changes', async () => {
    const screen = await show({});
    const said = screen.shadowRoot!.querySelector('.quality')!;
    expect(said.getAttribute('role')).toBe('status');
    screen.call = { ...screen.call, media: { ...screen.call.media, peer_quality: { word: 'poor', reason: 'outgoing' } } };
    await screen.updateComplete;
    expect(said.textContent).toBe('Connection poor. Their connection loses sound.');
  });
});

describe('being muted', () => {
  it('is said, and said more clearly to who talks all the same, until they stop', async () => {
    const screen = await show({});
    const note = screen.shadowRoot!.querySelector('parley-muted-note')!;
    const said = async (ms: number): Promise<string> => {
      await vi.advanceTimersByTimeAsync(ms);
      return note.shadowRoot!.querySelector('[role="status"]')!.textContent;
    };
    loud = 0.7;
    expect(await said(2_000)).toBe('');
    screen.session = { ...START, media: { ...START.media, muted: true } };
    expect(await said(100)).toBe('You are muted');
    expect(await said(1_000)).toBe('You are muted. Nobody hears what you are saying.');
    loud = 0;
    expect(await said(1_000), 'between two words').toContain('Nobody hears');
    expect(await said(4_000)).toBe('You are muted');
    screen.session = START;
    loud = 0.7;
    expect(await said(1_000)).toBe('');
    screen.remove();
    expect(vi.getTimerCount(), 'timers').toBe(0);
  });
});

describe('while they talk', () => {
  it('the time since the first sound runs, and each side has a level that moves', async () => {
    const frames: FrameRequestCallback[] = [];
    vi.spyOn(globalThis, 'requestAnimationFrame').mockImplementation((run) => frames.push(run));
    const screen = await show({});
    screen.session = { ...START, media: { ...START.media, link: 'connected' } };
    const time = (): string => screen.shadowRoot!.querySelector('.status .figures')!.textContent;
    expect(time()).toBe('2:53');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(time()).toBe('2:55');
    loud = 0.7;
    frames.splice(0).forEach((run) => run(0));
    const bars = [...screen.shadowRoot!.querySelectorAll('parley-level')].map((level) => level.shadowRoot!.querySelector<HTMLElement>('.bar')!.style.transform);
    expect(bars).toEqual(['scaleX(0.700)', 'scaleX(0.000)']);
  });
});

describe('the longest call', () => {
  it('counts down once the server has told', async () => {
    const screen = await show({ ends_at: '2026-11-22T09:03:42Z' });
    expect(part(screen, 'ends-soon')!.textContent).toContain('0:42');
  });

  it('is not spoken of before', async () => {
    expect(part(await show({}), 'ends-soon')).toBeNull();
  });
});

describe('a call whose sound is in another tab', () => {
  it.each([
    ['expert', 'Answered in another tab'],
    ['member', 'The sound of this call is in another tab'],
  ] as const)('tells the %s', async (role, heading) => {
    const screen = await show({ role, here: false });
    expect(part(screen, 'elsewhere')!.getAttribute('heading')).toBe(heading);
  });
});

describe('what becomes of the part before', () => {
  it.each(Object.keys(CATALOGUES) as Language[])('is asked and told in %s', async (language) => {
    const page = new SpeechSource(document.body, speak(language));
    const words = CATALOGUES[language];
    const screen = await show({ consent: { ...aCall().consent, answer: 'withdrawn', before: 'ask' } });
    const text = (id: string): string => part(screen, id)!.textContent;
    expect(text('part-ask')).toContain(words['part.askDetail']);
    expect([text('part-keep'), text('part-erase')]).toEqual([words['part.keep'], words['part.erase']]);
    screen.call = { ...screen.call, consent: { ...screen.call.consent, before: 'erased' } };
    await screen.updateComplete;
    expect(text('part-erased')).toBe(words['part.erased']);
    page.close();
  });
});

describe('the server\u2019s words', () => {
  it('carry the language they are in, which the page need not have', async () => {
    const recording = { ...aCall().recording, hint: 'Nessun suono.' };
    const screen = await show({ recording, consent: { ...aCall().consent, summary: 'Registrazione in corso.' } });
    screen.session = { ...START, language: 'it' };
    await screen.updateComplete;
    expect(part(screen, 'hint')!.lang).toBe('it');
    expect(screen.shadowRoot!.querySelector<HTMLElement>('.summary')!.lang).toBe('it');
  });
});
