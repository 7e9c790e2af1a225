import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { speak } from '../i18n/catalogue';
import { problemOf } from '../client/problem';
import { PAGE_PROBLEMS, pageProblemTold } from './pageproblems';
import { problemTold } from './problems';

/** What only a program meets, or what says in its own words what is wrong. */
const OF_PROGRAMS = ['method-not-allowed', 'too-many-readers', 'key-reused', 'in-work', 'webhook-exists', 'webhook-address', 'webhook-secret', 'too-many-webhooks', 'cursor-unknown', 'cursor-expired', 'check-over'];

function slugs(): string[] {
  const source = readFileSync(new URL('../../../signaling/problem/problem.go', import.meta.url), 'utf8');
  return [...source.matchAll(/^\t\{\w[\w.]*, "([\w-]+)", \d+,/gm)].map(([, slug]) => slug ?? '');
}

const told = (type: string): string => problemTold(speak('de').t, { type, title: 'T', status: 400, detail: 'D', instance: '' }).title;

describe('a problem', () => {
  it('of the server that a person can meet has words in the catalogues', () => {
    expect(slugs().length).toBeGreaterThan(40);
    expect([...new Set(slugs())].filter((slug) => !OF_PROGRAMS.includes(slug) && !Object.hasOwn(PAGE_PROBLEMS, slug))).toEqual([]);
  });

  it.each([
    ['/problems/expert-busy', 'In einem anderen Gespräch'],
    ['/problems/constructor', 'Das wurde nicht angenommen'],
    [problemOf(new Error('x')).type, 'Das hat nicht geklappt'],
  ])('%s: %s', (type, want) => {
    expect(told(type)).toBe(want);
  });

  it('without words here keeps those of the server', () => {
    expect(pageProblemTold(speak('en').t, { type: '/problems/bad-request', title: 'Bad request', status: 400, detail: 'the reason is too long', instance: '' })).toEqual({
      title: 'That was not accepted',
      detail: 'the reason is too long',
    });
  });
});
