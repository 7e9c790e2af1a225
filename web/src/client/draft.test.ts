import { describe, expect, it } from 'vitest';
import type { Verdict } from '../wire/evaluations';
import { lost, merge, type Draft } from './draft';

const draft = (verdicts: Record<string, string>, comment = '', ...moments: (readonly [at: number, text: string])[]): Draft => ({
  answers: Object.entries(verdicts).map(([question, said]) => ({ question, verdict: said.split(':')[0] as Verdict, comment: said.split(':')[1] ?? '' })),
  comment,
  moments: moments.map(([at_ms, text]) => ({ at_ms, text })),
});

const sorted = ({ answers, ...rest }: Draft): Draft => ({ ...rest, answers: [...answers].sort((a, b) => a.question.localeCompare(b.question)) });

describe('two drafts', () => {
  it('are brought together where each has changed something else', () => {
    const base = draft({ a: 'yes', b: 'yes' }, 'fine', [1, 'x'], [5, 'y']);
    const { draft: both, clashes } = merge(base, draft({ a: 'no', b: 'yes', c: 'yes' }, 'fine', [1, 'x'], [2, 'mine']), draft({ a: 'yes', b: 'partly' }, 'better', [1, 'x'], [5, 'y'], [4, 'theirs']));
    expect(sorted(both)).toEqual(draft({ a: 'no', b: 'partly', c: 'yes' }, 'better', [1, 'x'], [2, 'mine'], [4, 'theirs']));
    expect(clashes).toEqual([]);
  });

  it('keep what is here where both have changed the same, and tell', () => {
    const base = draft({ a: 'yes' });
    const { draft: both, clashes } = merge(base, draft({ a: 'no:typed' }, 'mine'), draft({ a: 'partly' }, 'theirs'));
    expect(sorted(both)).toEqual(draft({ a: 'no:typed' }, 'mine'));
    expect(clashes.map(({ here, there }) => [here.question, here.comment, there.comment, there.verdict])).toEqual([['', 'mine', 'theirs', ''], ['a', 'typed', '', 'partly']]);
  });

  it('do not clash where both say the same, or one takes nothing back', () => {
    expect(merge(draft({}), draft({ a: 'no' }, 'so'), draft({ a: 'no' }, 'so')).clashes).toEqual([]);
    expect(merge(draft({ a: 'no' }, 'so', [1, 'x']), draft({ a: 'no' }, 'so', [1, 'x']), draft({}))).toEqual({ draft: draft({}), clashes: [] });
  });
});

it('what came too late is told', () => {
  const { clashes, moments } = lost(draft({ a: 'no', b: 'yes' }, 'typed', [1, 'x'], [2, 'y']), draft({ a: 'yes', b: 'yes', c: 'no' }, '', [2, 'y']));
  expect(clashes.map(({ here, there }) => [here.question, here.comment, here.verdict, there.verdict])).toEqual([['', 'typed', '', ''], ['a', '', 'no', 'yes']]);
  expect(moments).toEqual([{ at_ms: 1, text: 'x' }]);
});
