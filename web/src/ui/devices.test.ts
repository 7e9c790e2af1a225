// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { START } from '../client/state';
import type { Actions } from './actions';
import { Devices } from './devices';

const MICROPHONES = [{ id: 'built-in', label: 'Built-in' }, { id: 'headset', label: '' }];
const MEDIA = { ...START.media, microphoneId: 'built-in', devices: { microphones: MICROPHONES, speakers: [] } };

async function show(choose: (id: string, element: Devices) => void): Promise<Devices> {
  const element = new Devices();
  element.media = MEDIA;
  const chooseMicrophone = (id: string): Promise<void> => {
    choose(id, element);
    return Promise.resolve();
  };
  element.actions = { chooseMicrophone } as unknown as Actions;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

const select = (element: Devices, id: string): HTMLSelectElement | null => element.shadowRoot!.querySelector(`[data-testid="${id}"]`);

async function choose(element: Devices, value: string): Promise<void> {
  const field = select(element, 'choose-microphone')!;
  field.value = value;
  field.dispatchEvent(new Event('change'));
  await new Promise((resolve) => setTimeout(resolve, 0));
  await element.updateComplete;
}

afterEach(() => document.body.replaceChildren());

describe('the choice of devices', () => {
  it('names what is plugged in, follows it, and shows speakers where a page may choose one', async () => {
    const element = await show(() => undefined);
    const names = (): string[] => [...select(element, 'choose-microphone')!.options].map((option) => option.textContent.trim());
    expect(names()).toEqual(['Built-in', 'Device 2']);
    expect(select(element, 'choose-speaker')).toBeNull();
    element.media = { ...MEDIA, devices: { microphones: MICROPHONES.slice(0, 1), speakers: [{ id: 'loud', label: 'Loudspeaker' }] } };
    await element.updateComplete;
    expect(names()).toEqual(['Built-in']);
    expect([...select(element, 'choose-speaker')!.options].map((option) => option.textContent.trim())).toEqual(['As the system has it', 'Loudspeaker']);
  });

  it('shows what is really in use: the choice, or what was in use before where that cannot be had', async () => {
    const works = await show((id, element) => (element.media = { ...MEDIA, microphoneId: id }));
    await choose(works, 'headset');
    expect(select(works, 'choose-microphone')!.value).toBe('headset');
    const fails = await show(() => undefined);
    await choose(fails, 'headset');
    expect(select(fails, 'choose-microphone')!.value).toBe('built-in');
  });
});
