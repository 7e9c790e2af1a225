import { rememberReason } from '../ui/player/reason';
import { click, deep, opened } from './reach';
import { Stage } from './stage';
import type { Story } from './stories';

const qa: Record<string, Story> = {
  'qa-empty': { role: 'qa', stage: () => new Stage({ recordings: [] }) },
  qa: { role: 'qa' },
  'qa-player': { role: 'qa', route: '#/recordings/r1' },
  'qa-reason-missing': {
    role: 'qa',
    route: '#/recordings/r3',
    then: (r) => click(r, 'parley-qa', 'parley-player', '[data-testid="play"]'),
  },
  'qa-waveform': {
    role: 'qa',
    route: '#/recordings/r1',
    stage: () => {
      rememberReason(sessionStorage, { kind: 'Training', note: '' });
      return new Stage();
    },
    then: (r) => click(r, 'parley-qa', 'parley-player', '[data-testid="play"]'),
  },
  'qa-scoring': { role: 'qa', route: '#/recordings/r1', stage: () => new Stage({ scored: 'draft' }), then: (r) => deep(r, 'parley-qa', 'parley-scoring')?.scrollIntoView() },
  'qa-clash': {
    role: 'qa',
    route: '#/recordings/r1',
    stage: () => new Stage({ scored: 'draft', overtaken: true }),
    then: (r) => {
      click(r, 'parley-qa', 'parley-scoring', 'input[name="listening"][value="yes"]');
      deep(r, 'parley-qa', 'parley-scoring', '[data-testid="question-listening"]')?.scrollIntoView();
    },
  },
  'qa-scored': { role: 'qa', route: '#/recordings/r1', stage: () => new Stage({ scored: 'settled' }), then: (r) => deep(r, 'parley-qa', 'parley-scoring')?.scrollIntoView() },
  'qa-lead': { role: 'qa-lead', stage: () => new Stage({ scored: 'disputed' }), then: (r) => opened(r, 'parley-qa') },
  'qa-damaged': { role: 'qa', route: '#/recordings/r4' },
};

const privacy: Record<string, Story> = {
  privacy: { role: 'privacy' },
  'privacy-file': {
    role: 'privacy',
    stage: () => new Stage({ filed: true }),
    then: (r) => click(r, 'parley-privacy', 'parley-recordings', '[data-testid="recording-r1"]'),
  },
};

const admin: Record<string, Story> = {
  admin: { role: 'admin', route: '#/reports' },
  'admin-settle': {
    role: 'admin',
    route: '#/reports',
    then: (r) => click(r, 'parley-admin', 'parley-reports', '[data-testid="settle-open"]'),
  },
  'admin-signs': { role: 'admin', route: '#/signs' },
  'admin-blocks': { role: 'admin', route: '#/blocks' },
  'admin-empty': { role: 'admin', stage: () => new Stage({ incidents: false }) },
  'admin-hebrew': { role: 'admin', route: '#/reports', stage: () => new Stage({ language: 'he' }) },
  'admin-auditor': { role: 'auditor', stage: () => new Stage({ language: 'de' }) },
};

/** What reviewers, privacy officers and administrators see. */
export const staff: Readonly<Record<string, Story>> = { ...qa, ...privacy, ...admin };
