/** A length as a clock shows it: 0:07, 12:30, 1:02:03. Negative lengths count as none. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A length as one says it: "1 hour 2 minutes", "45 seconds". */
export function spoken(ms: number, locale = 'en'): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  const said = parts.filter(([n]) => n > 0).slice(0, 2);
  if (said.length === 0) said.push([0, 'second']);
  return said.map(([n, unit]) => counted(n, unit, locale)).join(' ');
}

/** So many days, as one says it: "1 day", "90 days". */
export function spokenDays(days: number, locale: string): string {
  return counted(days, 'day', locale);
}

/** A number with its unit in the form that the language has for it. */
function counted(n: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(n);
}

/** When something was, in the person's own zone, with the zone: "22 Nov 2026, 10:00 CET". */
export function moment(iso: string, locale?: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    ...zone,
  }).format(new Date(iso));
}

/** A day in the person's language: "22 Nov 2026". */
export function day(iso: string, locale?: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...(timeZone === undefined ? {} : { timeZone }) }).format(new Date(iso));
}

/** The time of a day of which the date is known, in the person's own zone: "10:05". */
export function timeOfDay(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
}

/** Up to two letters that stand for a name; titles like "Dr." do not count. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '' && !word.endsWith('.'));
  const first = words[0] ?? name;
  const last = words.length > 1 ? words.at(-1) : undefined;
  return `${firstLetter(first)}${firstLetter(last ?? '')}`.toLocaleUpperCase();
}

/** The first letter as a reader counts letters, marks included. */
function firstLetter(word: string): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment;
  return '';
}

/** The direction that a language is written in. */
export function direction(language: string): 'ltr' | 'rtl' {
  return /^(ar|fa|he|ur|ps|yi|dv|ku-arab)\b/i.test(language) ? 'rtl' : 'ltr';
}
