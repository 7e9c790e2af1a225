import { en } from './en';

/** What the page can say; English decides which keys there are. */
export type Key = keyof typeof en;

/** All words of one language. Places to fill are written `{name}`. */
export type Catalogue = Readonly<Record<Key, string>>;

/** The languages of the page, by BCP 47 tag. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'he', 'pt'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The names of the places to fill in a text. */
type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;

/** What goes with a key: nothing, or a value for each of its places. */
type Params<K extends Key> = [Places<(typeof en)[K]>] extends [never] ? [] : [params: Readonly<Record<Places<(typeof en)[K]>, string | number>>];

/** Says what a key means in one language. */
export type Translate = <K extends Key>(key: K, ...params: Params<K>) => string;

/** How a page speaks: its language, the direction it is written in, and its words. */
export interface Speech {
  readonly language: Language;
  readonly dir: 'ltr' | 'rtl';
  readonly t: Translate;
}

/** How a page speaks a language with these words of it. */
export function speechOf(language: Language, words: Catalogue): Speech {
  const numbers = new Intl.NumberFormat(language);
  return {
    language,
    dir: language === 'he' ? 'rtl' : 'ltr',
    t: (key, ...[params]) => fill(words[key], params ?? {}, numbers),
  };
}

/** Numbers are written as the language writes them. */
function fill(text: string, params: Readonly<Record<string, string | number>>, numbers: Intl.NumberFormat): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name] ?? place;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** The language for somebody who prefers these BCP 47 tags, the best first; English where none is known. */
export function languageOf(...tags: readonly string[]): Language {
  const prefixes = tags.map((tag) => tag.toLowerCase().split('-', 1)[0]);
  return prefixes.flatMap((prefix) => LANGUAGES.filter((language) => language === prefix))[0] ?? 'en';
}

/** How a page speaks before anybody said otherwise. */
export const ENGLISH: Speech = speechOf('en', en);
