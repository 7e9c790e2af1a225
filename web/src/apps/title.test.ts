// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { aCall } from '../client/testing/views';
import { START } from '../client/state';
import { speak } from '../i18n/catalogue';
import { EXPERTS } from '../stories/data';
import { title } from './title';

const { t } = speak('en');
const session = { ...START, experts: EXPERTS };

describe('the title of the tab', () => {
  it.each([
    ['', '', 'Parley'],
    ['member', '', 'Experts – Parley'],
    ['member', '#/calls', 'My calls – Parley'],
    ['member', '#/experts/dr-lee', 'Dr. Lee – Parley'],
    ['expert', '', 'Your desk – Parley'],
    ['qa', '', 'Recordings – Parley'],
    ['auditor', '#/signs', 'How people treat each other – Parley'],
    ['privacy', '', 'Privacy – Parley'],
  ])('of %s at "%s": %s', (role, route, want) => {
    expect(title(t, session, role, route)).toBe(want);
  });

  it('names the other in a call, and says how it ended', () => {
    const during = (change: Parameters<typeof aCall>[0]): string => title(t, { ...session, call: aCall(change) }, 'member', '');
    expect(during({ state: 'active' })).toBe('Dr. Lee – Parley');
    expect(during({ state: 'ended', end_reason: 'declined' })).toBe('Dr. Lee cannot talk right now – Parley');
  });
});
