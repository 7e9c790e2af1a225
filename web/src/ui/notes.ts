import type { Translate } from '../i18n/catalogue';

type Said = (t: Translate, first: string, second: string) => string;

const who = (name: string): 'member' | 'expert' => (name === 'expert' ? 'expert' : 'member');

/** How the recorder words what it notes (recorder/pipeline, recorder/manifest, recorder/sweep), and how the page says it. */
const NOTES: readonly (readonly [RegExp, Said])[] = [
  [/^no audio of the (member|expert) for (\d+ s from [\d:]+)$/, (t, name, span) => t(`note.noAudio_${who(name)}`, stretch(span))],
  [/^the microphone of the (member|expert) sent no sound for (\d+ s from [\d:]+)$/, (t, name, span) => t(`note.noSound_${who(name)}`, stretch(span))],
  [/^(no audio of|the microphone of) the .* (\d+) times more$/, (t, _, count) => t('note.oftener', { count })],
  [/^no audio of the (member|expert) was received$/, (t, name) => t(`note.nothing_${who(name)}`)],
  [/^(\d+) % of the (member|expert)'s audio was lost and concealed$/, (t, percent, name) => t(`note.lost_${who(name)}`, { percent })],
  [/^the server's own announcements and tones take the place of ([\d.]+) s of the (member|expert)'s voice$/, (t, seconds, name) => t(`note.server_${who(name)}`, { seconds })],
  [/^length differs from the spans by /, (t) => t('note.length')],
  [/^\d+ packets were dropped because the disk was too slow$/, (t) => t('note.slowDisk')],
  [/^nothing was saved from ([\d:]+) on: /, (t, from) => t('note.unsaved', { from })],
  [/^the process ended /, (t) => t('note.stopped')],
  [/^batch \d+ of the .* lane could not be read: /, (t) => t('note.unreadable')],
  [/^the journal is gone$/, (t) => t('note.gone')],
  [/^in the store, object .* of the .* is /, (t) => t('note.store')],
  [/^erased: somebody took their consent back$/, (t) => t('note.erased')],
  [/^a voice of it was erased before it could be finished$/, (t) => t('note.voiceErased')],
];

function stretch(span: string): { readonly seconds: string; readonly from: string } {
  const [seconds = '', from = ''] = span.split(' s from ');
  return { seconds, from };
}

/** A note of a recording's report in the person's language. What this page does not know it does not show in another. */
export function noteTold(t: Translate, note: string): string {
  for (const [pattern, said] of NOTES) {
    const found = pattern.exec(note);
    if (found) return said(t, found[1] ?? '', found[2] ?? '');
  }
  return t('note.other');
}

/** All notes, each once, as sentences. */
export function notesTold(t: Translate, notes: readonly string[]): string {
  return [...new Set(notes.map((note) => noteTold(t, note)))].map((said) => `${said}.`).join(' ');
}

/** What a recording's report notes, in a few words: the first note, and how many more there are. */
export function shortcoming(t: Translate, notes: readonly string[]): string {
  const [first, ...more] = new Set(notes.map((note) => noteTold(t, note)));
  if (first === undefined) return t('note.unwhole');
  return more.length === 0 ? first : t('note.more', { first, count: more.length });
}
