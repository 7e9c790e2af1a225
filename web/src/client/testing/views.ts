import { NO_MEDIA, type CallView, type Question } from '../../wire/view';

/** A recording question as the server words it. */
export function aQuestion(change: Partial<Question> = {}): Question {
  return {
    kind: 'question',
    hash: 'a1',
    language: 'en',
    title: 'May this call be recorded?',
    body: [
      'Quality staff may listen to it later, and you both can. It is kept 90 days, locked with its own key.',
      'If you say no, the call goes on just the same.',
    ],
    yes: 'Yes, record',
    no: 'No, don’t',
    why_title: 'Why am I asked?',
    details_title: 'What exactly happens?',
    why: [
      'You are in California and Dr. Lee is in Germany.',
      'Germany’s rule is the stricter one: everybody must agree first.',
    ],
    details: [
      'The recording starts only when everybody has agreed, and the light at the top says so.',
      'You can stop it at any time. What you said is sealed before it is stored.',
    ],
    sources: [{ citation: '§ 201 StGB', says: 'Recording the spoken word needs the consent of everybody who speaks.' }],
    ...change,
  };
}

/** A call as the member sees it; `change` says what is different. */
export function aCall(change: Partial<CallView> = {}): CallView {
  return {
    id: 'call-1',
    role: 'member',
    state: 'ringing',
    here: true,
    peer: { id: 'dr-lee', role: '', name: 'Dr. Lee', headline: 'Tax law' },
    created_at: '2026-11-22T09:00:00Z',
    connected_at: null,
    answers_by: null,
    ends_at: null,
    ended_at: null,
    end_reason: '',
    hold: { by_you: false, by_peer: false },
    media: NO_MEDIA,
    consent: { question: null, answer: 'none', waiting_for_peer: false, peer_answer: '', before: '', summary: '' },
    recording: { state: 'off', since: null, text: 'Not recorded', id: '', hint: '', paused: false, remind_at: null },
    ...change,
  };
}

/** The first message of the server. */
export function aWelcome(call: CallView | null = null, role = 'member'): Record<string, unknown> {
  return {
    type: 'welcome',
    person: { id: 'ana', role, name: 'Ana' },
    language: 'en',
    operator: { name: 'Parley demo', retention_days: 90 },
    ice_servers: [{ urls: ['turn:parley.example:3478'], username: 'u', credential: 'c' }],
    server_time: '2026-11-22T09:00:00Z',
    call,
  };
}
