import type { Key, Translate } from '../i18n/catalogue';
import type { Problem } from '../wire/server';
import type { Told } from './words';

type Words = readonly [title: Key, detail: Key];

/** Problems by the last part of their type, with what the page says of them. */
export type Problems = Readonly<Record<string, Words>>;

const SIGNED_OUT: Words = ['problem.signed_out', 'problem.signed_outDetail'];
const OLD_MEDIA: Words = ['problem.stale_media', 'problem.stale_mediaDetail'];
const TOO_FAST: Words = ['problem.too_fast', 'problem.too_fastDetail'];

/** What can go wrong around a call. */
export const CALL_PROBLEMS: Problems = {
  'token-expired': SIGNED_OUT,
  'token-invalid': SIGNED_OUT,
  'token-revoked': SIGNED_OUT,
  unauthenticated: SIGNED_OUT,
  'no-such-expert': ['problem.no_such_expert', 'problem.no_such_expertDetail'],
  'expert-away': ['problem.expert_away', 'problem.expert_awayDetail'],
  'expert-wrapping-up': ['problem.expert_wrapping_up', 'problem.expert_wrapping_upDetail'],
  'expert-busy': ['problem.expert_busy', 'problem.expert_busyDetail'],
  'second-account': ['problem.second_account', 'problem.second_accountDetail'],
  'self-call': ['problem.self_call', 'problem.self_callDetail'],
  'in-call': ['problem.in_call', 'problem.in_callDetail'],
  'no-such-call': ['problem.no_such_call', 'problem.no_such_callDetail'],
  forbidden: ['problem.forbidden', 'problem.forbiddenDetail'],
  'too-young': ['problem.too_young', 'problem.too_youngDetail'],
  overload: TOO_FAST,
  'too-many-messages': TOO_FAST,
  'too-many-requests': TOO_FAST,
  'too-many-checks': TOO_FAST,
  draining: ['problem.draining', 'problem.drainingDetail'],
  'wrong-phase': ['problem.wrong_phase', 'problem.wrong_phaseDetail'],
  'answered-elsewhere': ['problem.answered_elsewhere', 'problem.answered_elsewhereDetail'],
  'stale-question': ['problem.stale_question', 'problem.stale_questionDetail'],
  'answer-needed': ['problem.answer_needed', 'problem.answer_neededDetail'],
  'no-media-yet': OLD_MEDIA,
  'stale-media': OLD_MEDIA,
  'not-found': ['problem.not_found', 'problem.not_foundDetail'],
  unavailable: ['problem.unavailable', 'problem.unavailableDetail'],
  internal: ['problem.internal', 'problem.internalDetail'],
  offline: ['problem.offline', 'problem.offlineDetail'],
  waiting: ['problem.waiting', 'problem.waitingDetail'],
  garbled: ['problem.garbled', 'problem.garbledDetail'],
  unexpected: ['problem.unexpected', 'problem.unexpectedDetail'],
  'no-sound': ['problem.no_sound', 'problem.no_soundDetail'],
};

/** A problem in the person's language. One that has no words here keeps the server's own, below a title that says what happened. */
export function problemTold(t: Translate, problem: Problem, known: Problems = CALL_PROBLEMS): Told {
  const slug = problem.type.split(/[/:]/).at(-1) ?? '';
  const keys = Object.hasOwn(known, slug) ? known[slug] : undefined;
  if (keys === undefined) return { title: t('problem.refused'), detail: problem.detail === '' ? problem.title : problem.detail };
  return { title: said(t, keys[0]), detail: said(t, keys[1]) };
}

/** No text of a problem has a place to fill: the test of the catalogues holds it. */
function said(t: Translate, key: Key): string {
  return t(key as 'problem.internal');
}
