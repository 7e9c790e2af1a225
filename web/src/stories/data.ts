import type { DemoPerson, Recording, Receipt } from '../wire/rest';
import type { Expert } from '../wire/server';

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
  { id: 'sofia', name: 'Sofía Hernández-Villanueva', headline: 'Arbeitnehmerüberlassung und Sozialversicherungsrecht', languages: ['es', 'de', 'en', 'fr'], state: 'away' },
  { id: 'dr-lee', name: 'Dr. Lee', headline: 'Tax law', languages: ['en', 'de'], state: 'available' },
  { id: 'amara', name: 'Amara Okafor', headline: 'Grief and loss', languages: ['en'], state: 'busy' },
  { id: 'noam', name: 'נועם לוי', headline: 'דיני משפחה', languages: ['he', 'en'], state: 'available' },
];

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
    ...change,
  };
}

export const RECORDINGS: readonly Recording[] = [
  recording('r1', { call: 'call-1' }),
  recording('r2', { member: { id: 'jonas', name: 'Jonas Weber' }, state: 'rendering', playable: false, length_ms: 61_000 }),
  recording('r3', { expert: { id: 'sofia', name: 'Sofía Hernández-Villanueva' }, clean: false, started_at: '2026-11-21T17:45:00Z', length_ms: 4_123_000 }),
  recording('r4', { state: 'damaged', clean: false, started_at: '2026-11-20T11:00:00Z', length_ms: 92_000 }),
];

export const RECEIPTS: readonly Receipt[] = [
  { entry: 12, at: '2026-11-22T09:00:05Z', answer: 'yes', hash: 'ab', url: '/v1/calls/call-1/receipts/12', file: 'parley-receipt-2026-11-22-0900-12.json' },
  { entry: 19, at: '2026-11-22T09:02:41Z', answer: 'withdrawn', hash: 'cd', url: '/v1/calls/call-1/receipts/19', file: 'parley-receipt-2026-11-22-0902-19.json' },
];
