import { flag, instant, list, nullable, number, oneOf, record, text } from './shape';

interface Named {
  readonly id: string;
  readonly name: string;
}

const named = record<Named>({ id: text, name: text });

/** How far an evaluation is; a draft is seen by its reviewer alone. */
export type EvaluationState = 'draft' | 'released' | 'disputed' | 'settled';

/** What a question is answered with; empty is not yet. */
export type Verdict = '' | 'yes' | 'partly' | 'no' | 'not_applicable';

/** What a reviewer thinks of how an expert has held a call, in figures. */
export interface Evaluation {
  /** Empty: nothing was saved yet. */
  readonly id: string;
  readonly recording: string;
  readonly call: string;
  readonly member: Named;
  readonly expert: Named;
  readonly started_at: string;
  /** Empty for the expert. */
  readonly reviewer: string;
  readonly state: EvaluationState;
  readonly revision: number;
  readonly released_at: string | null;
  readonly score: { readonly percent: number; readonly passed: boolean; readonly failed: readonly string[]; readonly open: readonly string[] };
  /** It does not count. */
  readonly withdrawn: boolean;
}

export interface Question {
  readonly id: string;
  readonly points: number;
  readonly partly: boolean;
  readonly not_applicable: boolean;
  /** A no fails the whole call. */
  readonly fatal: boolean;
}

export interface Section {
  readonly id: string;
  readonly questions: readonly Question[];
}

export interface EvaluationAnswer {
  readonly question: string;
  readonly verdict: Verdict;
  readonly comment: string;
}

/** A comment to a place of the recording, in milliseconds from its beginning. */
export interface Moment {
  readonly at_ms: number;
  readonly text: string;
}

export interface WholeEvaluation {
  readonly evaluation: Evaluation;
  readonly form: { readonly id: string; readonly version: number; readonly pass: number; readonly sections: readonly Section[] };
  readonly answers: readonly EvaluationAnswer[];
  readonly comment: string;
  /** In the order of the recording. */
  readonly moments: readonly Moment[];
  readonly dispute: { readonly at: string; readonly text: string } | null;
  readonly settlement: { readonly at: string; readonly stands: boolean; readonly text: string } | null;
}

const evaluation = record<Evaluation>({
  id: text,
  recording: text,
  call: text,
  member: named,
  expert: named,
  started_at: instant,
  reviewer: text,
  state: oneOf<EvaluationState>('draft', 'released', 'disputed', 'settled'),
  revision: number,
  released_at: nullable(instant),
  score: record<Evaluation['score']>({ percent: number, passed: flag, failed: list(text), open: list(text) }),
  withdrawn: flag,
});

const question = record<Question>({ id: text, points: number, partly: flag, not_applicable: flag, fatal: flag });

export const evaluationPage = record<{ evaluations: Evaluation[]; next: string }>({ evaluations: list(evaluation), next: text });

export const wholeEvaluation = record<WholeEvaluation>({
  evaluation,
  form: record<WholeEvaluation['form']>({ id: text, version: number, pass: number, sections: list(record<Section>({ id: text, questions: list(question) })) }),
  answers: list(record<EvaluationAnswer>({ question: text, verdict: oneOf<Verdict>('', 'yes', 'partly', 'no', 'not_applicable'), comment: text })),
  comment: text,
  moments: list(record<Moment>({ at_ms: number, text })),
  dispute: nullable(record<{ readonly at: string; readonly text: string }>({ at: instant, text })),
  settlement: nullable(record<{ readonly at: string; readonly stands: boolean; readonly text: string }>({ at: instant, stands: flag, text })),
});
