import type { Key, Translate } from '../i18n/catalogue';
import type { Evaluation, Verdict } from '../wire/evaluations';

/** The sections and questions of the server's forms. */
const WORDS: Readonly<Record<string, Key>> = {
  opening: 'evaluation.s_opening',
  talk: 'evaluation.s_talk',
  substance: 'evaluation.s_substance',
  closing: 'evaluation.s_closing',
  must: 'evaluation.s_must',
  greeting: 'evaluation.q_greeting',
  purpose: 'evaluation.q_purpose',
  listening: 'evaluation.q_listening',
  respect: 'evaluation.q_respect',
  plain: 'evaluation.q_plain',
  answer: 'evaluation.q_answer',
  limits: 'evaluation.q_limits',
  summary: 'evaluation.q_summary',
  next: 'evaluation.q_next',
  privacy: 'evaluation.q_privacy',
  safe: 'evaluation.q_safe',
};

/** A section or question in words; one that this page does not know by its name. */
export function asked(t: Translate, id: string): string {
  const key = Object.hasOwn(WORDS, id) ? WORDS[id] : undefined;
  return key === undefined ? id : (t as (key: Key) => string)(key);
}

export const VERDICTS: Readonly<Record<Verdict, Key>> = {
  '': 'evaluation.open',
  yes: 'evaluation.yes',
  partly: 'evaluation.partly',
  no: 'evaluation.no',
  not_applicable: 'evaluation.not_applicable',
};

export function verdictTold(t: Translate, verdict: Verdict): string {
  return (t as (key: Key) => string)(VERDICTS[verdict]);
}

export function percentTold(percent: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent' }).format(percent / 100);
}

/** What became of an evaluation, in a word, and whether it wants attention. */
export function outcomeTold(t: Translate, { state, withdrawn, score }: Evaluation): readonly [word: string, calm: boolean] {
  if (withdrawn) return [t('evaluation.withdrawn'), true];
  if (state === 'disputed') return [t('evaluation.disputed'), false];
  return score.passed ? [t('evaluation.passed'), true] : [t('evaluation.failed'), false];
}
