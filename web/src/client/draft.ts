import type { EvaluationAnswer, Moment, WholeEvaluation } from '../wire/evaluations';

/** What a reviewer has written so far. */
export interface Draft {
  readonly answers: readonly EvaluationAnswer[];
  readonly comment: string;
  readonly moments: readonly Moment[];
}

/** What was written differently in two places; the question is empty for the comment on the whole call. */
export interface Clash {
  readonly here: EvaluationAnswer;
  readonly there: EvaluationAnswer;
}

/** What of a draft is not so in another one. */
export interface Lost {
  readonly clashes: readonly Clash[];
  readonly moments: readonly Moment[];
}

export function draftOf({ answers, comment, moments }: WholeEvaluation): Draft {
  return { answers, comment, moments };
}

/** What a draft says to a question, or to the whole call. */
export function answerIn(draft: Draft, question: string): EvaluationAnswer {
  if (question === '') return { question, verdict: '', comment: draft.comment };
  return draft.answers.find((answer) => answer.question === question) ?? { question, verdict: '', comment: '' };
}

/** A draft that says this as well. */
export function saying(draft: Draft, answer: EvaluationAnswer): Draft {
  if (answer.question === '') return { ...draft, comment: answer.comment };
  return { ...draft, answers: [...draft.answers.filter(({ question }) => question !== answer.question), answer] };
}

const same = (a: EvaluationAnswer, b: EvaluationAnswer): boolean => a.verdict === b.verdict && a.comment === b.comment;

const has = (all: readonly Moment[], one: Moment): boolean => all.some(({ at_ms, text }) => at_ms === one.at_ms && text === one.text);

/**
 * Brings two drafts together that began as `base`: what was changed in one of them counts, what was
 * changed in both to something else stays as it is `here`, and is told. No moment of either is lost.
 */
export function merge(base: Draft, here: Draft, there: Draft): { readonly draft: Draft; readonly clashes: readonly Clash[] } {
  const clashes: Clash[] = [];
  let draft: Draft = there;
  for (const question of new Set(['', ...[...here.answers, ...there.answers].map((answer) => answer.question)])) {
    const [was, mine, other] = [answerIn(base, question), answerIn(here, question), answerIn(there, question)];
    if (same(mine, was) || same(mine, other)) continue;
    draft = saying(draft, mine);
    if (!same(other, was)) clashes.push({ here: mine, there: other });
  }
  const moments = [...there.moments.filter((one) => has(here.moments, one) || !has(base.moments, one)), ...here.moments.filter((one) => !has(base.moments, one) && !has(there.moments, one))];
  return { draft: { ...draft, moments: moments.sort((a, b) => a.at_ms - b.at_ms) }, clashes };
}

/** What is written `here` and not `there`. */
export function lost(here: Draft, there: Draft): Lost {
  const questions = ['', ...here.answers.map(({ question }) => question)];
  const clashes = questions.map((question) => ({ here: answerIn(here, question), there: answerIn(there, question) }));
  return { clashes: clashes.filter((one) => !same(one.here, one.there)), moments: here.moments.filter((one) => !has(there.moments, one)) };
}
