import { CATALOGUES } from '../i18n/catalogue';

const marked = (text: string): string => `⟦${text}⟧`;

/** Puts ⟦ ⟧ around each text of the catalogues and each date, number and list of Intl: what a screen says without them is said in one language to all. */
export function markTexts(): void {
  for (const words of Object.values(CATALOGUES) as Record<string, string>[]) {
    for (const [key, text] of Object.entries(words)) words[key] = marked(text);
  }
  mark(Intl.DateTimeFormat.prototype, 'format');
  mark(Intl.NumberFormat.prototype, 'format');
  mark(Intl.ListFormat.prototype, 'format');
  mark(Intl.DisplayNames.prototype, 'of');
}

/** Replaces a method, or the method that a getter gives, by one whose text is marked. */
function mark(of: object, name: string): void {
  const found = Object.getOwnPropertyDescriptor(of, name);
  const original = (self: object): ((...args: readonly unknown[]) => unknown) => (found?.get ? Reflect.apply(found.get, self, []) : found?.value) as never;
  const method = function (this: object, ...args: readonly unknown[]): string {
    return marked(String(Reflect.apply(original(this), this, args)));
  };
  Object.defineProperty(of, name, { configurable: true, value: method });
}
