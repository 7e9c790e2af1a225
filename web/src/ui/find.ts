import type { Expert } from '../wire/server';

/** What somebody looks for among the experts; empty fields ask for nothing. */
export interface Search {
  /** Parts of words of name, field or languages, in any order. */
  readonly text: string;
  readonly field: string;
  /** A BCP 47 tag. */
  readonly language: string;
  /** Only those who can be called now. */
  readonly now: boolean;
}

export const NO_SEARCH: Search = { text: '', field: '', language: '', now: false };

/** An expert with the words by which they are found. */
export interface Findable {
  readonly expert: Expert;
  readonly words: string;
}

/** Prepares experts to be searched; `languageName` says a language in the words of who searches. */
export function findable(experts: readonly Expert[], languageName: (tag: string) => string): Findable[] {
  return experts.map((expert) => ({ expert, words: plain([expert.name, expert.headline, ...expert.languages.map(languageName)].join(' ')) }));
}

/** The experts that are looked for, in the order that they came in. */
export function found(all: readonly Findable[], search: Search): Expert[] {
  const parts = plain(search.text).split(/\s+/).filter((part) => part !== '');
  const fits = ({ expert, words }: Findable): boolean =>
    (!search.now || expert.state === 'available') &&
    (search.field === '' || expert.headline === search.field) &&
    (search.language === '' || expert.languages.includes(search.language)) &&
    parts.every((part) => words.includes(part));
  return all.filter(fits).map(({ expert }) => expert);
}

/** What there is to choose from, each once, in the order of its words. */
export function choices(values: Iterable<string>, word: (value: string) => string, language: string): { readonly value: string; readonly word: string }[] {
  const { compare } = new Intl.Collator(language);
  return [...new Set(values)]
    .filter((value) => value !== '')
    .map((value) => ({ value, word: word(value) }))
    .sort((a, b) => compare(a.word, b.word));
}

/** Letters without case and marks: who types "hernandez" finds Hernández. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Says language tags in the words of one language; what is no tag stays as it is. */
export function languageNames(language: string): (tag: string) => string {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const known = new Map<string, string>();
  const name = (tag: string): string => {
    try {
      return names.of(tag) ?? tag;
    } catch {
      return tag;
    }
  };
  return (tag) => {
    const word = known.get(tag) ?? name(tag);
    known.set(tag, word);
    return word;
  };
}
