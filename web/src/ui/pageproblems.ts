import type { Translate } from '../i18n/catalogue';
import type { Problem } from '../wire/server';
import { CALL_PROBLEMS, problemTold, type Problems } from './problems';
import type { Told } from './words';

/** What can go wrong on the pages, the calls among it. */
export const PAGE_PROBLEMS: Problems = {
  ...CALL_PROBLEMS,
  'step-up-needed': ['problem.step_up_needed', 'problem.step_up_neededDetail'],
  'reason-missing': ['problem.reason_missing', 'problem.reason_missingDetail'],
  'case-missing': ['problem.case_missing', 'problem.case_missingDetail'],
  'not-covered': ['problem.not_covered', 'problem.not_coveredDetail'],
  'not-playable': ['problem.not_playable', 'problem.not_playableDetail'],
  erased: ['problem.erased', 'problem.erasedDetail'],
  'set-aside': ['problem.set_aside', 'problem.set_asideDetail'],
  'play-not-offered': ['problem.play_not_offered', 'problem.play_not_offeredDetail'],
  'too-early': ['problem.too_early', 'problem.too_earlyDetail'],
  conflict: ['problem.conflict', 'problem.conflictDetail'],
  'recording-changed': ['problem.recording_changed', 'problem.recording_changedDetail'],
  'rated-already': ['problem.rated_already', 'problem.rated_alreadyDetail'],
  'not-ratable': ['problem.not_ratable', 'problem.not_ratableDetail'],
  'too-many-reports': ['problem.too_many_reports', 'problem.too_many_reportsDetail'],
  'not-as-read': ['problem.not_as_read', 'problem.not_as_readDetail'],
  'not-answered': ['problem.not_answered', 'problem.not_answeredDetail'],
  'own-evaluation': ['problem.own_evaluation', 'problem.own_evaluationDetail'],
  'not-approved': ['problem.not_approved', 'problem.not_approvedDetail'],
  'too-many-copies': ['problem.too_many_copies', 'problem.too_many_copiesDetail'],
  'too-many-checks': ['problem.too_many_checks', 'problem.too_many_checksDetail'],
  'check-over': ['problem.check_over', 'problem.check_overDetail'],
  interrupted: ['problem.interrupted', 'problem.interruptedDetail'],
  'needs-tap': ['problem.tap', 'problem.tapDetail'],
};

/** A problem of any page in the person's language. */
export function pageProblemTold(t: Translate, problem: Problem): Told {
  return problemTold(t, problem, PAGE_PROBLEMS);
}
