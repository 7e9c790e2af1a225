import type { Access, DemoPerson, Peaks, Play, Recording, Receipt } from '../wire/rest';
import type { Expert } from '../wire/server';
import type { WrittenBeside } from '../wire/written';

/** The moment at which every story takes place. */
export const NOW = '2026-11-22T09:03:21Z';

export const PEOPLE: readonly DemoPerson[] = [
  { id: 'maya', role: 'member', name: 'Maya Torres', headline: '', place: 'US-CA', place_name: 'California' },
  { id: 'jonas', role: 'member', name: 'Jonas Weber', headline: '', place: 'DE', place_name: 'Germany' },
  { id: 'dr-lee', role: 'expert', name: 'Dr. Lee', headline: 'Tax law', place: 'DE', place_name: 'Germany' },
  { id: 'amara', role: 'expert', name: 'Amara Okafor', headline: 'Grief and loss', place: 'US-NY', place_name: 'New York' },
  { id: 'quinn', role: 'qa', name: 'Quinn Walsh', headline: 'Quality', place: '', place_name: '' },
];

export const EXPERTS: readonly Expert[] = [
  { id: 'sofia', name: 'Sofía Hernández-Villanueva', headline: 'Arbeitnehmerüberlassung und Sozialversicherungsrecht', languages: ['es', 'de', 'en', 'fr'], state: 'away', rating: { stars: 4.6, members: 1280 } },
  { id: 'dr-lee', name: 'Dr. Lee', headline: 'Tax law', languages: ['en', 'de'], state: 'available', rating: { stars: 4.9, members: 312 } },
  { id: 'amara', name: 'Amara Okafor', headline: 'Grief and loss', languages: ['en'], state: 'busy', rating: null },
  { id: 'noam', name: 'נועם לוי', headline: 'דיני משפחה', languages: ['he', 'en'], state: 'available', rating: { stars: 4, members: 10 } },
];

const FIELDS = ['Tax law', 'Family law', 'Sleep and stress', 'Debt advice', 'Nutrition', 'Tenancy law', 'Grief and loss'];

/** A thousand experts, for what only shows with many. */
export function aThousandExperts(): Expert[] {
  const first = ['Ada', 'Björn', 'Chiara', 'David', 'Élodie', 'Farid', 'Grace', 'Hana'];
  const last = ['Adler', 'Baptiste', 'Costa', 'Dubois', 'Eriksson', 'Ferrari', 'Goldberg', 'Hoffmann', 'Ivanova', 'Jensen', 'Kowalski'];
  const states = ['away', 'available', 'busy', 'wrap_up'] as const;
  return Array.from({ length: 1000 }, (_, n) => ({
    id: `e${n}`,
    name: `${first[n % first.length] ?? ''} ${last[n % last.length] ?? ''} ${n}`,
    headline: FIELDS[n % FIELDS.length] ?? '',
    languages: n % 3 === 0 ? ['en', 'de'] : ['en'],
    state: states[n % states.length] ?? 'away',
    rating: n % 4 === 0 ? null : { stars: 3 + (n % 20) / 10, members: 10 + n },
  }));
}

function recording(id: string, change: Partial<Recording>): Recording {
  return {
    id,
    call: `call-${id}`,
    member: { id: 'maya', name: 'Maya Torres' },
    expert: { id: 'dr-lee', name: 'Dr. Lee' },
    started_at: '2026-11-22T08:10:00Z',
    length_ms: 754_000,
    state: 'stored',
    playable: true,
    clean: true,
    notes: [],
    remarks: [],
    erased: [],
    ...change,
  };
}

export const RECORDINGS: readonly Recording[] = [
  recording('r1', { call: 'call-1', remarks: ['the microphone of the expert sent no sound for 7 s from 0:12'] }),
  recording('r2', { member: { id: 'jonas', name: 'Jonas Weber' }, state: 'rendering', playable: false, length_ms: 61_000 }),
  recording('r3', { expert: { id: 'sofia', name: 'Sofía Hernández-Villanueva' }, clean: false, notes: ['no audio of the expert for 7 s from 0:12'], started_at: '2026-11-21T17:45:00Z', length_ms: 4_123_000 }),
  recording('r5', { call: 'call-5', member: { id: 'jonas', name: 'Jonas Weber' }, erased: ['member'], started_at: '2026-11-20T15:00:00Z' }),
  recording('r4', { state: 'damaged', clean: false, notes: ['the journal is gone'], started_at: '2026-11-20T11:00:00Z', length_ms: 92_000 }),
];

export const ACCESSES: readonly Access[] = [
  { at: '2026-11-22T08:55:00Z', what: 'play', role: 'qa', reason: 'Complaint', you: false },
  { at: '2026-11-21T19:02:00Z', what: 'play', role: 'privacy', reason: 'Case', you: false },
];

export const RECEIPTS: readonly Receipt[] = [
  { entry: 12, at: '2026-11-22T09:00:05Z', answer: 'yes', hash: 'ab', url: '/api/v1/calls/call-1/receipts/12', file: 'parley-receipt-2026-11-22-0900-12.json' },
  { entry: 19, at: '2026-11-22T09:02:41Z', answer: 'withdrawn', hash: 'cd', url: '/api/v1/calls/call-1/receipts/19', file: 'parley-receipt-2026-11-22-0902-19.json' },
];

/** A play of r1 with a pause and a mute in it. */
export const PLAY: Play = {
  play: 'play-1',
  audio_url: '/api/v1/plays/play-1/audio.opus',
  wav_url: '/api/v1/plays/play-1/audio.wav',
  peaks_url: '/api/v1/plays/play-1/peaks.json',
  messages_url: '/api/v1/plays/play-1/messages.json',
  spans: [
    { open_ms: 0, close_ms: 301_000 },
    { open_ms: 345_000, close_ms: 754_000 },
  ],
  events: [
    { at_ms: 301_000, kind: 'pause', leg: '' },
    { at_ms: 345_000, kind: 'resume', leg: '' },
    { at_ms: 520_000, kind: 'mute', leg: 'expert' },
    { at_ms: 560_000, kind: 'unmute', leg: 'expert' },
  ],
  gains_db: [0, 4.5],
};

/** What they wrote meanwhile. */
export const WRITTEN: readonly WrittenBeside[] = [
  { id: 'm1', side: 'expert', at_ms: 95_000, text: 'The form is on the page of your tax office: https://tax.example/forms/1040' },
  { id: 'm2', side: 'member', at_ms: 128_000, text: 'Thank you, I have it.' },
];

/** Two people who take turns of about half a minute. */
export function aWaveform(): Peaks {
  const length = 754;
  const data: number[] = [];
  for (let second = 0; second < length; second++) {
    for (const voice of [0, 1]) {
      const paused = (second > 301 && second < 345) || (voice === 1 && second > 520 && second < 560);
      const turn = Math.floor(second / 29) % 2 === voice;
      const height = paused ? 0 : Math.round((turn ? 70 : 4) * (0.6 + 0.4 * Math.sin(second * 1.7 + voice)));
      data.push(-height, height);
    }
  }
  return { channels: 2, length, data, speech: [[{ start_ms: 0, end_ms: 360_000 }], [{ start_ms: 29_000, end_ms: 320_000 }]] };
}

export const MISSED = [
  { call: 'call-8', member: { id: 'maya', name: 'Maya Torres' }, at: '2026-11-22T08:40:00Z', reason: 'no_answer' },
  { call: 'call-7', member: { id: 'm-17', name: 'Wilhelmine von Falkenstein-Hohenberg' }, at: '2026-11-21T17:02:00Z', reason: 'busy' },
];

export const TODAY = [
  { call: 'call-3', peer: { id: 'm-9', name: 'Wilhelmine von Falkenstein-Hohenberg' }, connected_at: '2026-11-22T07:02:00Z', ended_at: '2026-11-22T07:40:10Z' },
  { call: 'call-4', peer: { id: 'maya', name: 'Maya Torres' }, connected_at: '2026-11-22T08:10:00Z', ended_at: '2026-11-22T08:22:34Z' },
];

export const NOTES = [{ id: 'n1', at: '2026-11-22T09:04:00Z', text: 'Wants to know about the double taxation treaty. Look it up before the next call.' }];

export const BLOCKED = [{ person: 'm-31', name: 'Somebody', at: '2026-11-02T10:00:00Z' }];

export const ERASURES: readonly object[] = [
  { id: 'e1', recording: 'r2', part: 'member', basis: 'person', state: 'requested', requested_at: '2026-11-21T17:00:00Z', note: '', deferred: false },
  {
    id: 'e2',
    recording: 'r1',
    part: 'expert',
    basis: 'person',
    state: 'done',
    requested_at: '2026-11-20T10:00:00Z',
    done_at: '2026-11-20T10:05:00Z',
    note: '',
    deferred: false,
    certificate_url: '/api/v1/erasures/e2/certificate',
  },
];

export const HOLDS: readonly object[] = [
  { id: 'h1', case: '42 O 7/26', reason: 'a court asked for it', review_at: '2027-05-22T00:00:00Z', by: 'pia', at: '2026-11-19T08:00:00Z' },
];

const pia = { by: 'pia', at: '2026-11-19T08:00:00Z', entry: 'ab' };

export const DISCLOSURES: readonly object[] = [
  {
    number: 71,
    recording: 'r1',
    part: 'call',
    from_ms: 0,
    to_ms: 0,
    authority: 'Amtsgericht Köln',
    legal_basis: '§ 95 StPO',
    case: '42 O 7/26',
    confidential: false,
    requested: pia,
    approvals: [pia],
    approved: false,
  },
  {
    number: 64,
    recording: 'r1',
    part: 'member',
    from_ms: 0,
    to_ms: 0,
    authority: 'Landgericht Bonn',
    legal_basis: '§ 142 ZPO',
    case: '7 O 1/26',
    confidential: false,
    requested: pia,
    approvals: [pia, { ...pia, by: 'paul' }],
    approved: true,
  },
];

const untouched = { note: '', handled_by: '', handled_at: null };

export const INCIDENTS = [
  { id: 'rpt_3', call: 'call_06eeodtmfdrkv5a2jj98bvamj4', by: 'maya', about: 'dr-lee', at: '2026-11-21T18:40:00Z', reason: 'fraud', offset_seconds: 754, written: true, state: 'open', ...untouched },
  {
    id: 'rpt_2', call: 'call_06eeodtmfdrkv5a2jj98bvamj3', by: 'sam-ortiz', about: 'a-member-whose-id-on-the-platform-is-very-long-indeed-0123456789', at: '2026-11-21T08:12:00Z', reason: 'abuse', offset_seconds: 61,
    written: false, state: 'looked_at', note: '', handled_by: 'ada', handled_at: '2026-11-21T09:00:00Z',
  },
  {
    id: 'rpt_1', call: 'call_06eeodtmfdrkv5a2jj98bvamj2', by: 'noah', about: 'sam-ortiz', at: '2026-11-20T10:02:00Z', reason: 'other', offset_seconds: null,
    written: true, state: 'settled', note: 'Spoken to both; a misunderstanding about the price.', handled_by: 'ada', handled_at: '2026-11-20T14:30:00Z',
  },
] as const;

export const SIGNS = [
  { call: 'call_06eeodtmfdrkv5a2jj98bvamj4', member: 'maya', expert: 'dr-lee', kind: 'shared_device', people: ['noah', 'ben'], at: '2026-11-21T18:44:00Z' },
  { call: 'call_06eeodtmfdrkv5a2jj98bvamj3', member: 'noah', expert: 'sam-ortiz', kind: 'one_expert', people: [], at: '2026-11-21T08:15:00Z' },
  { call: 'call_06eeodtmfdrkv5a2jj98bvamj2', member: 'noah', expert: 'sam-ortiz', kind: 'same_human', people: [], at: '2026-11-20T10:04:00Z' },
] as const;

export const BETWEEN = [
  { by: 'maya', whom: 'dr-lee', at: '2026-11-21T18:45:00Z' },
  { by: 'sam-ortiz', whom: 'a-member-whose-id-on-the-platform-is-very-long-indeed-0123456789', at: '2026-11-21T08:14:00Z' },
] as const;

/** What checks of the connection find. */
export const NO_WAYS = { udp: 'fails', tcp: 'fails', 'relay-udp': 'fails', 'relay-tcp': 'fails', 'relay-tls': 'absent' } as const;
export const BLOCKED_WAYS = { ...NO_WAYS, tcp: 'works', 'relay-tls': 'works' } as const;
export const CHECKING = { phase: 'running', ways: { ...NO_WAYS, udp: 'trying', tcp: 'works' }, way: null, measured: null } as const;
