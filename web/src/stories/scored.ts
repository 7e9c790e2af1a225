import type { Evaluation, EvaluationState, Verdict, WholeEvaluation } from '../wire/evaluations';

const question = (id: string, points: number, more = ''): object => ({
  id,
  points,
  partly: more.includes('p'),
  not_applicable: more.includes('n'),
  fatal: more.includes('f'),
});

const FORM = {
  id: 'call',
  version: 1,
  pass: 80,
  sections: [
    { id: 'opening', questions: [question('greeting', 1), question('purpose', 2, 'p')] },
    { id: 'talk', questions: [question('listening', 3, 'p'), question('respect', 3, 'p'), question('plain', 2, 'p')] },
    { id: 'substance', questions: [question('answer', 4, 'p'), question('limits', 2, 'pn')] },
    { id: 'closing', questions: [question('summary', 2, 'pn'), question('next', 1, 'n')] },
    { id: 'must', questions: [question('privacy', 0, 'f'), question('safe', 0, 'f')] },
  ],
} as unknown as WholeEvaluation['form'];

const GIVEN: readonly (readonly [string, Verdict, string])[] = [
  ['greeting', 'yes', ''],
  ['purpose', 'yes', ''],
  ['listening', 'partly', 'From 3:10 on she is interrupted twice, and says less and less.'],
  ['respect', 'yes', ''],
  ['plain', 'yes', ''],
  ['answer', 'yes', ''],
  ['limits', 'not_applicable', ''],
  ['summary', 'no', ''],
  ['next', 'yes', ''],
  ['privacy', 'yes', ''],
  ['safe', 'yes', ''],
];

const MOMENTS = [
  { at_ms: 12_000, text: 'A good beginning: she takes her time.' },
  { at_ms: 190_000, text: 'Here she is interrupted for the second time.' },
];

const way = (word: string, cause: string, mos: number, loss: number, jitter: number): object => ({
  word,
  cause,
  mos: { average: mos, worst: mos - 0.6 },
  loss_percent: { average: loss, worst: loss * 4 },
  jitter_ms: { average: jitter, worst: jitter * 2 },
});

/** A call in which the member's network was bad for a while. */
export const SOUND = {
  member: { sent: way('poor', 'loss', 2.9, 4.2, 18), heard: way('good', 'jitter', 3.9, 0.4, 16), absences: 2, silences: 0 },
  expert: { sent: way('excellent', '', 4.3, 0, 2), heard: way('excellent', '', 4.2, 0.1, 3), absences: 0, silences: 0 },
};

/** The draft of `scoredAs` as another window has changed it. */
export function overtaken(): WholeEvaluation {
  const draft = scoredAs('draft');
  const answers = draft.answers.map((answer) => (answer.question === 'listening' ? { ...answer, verdict: 'no', comment: 'She is interrupted three times, at 3:10, 3:40 and 4:05.' } : answer));
  return { ...draft, evaluation: { ...draft.evaluation, revision: 6 }, answers: answers as WholeEvaluation['answers'] };
}

/** An evaluation as it is in one state; a draft has half of its answers, or none yet. */
export function scoredAs(state: EvaluationState, begun = true): WholeEvaluation {
  const draft = state === 'draft';
  const given = GIVEN.slice(0, draft ? (begun ? 5 : 0) : GIVEN.length);
  return {
    evaluation: {
      id: 'evl_1',
      recording: 'r1',
      call: 'call-1',
      member: { id: 'maya', name: 'Maya Torres' },
      expert: { id: 'dr-lee', name: 'Dr. Lee' },
      started_at: '2026-11-22T08:10:00Z',
      reviewer: 'quinn',
      state,
      revision: begun ? 5 : 0,
      released_at: draft ? null : '2026-11-22T08:40:00Z',
      score: { percent: begun ? 81 : 0, passed: !draft, failed: [], open: GIVEN.slice(given.length).map(([id]) => id) },
      withdrawn: false,
    },
    form: FORM,
    answers: given.map(([id, verdict, comment]) => ({ question: id, verdict, comment })),
    comment: draft ? '' : 'A warm and careful call. A few words at the end on what was agreed would have helped.',
    moments: draft && !begun ? [] : MOMENTS,
    dispute: state === 'disputed' || state === 'settled' ? { at: '2026-11-22T08:45:00Z', text: 'She asked me to go on. One can hear it at 3:05.' } : null,
    settlement: state === 'settled' ? { at: '2026-11-22T08:50:00Z', stands: true, text: 'I have heard it too. She asked you to go on once; the second time she had not finished.' } : null,
  };
}

/** The newest in that state, and two older ones. */
export function evaluationsOf(state: EvaluationState): Evaluation[] {
  const newest = scoredAs(state).evaluation;
  const older = { ...newest, state: 'settled', released_at: '2026-11-20T12:00:00Z', started_at: '2026-11-20T11:00:00Z', member: { id: 'jonas', name: 'Jonas Weber' } } as const;
  if (state === 'disputed') return [newest];
  return [newest, { ...older, id: 'evl_2', withdrawn: true, score: { ...newest.score, percent: 55, passed: false } }, { ...older, id: 'evl_3', score: { percent: 0, passed: false, failed: ['privacy'], open: [] } }];
}
