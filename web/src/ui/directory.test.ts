// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { EXPERTS } from '../stories/data';
import type { Expert } from '../wire/server';
import { Directory } from './directory';

async function show(experts: readonly Expert[]): Promise<Directory> {
  const directory = new Directory();
  directory.experts = experts;
  document.body.append(directory);
  await directory.updateComplete;
  return directory;
}

const find = (directory: Directory, id: string): HTMLInputElement | null => directory.shadowRoot!.querySelector(`[data-testid="${id}"]`);
const shown = (directory: Directory): string[] => [...directory.shadowRoot!.querySelectorAll<HTMLElement>('li')].map(({ dataset }) => dataset.testid!);

async function set(directory: Directory, id: string, value: string | boolean): Promise<void> {
  const field = find(directory, id)!;
  if (typeof value === 'boolean') field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event(id === 'find' ? 'input' : 'change'));
  await directory.updateComplete;
}

afterEach(() => document.body.replaceChildren());

describe('the directory', () => {
  it('finds by words, field, language and who is free, and says how many', async () => {
    const directory = await show(EXPERTS);
    await set(directory, 'find', 'tax');
    expect(shown(directory)).toEqual(['expert-dr-lee']);
    expect(find(directory, 'found')?.textContent).toBe('Experts found: 1');
    await set(directory, 'find', '');
    await set(directory, 'find-language', 'en');
    expect(shown(directory)).toHaveLength(4);
    await set(directory, 'find-now', true);
    expect(shown(directory)).toEqual(['expert-dr-lee', 'expert-noam']);
    await set(directory, 'find-field', 'Tax law');
    expect(shown(directory)).toEqual(['expert-dr-lee']);
  });

  it('says in words that nobody fits, and shows everybody again', async () => {
    const directory = await show(EXPERTS);
    await set(directory, 'find', 'astronaut');
    expect(find(directory, 'nobody')?.textContent).toContain('Nobody fits what you are looking for.');
    find(directory, 'find-clear')!.click();
    await directory.updateComplete;
    expect(shown(directory)).toHaveLength(4);
    expect(find(directory, 'find')!.value).toBe('');
  });

  it('draws some of a thousand, and more when asked', async () => {
    const many = Array.from({ length: 1000 }, (_, n): Expert => ({ id: `e${n}`, name: `Expert ${n}`, headline: `Field ${n % 7}`, languages: ['en'], state: 'available', rating: null }));
    const directory = await show(many);
    expect(shown(directory)).toHaveLength(48);
    expect(find(directory, 'more')?.textContent).toBe('Show more (952)');
    find(directory, 'more')!.click();
    await directory.updateComplete;
    expect(shown(directory)).toHaveLength(96);
    await set(directory, 'find', 'expert 999');
    expect(shown(directory)).toEqual(['expert-e999']);
  });

  it('says how members rate somebody, or that it is too early to', async () => {
    const directory = await show(EXPERTS.slice(1, 3));
    const rated = [...directory.shadowRoot!.querySelectorAll('[data-testid="rated"], [data-testid="unrated"]')].map((told) => told.textContent.trim());
    expect(rated).toEqual(['★ 4.9 of 5, from 312 members', 'New: not enough ratings yet']);
  });

  it('has no search where there is nothing to look for', async () => {
    expect(find(await show(EXPERTS.slice(0, 3)), 'find')).toBeNull();
  });
});
