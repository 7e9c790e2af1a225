import { aCall, aQuestion } from '../client/testing/views';
import { NO_MEDIA, type CallView } from '../wire/view';
import { FakeSink, settled } from '../client/testing/fakemedia';
import { aThousandExperts, BLOCKED_WAYS, CHECKING, NOW, NO_WAYS } from './data';
import { click, opened, type } from './reach';
import { staff } from './staff';
import { Stage } from './stage';

/** One state of a screen: who looks, at what address, and what happened before. */
export interface Story {
  readonly role: '' | 'member' | 'expert' | 'qa' | 'qa-lead' | 'privacy' | 'admin' | 'auditor';
  readonly route?: string;
  readonly stage?: () => Stage;
  readonly play?: (stage: Stage) => void | Promise<void>;
  /** Runs in the drawn page: opens what a person would open. */
  readonly then?: (root: ShadowRoot) => void;
}

const consent = (change: Partial<CallView['consent']>): CallView['consent'] => ({ ...aCall().consent, ...change });
const asking = consent({ question: aQuestion() });
const agreed = consent({ question: aQuestion(), answer: 'yes', peer_answer: 'yes', summary: 'You and Dr. Lee agreed to the recording.' });
const inAMinute = '2026-11-22T09:04:05Z';
const since = '2026-11-22T09:00:15Z';
const recording = { state: 'recording', since, text: 'Recording', id: 'r1', hint: '', paused: false, remind_at: null } as const;
const paused = { ...recording, state: 'paused', text: 'Paused: card details', paused: true } as const;
const onHold = { ...recording, state: 'paused', text: 'Paused: on hold' } as const;
const over = { state: 'ended', connected_at: '2026-11-22T09:00:07Z', ended_at: '2026-11-22T09:03:12Z', end_reason: 'completed' } as const;

/** Amara is waited for, and then free. */
function amaraIsFree(stage: Stage): void {
  const root = document.querySelector('parley-app')?.shadowRoot;
  if (!root) return;
  click(root, 'parley-member', 'parley-directory', '[data-testid="await-amara"]');
  stage.says({ type: 'directory.changed', version: 2, expert: { id: 'amara', name: 'Amara Okafor', headline: 'Grief and loss', languages: ['en'], state: 'available' } });
}

/** The person has heard nothing. */
function played(root: ShadowRoot): void {
  const press = (button: string): void => click(root, 'parley-member', 'parley-check', `[data-testid="check-${button}"]`);
  press('play');
  void settled().then(() => press('unheard'));
}

const ways = (root: ShadowRoot): void => click(root, 'parley-member', 'parley-check', '[data-testid="check-ways"]');

const denied = (stage: Stage): void => void (stage.devices.ask = () => Promise.reject(Object.assign(new Error('no'), { name: 'NotAllowedError' })));

async function fault(stage: Stage): Promise<void> {
  denied(stage);
  await stage.controller.call('dr-lee');
}

const signin: Record<string, Story> = {
  signin: { role: '' },
  'signin-closed': { role: '', stage: () => new Stage({ demo: false }) },
  'signin-staff': { role: '', stage: () => new Stage({ demo: false, staff: 'none' }) },
  'signed-out': { role: 'member', play: (s) => s.breaks(4001) },
};

/** The network has gone from under a call. */
async function soundLost(stage: Stage): Promise<void> {
  await stage.talk();
  stage.devices.peer.becomes('failed');
}

const member: Record<string, Story> = {
  experts: { role: 'member' },
  'experts-many': { role: 'member', stage: () => new Stage({ experts: aThousandExperts() }) },
  'experts-nobody': { role: 'member', then: (r) => type(r, 'astronaut', 'parley-member', 'parley-directory', '[data-testid="find"]') },
  'experts-rtl': { role: 'member', stage: () => new Stage({ language: 'he' }) },
  'experts-waiting': { role: 'member', then: (r) => click(r, 'parley-member', 'parley-directory', '[data-testid="await-amara"]') },
  'experts-free': { role: 'member', play: amaraIsFree },
  'experts-free-rtl': { role: 'member', stage: () => new Stage({ language: 'he' }), play: amaraIsFree },
  'expert-page': { role: 'member', route: '#/experts/dr-lee' },
  'expert-page-busy': { role: 'member', route: '#/experts/amara', then: (r) => click(r, 'parley-member', 'parley-expert-page', '[data-testid="await-amara"]') },
  'expert-page-rtl': { role: 'member', route: '#/experts/noam', stage: () => new Stage({ language: 'he' }) },
  'expert-page-gone': { role: 'member', route: '#/experts/nobody' },
  'experts-empty': { role: 'member', stage: () => new Stage({ experts: [] }) },
  'experts-microphone': { role: 'member', play: fault },
  check: { role: 'member', stage: () => new Stage({ unchecked: true }), then: played },
  'check-running': { role: 'member', stage: () => new Stage({ unchecked: true, check: CHECKING }), play: (s) => void (s.devices.ask = () => new Promise(() => undefined)) },
  'check-blocked': { role: 'member', stage: () => new Stage({ unchecked: true, check: { ways: BLOCKED_WAYS, way: 'relay-tls', faults: ['udpBlocked'] } }), then: ways },
  'check-lossy': { role: 'member', stage: () => new Stage({ unchecked: true, language: 'de', check: { measured: { lost: 0.18, roundTripMs: 220 }, faults: ['lossy'] } }), then: ways },
  'check-no-way': { role: 'member', stage: () => new Stage({ unchecked: true, language: 'he', check: { ways: NO_WAYS, way: null, measured: null, faults: ['noWay'] } }), play: denied, then: ways },
  'calls-empty': { role: 'member', route: '#/calls', stage: () => new Stage({ recordings: [] }) },
  calls: { role: 'member', route: '#/calls', then: (r) => click(r, 'parley-member', 'parley-recordings', '[data-testid="recording-r1"]') },
  'calls-rtl': { role: 'member', route: '#/calls', stage: () => new Stage({ language: 'he' }), then: (r) => click(r, 'parley-member', 'parley-recordings', '[data-testid="recording-r1"]') },
  reconnecting: { role: 'member', play: (s) => s.breaks() },
  'sound-again': { role: 'member', play: (s) => soundLost(s) },
  'sound-again-rtl': { role: 'member', stage: () => new Stage({ language: 'he' }), play: (s) => soundLost(s) },
  problem: {
    role: 'member',
    play: async (s) => {
      const calling = s.controller.call('dr-lee');
      await calling;
      s.says({ type: 'error', ref: 'r1', problem: { type: 'x', title: 'Dr. Lee is in a call', status: 409, detail: 'Somebody else was a moment earlier. Try again in a few minutes.' } });
    },
  },
};

const PLUGGED = [
  { kind: 'audioinput', deviceId: 'built-in', label: 'Built-in microphone' },
  { kind: 'audioinput', deviceId: 'headset', label: 'Jabra Evolve 65 headset, mono' },
] as const;

/** A call in which the microphone gives no sound, and another one can be chosen. */
async function deadMicrophone(stage: Stage): Promise<void> {
  stage.devices.plugged = [...PLUGGED];
  stage.devices.dead = true;
  await stage.talk({ consent: agreed, recording });
}

const calling: Record<string, Story> = {
  'call-devices': {
    role: 'member',
    play: deadMicrophone,
    then: (r) => click(r, 'parley-member', 'parley-call-screen', 'parley-devices', 'summary'),
  },
  ringing: { role: 'member', play: (s) => s.view({}) },
  'ringing-delayed': { role: 'member', play: (s) => s.view({ answers_by: inAMinute }) },
  'ringing-question': { role: 'member', play: (s) => s.view({ consent: asking }) },
  'asked-first': { role: 'member', play: (s) => s.view({ state: 'asking', consent: asking }) },
  'question-why': {
    role: 'member',
    play: (s) => s.view({ consent: asking }),
    then: (r) => click(r, 'parley-member', 'parley-call-screen', 'parley-question', 'summary'),
  },
  'question-rtl': {
    role: 'member',
    play: (s) => s.view({ consent: consent({ question: aQuestion({ language: 'he', title: 'האם מותר להקליט את השיחה?', why_title: 'למה שואלים אותי?', details_title: 'מה בדיוק קורה?', body: ['צוות האיכות עשוי להאזין לה בהמשך, וגם שניכם.', 'אם תסרבו, השיחה תימשך בדיוק כך.'], yes: 'כן, להקליט', no: 'לא, בלי הקלטה' }) }) }),
  },
  'question-german': {
    role: 'member',
    play: (s) => s.view({ consent: consent({ question: aQuestion({ language: 'de', title: 'Darf dieses Gespräch aufgezeichnet werden?', body: ['Beschäftigte der Qualitätssicherung dürfen es später anhören, und Sie beide auch.'], yes: 'Ja, Gespräch aufzeichnen', no: 'Nein, nicht aufzeichnen' }) }) }),
  },
  notice: {
    role: 'member',
    play: (s) => s.talk({ consent: consent({ question: aQuestion({ kind: 'notice', title: 'This call will be recorded', body: ['You can stop the recording at any time.'], yes: 'Continue', no: 'Don’t record' }) }) }),
  },
  waiting: { role: 'member', play: (s) => s.talk({ state: 'connecting', connected_at: null, consent: consent({ answer: 'no', waiting_for_peer: true }) }) },
  elsewhere: { role: 'member', play: (s) => s.view({ state: 'active', here: false, connected_at: since }) },
};

const active: Record<string, Story> = {
  'active-off': { role: 'member', play: (s) => s.talk({ consent: consent({ answer: 'no', summary: 'Recording is off: not everybody agreed.' }) }) },
  'active-recording': { role: 'member', play: (s) => s.talk({ consent: agreed, recording }) },
  'active-panel': {
    role: 'member',
    play: (s) => s.talk({ consent: agreed, recording }),
    then: (r) => click(r, 'parley-member', 'parley-call-screen', 'parley-light', '.pill'),
  },
  'active-stopped': { role: 'member', play: (s) => s.talk({ consent: { ...agreed, answer: 'withdrawn', summary: 'Recording was stopped.' }, recording: { ...recording, state: 'stopped', text: 'Recording stopped' } }) },
  'active-part': { role: 'member', play: (s) => s.talk({ consent: { ...agreed, answer: 'withdrawn', peer_answer: '', before: 'ask', summary: 'Recording was stopped.' }, recording: { ...recording, state: 'stopped', text: 'Recording stopped' } }) },
  'active-erased': { role: 'member', play: (s) => s.talk({ consent: { ...agreed, answer: 'withdrawn', peer_answer: '', before: 'erased', summary: 'Recording was stopped.' }, recording: { ...recording, state: 'off', text: 'Not recorded', id: '' } }) },
  'active-paused': { role: 'member', play: (s) => s.talk({ consent: agreed, recording: paused }) },
  'active-problem': { role: 'member', play: (s) => s.talk({ consent: agreed, recording: { ...recording, state: 'problem', text: 'Recording problem: nothing is being saved' } }) },
  'active-silent': {
    role: 'member',
    play: (s) => s.talk({ consent: agreed, recording: { ...recording, hint: 'No sound comes from the microphone of Dr. Hanna Lee.' } }),
  },
  'active-unheard': {
    role: 'member',
    play: (s) => s.talk({ consent: agreed, recording, media: { ...NO_MEDIA, you: 'connected', peer: 'connected', you_sound: { fault: 'no_packets', relay: 'trying' } } }),
  },
  'active-poor': {
    role: 'member',
    play: (s) => s.talk({ consent: agreed, recording, media: { ...NO_MEDIA, you: 'connected', peer: 'connected', peer_quality: { word: 'poor', reason: 'outgoing' } } }),
  },
  'active-muted': {
    role: 'member',
    play: async (s) => {
      await s.talk({ consent: agreed, recording });
      s.controller.setMuted(true);
    },
  },
  'active-lost': {
    role: 'member',
    play: async (s) => {
      await s.talk({ consent: agreed, recording });
      s.devices.peer.becomes('disconnected');
    },
  },
  'active-blocked': {
    role: 'member',
    play: async (s) => {
      const sink = new FakeSink();
      sink.refuse = 'NotAllowedError';
      s.controller.setSink(sink);
      await s.talk();
    },
  },
  'active-microphone': {
    role: 'member',
    play: async (s) => {
      s.devices.ask = () => Promise.reject(Object.assign(new Error('no'), { name: 'NotFoundError' }));
      await s.talk({});
    },
  },
};

const hebrew = (): Stage => new Stage({ language: 'he' });
const hebrewLight = { ...recording, text: 'ההקלטה פועלת' };
const hebrewAgreed = { ...agreed, summary: 'ההקלטה פועלת.' };

const inHebrew: Record<string, Story> = {
  'hebrew-panel': {
    role: 'member',
    stage: hebrew,
    play: (s) => s.talk({ consent: hebrewAgreed, recording: hebrewLight }),
    then: (r) => click(r, 'parley-member', 'parley-call-screen', 'parley-light', '.pill'),
  },
  'hebrew-part': {
    role: 'member',
    stage: hebrew,
    play: (s) => s.talk({ consent: { ...hebrewAgreed, answer: 'withdrawn', peer_answer: '', before: 'ask', summary: 'ההקלטה נעצרה.' }, recording: { ...hebrewLight, state: 'stopped', text: 'ההקלטה נעצרה' } }),
  },
  'hebrew-paused': {
    role: 'expert',
    stage: hebrew,
    play: (s) => s.talk({ ...rung, here: true, consent: hebrewAgreed, recording: { ...paused, text: 'מושהה: פרטי כרטיס', remind_at: '2026-11-22T09:04:00Z' } }),
  },
  'hebrew-ended': {
    role: 'member',
    stage: hebrew,
    play: async (s) => {
      await s.talk({ consent: hebrewAgreed, recording: hebrewLight });
      s.view({ ...over, consent: hebrewAgreed, recording: { ...hebrewLight, state: 'stopped' } });
      s.says({ type: 'recording.ready', call: 'call-1', recording: 'r1' });
    },
  },
};

const ended: Record<string, Story> = {
  'ended-waiting': {
    role: 'member',
    stage: () => new Stage({ recordings: [] }),
    play: async (s) => {
      await s.talk({ consent: agreed, recording });
      s.view({ ...over, consent: agreed, recording: { ...recording, state: 'stopped' } });
    },
  },
  'ended-player': {
    role: 'member',
    play: async (s) => {
      await s.talk({ consent: agreed, recording });
      s.view({ ...over, consent: agreed, recording: { ...recording, state: 'stopped' } });
      s.says({ type: 'recording.ready', call: 'call-1', recording: 'r1' });
    },
  },
  'ended-unrecorded': {
    role: 'member',
    stage: () => new Stage({ recordings: [] }),
    play: async (s) => {
      await s.talk();
      s.view({ ...over });
    },
  },
  'ended-rated': {
    role: 'member',
    stage: () => new Stage({ recordings: [], rated: true }),
    play: async (s) => {
      await s.talk();
      s.view({ ...over });
    },
  },
  'ended-declined': {
    role: 'member',
    play: (s) => {
      s.view({});
      s.view({ state: 'ended', end_reason: 'declined', ended_at: since });
    },
  },
};

const maya = { id: 'maya', role: '', name: 'Maya Torres', headline: '' };
const rung = { role: 'expert', here: false, peer: maya } as const;

function wrapsUp(stage: Stage): void {
  stage.says({ type: 'presence', available: true, state: 'wrap_up', wrap_up_until: new Date(Date.parse(NOW) + 25_000).toISOString(), reason: '' });
}

const expert: Record<string, Story> = {
  'expert-away': { role: 'expert', stage: () => new Stage({ recordings: [] }), play: (s) => s.says({ type: 'presence', available: false, state: 'away', wrap_up_until: null, reason: '' }) },
  'expert-missed-calls': { role: 'expert', stage: () => new Stage({ recordings: [] }), play: (s) => s.says({ type: 'presence', available: false, state: 'away', wrap_up_until: null, reason: 'missed_calls' }) },
  'expert-wrap-up': { role: 'expert', stage: () => new Stage({ recordings: [] }), play: wrapsUp },
  'expert-after-call': {
    role: 'expert',
    stage: () => new Stage({ recordings: [] }),
    play: async (s) => {
      await s.talk({ ...rung, here: true });
      s.view({ ...rung, ...over });
      wrapsUp(s);
    },
  },
  'expert-available': { role: 'expert' },
  'expert-evaluation': { role: 'expert', stage: () => new Stage({ recordings: [], scored: 'released' }), then: (r) => opened(r, 'parley-expert') },
  'expert-desk-rtl': { role: 'expert', stage: hebrew },
  'expert-incoming': { role: 'expert', play: (s) => s.view(rung) },
  'expert-incoming-delayed': { role: 'expert', play: (s) => s.view({ ...rung, answers_by: inAMinute }) },
  'expert-question': { role: 'expert', play: (s) => s.talk({ ...rung, here: true, state: 'connecting', connected_at: null, consent: asking }) },
  'expert-recording': { role: 'expert', play: (s) => s.talk({ ...rung, here: true, consent: agreed, recording }) },
  'expert-hold': { role: 'expert', play: (s) => s.talk({ ...rung, here: true, consent: agreed, hold: { by_you: true, by_peer: false }, recording: onHold }) },
  'expert-elsewhere': { role: 'expert', play: (s) => s.talk({ ...rung, consent: agreed, recording }) },
  'expert-ends-soon': { role: 'expert', play: (s) => s.talk({ ...rung, here: true, consent: agreed, recording, ends_at: '2026-11-22T09:04:03Z' }) },
  'expert-paused': { role: 'expert', play: (s) => s.talk({ ...rung, here: true, consent: agreed, recording: { ...paused, remind_at: '2026-11-22T09:04:00Z' } }) },
  'expert-paused-reminder': { role: 'expert', play: (s) => s.talk({ ...rung, here: true, consent: agreed, recording: { ...paused, remind_at: '2026-11-22T09:03:00Z' } }) },
  'expert-missed': {
    role: 'expert',
    play: (s) => {
      s.view(rung);
      s.view({ ...rung, state: 'ended', end_reason: 'cancelled', ended_at: since });
    },
  },
};

export const STORIES: Readonly<Record<string, Story>> = { ...signin, ...member, ...calling, ...active, ...inHebrew, ...ended, ...expert, ...staff };
