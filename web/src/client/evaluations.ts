import { evaluationPage, wholeEvaluation, type Evaluation, type WholeEvaluation } from '../wire/evaluations';
import { API_ROOT } from '../wire/rest';
import type { Api, Page } from './api';
import type { Draft } from './draft';

const one = (id: string, what = ''): string => `${API_ROOT}/evaluations/${encodeURIComponent(id)}${what}`;
const own = (recording: string): string => `${API_ROOT}/recordings/${encodeURIComponent(recording)}/evaluation`;

/** The revision that is changed, as If-Match has it. */
const match = (revision: number): string => `"${revision}"`;

/** A page of the evaluations that the person may read, the newest first; an empty state is all. */
export async function listEvaluations(api: Api, state: string, before: string): Promise<Page<Evaluation>> {
  const query = new URLSearchParams(Object.entries({ state, before }).filter(([, value]) => value !== ''));
  const { evaluations, next } = await api.ask(`${API_ROOT}/evaluations?${query.toString()}`, evaluationPage);
  return { list: evaluations, next };
}

export function readEvaluation(api: Api, id: string): Promise<WholeEvaluation> {
  return api.ask(one(id), wholeEvaluation);
}

/** The reviewer's own evaluation of a recording. */
export function ownEvaluation(api: Api, recording: string): Promise<WholeEvaluation> {
  return api.ask(own(recording), wholeEvaluation);
}

/** Keeps what was written in the draft, if it is still of that revision. */
export function saveEvaluation(api: Api, recording: string, revision: number, draft: Draft): Promise<WholeEvaluation> {
  return api.ask(own(recording), wholeEvaluation, draft, 'PUT', match(revision));
}

/** Shows it to the expert. */
export function releaseEvaluation(api: Api, recording: string, revision: number): Promise<WholeEvaluation> {
  return api.ask(`${own(recording)}/release`, wholeEvaluation, {}, 'POST', match(revision));
}

export function disputeEvaluation(api: Api, id: string, text: string): Promise<WholeEvaluation> {
  return api.ask(one(id, '/dispute'), wholeEvaluation, { text });
}

export function settleEvaluation(api: Api, id: string, stands: boolean, text: string): Promise<WholeEvaluation> {
  return api.ask(one(id, '/settlement'), wholeEvaluation, { stands, text });
}
