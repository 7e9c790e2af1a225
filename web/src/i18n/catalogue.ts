import { de } from './de';
import { en } from './en';
import { es } from './es';
import { fr } from './fr';
import { he } from './he';
import { pt } from './pt';

/** What the page can say; English decides which keys there are. */
export type Key = keyof typeof en;

/** All words of one language. Places to fill are written `{name}`. */
export type Catalogue = Readonly<Record<Key, string>>;

/** The languages of the page, by BCP 47 tag. */
export const CATALOGUES = { en, de, fr, es, he, pt } as const satisfies Record<string, Catalogue>;

export type Language = keyof typeof CATALOGUES;

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

function speechOf(language: Language): Speech {
  const words: Catalogue = CATALOGUES[language];
  return {
    language,
    dir: language === 'he' ? 'rtl' : 'ltr',
    t: (key, ...[params]) => fill(words[key], params ?? {}),
  };
}

function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}

/** How a page speaks for somebody who prefers these BCP 47 tags, the best first; English where none is known. */
export function speak(...tags: readonly string[]): Speech {
  return speechOf(tags.map((tag) => tag.toLowerCase().split('-', 1)[0] ?? '').find(known) ?? 'en');
}

function known(tag: string): tag is Language {
  return Object.hasOwn(CATALOGUES, tag);
}
