import { ENGLISH, languageOf, speechOf, type Catalogue, type Language, type Speech } from './speech';

/** Where the words of each language but English are, each in a file of its own. */
const FILES: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Catalogue>>> = {
  de: async () => (await import('./de')).de,
  fr: async () => (await import('./fr')).fr,
  es: async () => (await import('./es')).es,
  he: async () => (await import('./he')).he,
  pt: async () => (await import('./pt')).pt,
};

/**
 * Like `speak`, for those who load only the language that somebody prefers. English, which is always there, where the
 * file cannot be had: a call in the wrong language comes before none.
 */
export async function learn(...tags: readonly string[]): Promise<Speech> {
  const language = languageOf(...tags);
  if (language === 'en') return ENGLISH;
  try {
    return speechOf(language, await FILES[language]());
  } catch {
    return ENGLISH;
  }
}
