import { describe, expect, it } from 'vitest';
import { aCall } from '../client/testing/views';
import { speak } from '../i18n/catalogue';
import { NO_MEDIA } from '../wire/view';
import { clock, direction, initials, moment, spoken, spokenDays } from './format';
import { callStatus, ending } from './words';

describe('clock', () => {
  it.each([
    [-5, '0:00'],
    [7_400, '0:07'],
    [750_000, '12:30'],
    [3_723_000, '1:02:03'],
  ])('%i ms → %s', (ms, want) => {
    expect(clock(ms)).toBe(want);
  });
});

describe('spoken', () => {
  it.each([
    [0, '0 seconds'],
    [1_000, '1 second'],
    [65_000, '1 minute 5 seconds'],
    [3_600_000, '1 hour'],
    [3_723_000, '1 hour 2 minutes'],
  ])('%i ms → %s', (ms, want) => {
    expect(spoken(ms)).toBe(want);
  });

  it('is said in the language asked for', () => {
    expect(spoken(65_000, 'de')).toBe('1 Minute 5 Sekunden');
  });
});

describe('days', () => {
  it.each([
    [1, 'en', '1 day'],
    [90, 'en', '90 days'],
    [1, 'de', '1 Tag'],
    [1825, 'pt', '1.825 dias'],
    [2, 'he', 'יומיים'],
    [90, 'he', '90 ימים'],
  ] as const)('%i in %s: %s', (days, language, want) => {
    expect(spokenDays(days, language).replace(/[\u200e\u200f]/g, '')).toBe(want);
  });
});

describe('moment', () => {
  it('is in the zone asked for and names it', () => {
    const got = moment('2026-11-22T09:00:00Z', 'en-GB', 'Europe/Berlin');
    expect(got).toContain('22 Nov 2026');
    expect(got).toContain('10:00');
    expect(got).toMatch(/CET|GMT\+1/);
  });
});

describe('initials', () => {
  it.each([
    ['Dr. Lee', 'L'],
    ['Ana Maria Silva', 'AS'],
    ['Ana', 'A'],
    ['Dr.', 'D'],
    ['', ''],
    ['שרה לוי', 'של'],
  ])('%s → %s', (name, want) => {
    expect(initials(name)).toBe(want);
  });
});

describe('direction', () => {
  it.each([
    ['en', 'ltr'],
    ['he', 'rtl'],
    ['ar-EG', 'rtl'],
    ['haw', 'ltr'],
  ] as const)('%s → %s', (language, want) => {
    expect(direction(language)).toBe(want);
  });
});

describe('words for a call', () => {
  const { t } = speak('en');

  it('says who is waited for', () => {
    const reading = aCall({ state: 'connecting', consent: { ...aCall().consent, waiting_for_peer: true } });
    expect(callStatus(t, reading)).toContain('Dr. Lee is still reading');
    expect(callStatus(t, aCall({ state: 'active', media: { ...NO_MEDIA, you: 'lost', peer: 'lost' } }))).toContain('Your connection');
  });

  it('tells a missed call from an unanswered one', () => {
    expect(ending(t, aCall({ role: 'expert', end_reason: 'cancelled' })).title).toContain('missed');
    expect(ending(t, aCall({ end_reason: 'no_answer' })).title).toBe('Dr. Lee did not answer');
  });
});
