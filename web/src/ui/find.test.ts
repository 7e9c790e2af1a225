import { describe, expect, it } from 'vitest';
import { EXPERTS } from '../stories/data';
import { choices, findable, found, languageNames, NO_SEARCH, type Search } from './find';

const all = findable(EXPERTS, languageNames('en'));
const ids = (search: Partial<Search>): string[] => found(all, { ...NO_SEARCH, ...search }).map(({ id }) => id);

describe('looking for experts', () => {
  it.each<[string, Partial<Search>, string[]]>([
    ['nothing asked for: everybody, in order', {}, ['sofia', 'dr-lee', 'amara', 'noam']],
    ['part of a name, whatever its case and marks', { text: 'HERNANDEZ' }, ['sofia']],
    ['words of the field', { text: 'tax' }, ['dr-lee']],
    ['words in any order, of name and field', { text: 'loss  amara' }, ['amara']],
    ['a language by its name', { text: 'hebrew' }, ['noam']],
    ['another alphabet', { text: 'לוי' }, ['noam']],
    ['a field', { field: 'Tax law' }, ['dr-lee']],
    ['a language', { language: 'de' }, ['sofia', 'dr-lee']],
    ['those who can be called now', { now: true }, ['dr-lee', 'noam']],
    ['all of it at once', { text: 'lee', field: 'Tax law', language: 'de', now: true }, ['dr-lee']],
    ['what nobody is', { text: 'lee', language: 'he' }, []],
  ])('%s', (_name, search, want) => {
    expect(ids(search)).toEqual(want);
  });

  it('offers each choice once, in the order of its words', () => {
    const name = languageNames('de');
    expect(choices(EXPERTS.flatMap(({ languages }) => languages), name, 'de').map(({ word }) => word)).toEqual(['Deutsch', 'Englisch', 'Französisch', 'Hebräisch', 'Spanisch']);
  });

  it('leaves what is no language tag as it is', () => {
    expect(languageNames('en')('not a tag')).toBe('not a tag');
  });
});
