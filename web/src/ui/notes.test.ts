import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { speak } from '../i18n/catalogue';
import { notesTold, noteTold, shortcoming } from './notes';

const { t } = speak('en');

/** Where the recorder words its notes: a change there must be made here as well. */
const WORDED: readonly (readonly [file: string, words: string, note: string, want: string])[] = [
  ['pipeline/silence.go', '"no audio of the " + voice', 'no audio of the expert for 7 s from 0:12', 'For 7 s from 0:12, nothing of the expert arrived'],
  ['pipeline/silence.go', '%s for %s from %s', 'no audio of the member for 138 s from 1:01:02', 'For 138 s from 1:01:02, nothing of the member arrived'],
  ['pipeline/silence.go', '"the microphone of the " + voice + " sent no sound"', 'the microphone of the member sent no sound for 7 s from 0:12', 'For 7 s from 0:12, the member’s microphone sent no sound'],
  ['pipeline/silence.go', '%s %d times more', 'no audio of the member 5 times more', 'Such silences happened 5 times more'],
  ['manifest/manifest.go', 'no audio of the %s was received', 'no audio of the expert was received', 'Nothing of the expert arrived'],
  ['manifest/manifest.go', "%.0f %% of the %s's audio was lost and concealed", "7 % of the member's audio was lost and concealed", '7 % of the member’s sound was lost and filled in'],
  [
    'manifest/manifest.go',
    "the server's own announcements and tones take the place of %.1f s of the %s's voice",
    "the server's own announcements and tones take the place of 2.5 s of the expert's voice",
    'The service’s own announcements and tones take the place of 2.5 s of the expert’s voice',
  ],
  ['manifest/manifest.go', 'length differs from the spans by %.0f ms', 'length differs from the spans by -80 ms', 'The length is not quite as it should be'],
  ['pipeline/finish.go', '%d packets were dropped because the disk was too slow', '3 packets were dropped because the disk was too slow', 'Some sound was lost because the disk was too slow'],
  ['pipeline/fault.go', 'nothing was saved from %s on: %s', 'nothing was saved from 1:02 on: the disk was full', 'From 1:02 on, nothing was saved'],
  ['pipeline/finish.go', 'the process ended during the call', 'the process ended during the call', 'The server stopped during the call; the last second may be missing'],
  ['pipeline/finish.go', 'batch %d of the %s lane could not be read: %s', 'batch 4 of the member lane could not be read: torn', 'A part of it could not be read'],
  ['pipeline/recover.go', 'the journal is gone', 'the journal is gone', 'What was recorded is gone'],
  ['sweep/report.go', 'in the store, object %s of the %s is ', 'in the store, object a.age of the member is gone', 'A stored part of it was found to be faulty'],
  ['pipeline/erase.go', 'erased: somebody took their consent back', 'erased: somebody took their consent back', 'It was erased, because somebody took their consent back'],
  ['pipeline/tidy.go', 'a voice of it was erased before it could be finished', 'a voice of it was erased before it could be finished', 'A voice was erased before it was finished'],
];

describe('a note of the recorder', () => {
  it.each(WORDED)('%s: %s', (file, words, note, want) => {
    expect(readFileSync(new URL(`../../../recorder/${file}`, import.meta.url), 'utf8')).toContain(words);
    expect(noteTold(t, note)).toBe(want);
  });

  it('that is not known is not shown in another language', () => {
    expect(noteTold(speak('de').t, 'gremlins')).toBe('Sonst ist etwas damit geschehen; die Betreiber dieses Dienstes können sehen, was');
  });

  it('is said once where several say the same', () => {
    expect(notesTold(t, ['the process ended during the call', 'the process ended while the last batch was being written'])).toBe('The server stopped during the call; the last second may be missing.');
  });
});

describe('shortcoming', () => {
  it.each([
    [[], 'Not whole'],
    [['the journal is gone'], 'What was recorded is gone'],
    [['the journal is gone', 'gremlins', 'the disk was eaten'], 'What was recorded is gone, and 1 more'],
  ])('%j: %s', (notes, want) => {
    expect(shortcoming(t, notes)).toBe(want);
  });
});
