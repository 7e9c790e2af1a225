import { de } from './de';
import { en } from './en';
import { es } from './es';
import { fr } from './fr';
import { he } from './he';
import { pt } from './pt';
import { languageOf, speechOf, type Catalogue, type Language, type Speech } from './speech';

export type { Catalogue, Key, Language, Speech, Translate } from './speech';

/** All words of all languages, for the pages that hold them at once. */
export const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, de, fr, es, he, pt };

/** How a page speaks for somebody who prefers these BCP 47 tags, the best first; English where none is known. */
export function speak(...tags: readonly string[]): Speech {
  const language = languageOf(...tags);
  return speechOf(language, CATALOGUES[language]);
}
