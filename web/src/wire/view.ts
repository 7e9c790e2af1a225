import { flag, instant, list, maybeText, nullable, number, oneOf, record, text, type Shape } from './shape';

/** Roles that a person signs in with. */
export const ROLES = ['member', 'expert', 'qa'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody as others may see them; `role` is empty for the other side of a call. */
export interface Person {
  readonly id: string;
  readonly role: string;
  readonly name: string;
  readonly headline: string;
}

export const person: Shape<Person> = record({ id: text, role: maybeText, name: text, headline: maybeText });

/** How the connection of one side stands. */
export type MediaLink = 'none' | 'connecting' | 'connected' | 'lost';

const mediaLink = oneOf<MediaLink>('none', 'connecting', 'connected', 'lost');

/** A rule's citation and what it says in a sentence. */
export interface Source {
  readonly citation: string;
  readonly says: string;
}

/**
 * The recording question or notice in the person's language. `hash` is the SHA-256 of
 * the wording, so nothing of it may be rewritten here.
 */
export interface Question {
  readonly kind: 'question' | 'notice' | 'none';
  readonly hash: string;
  readonly language: string;
  readonly title: string;
  readonly body: readonly string[];
  readonly yes: string;
  readonly no: string;
  readonly why_title: string;
  readonly details_title: string;
  readonly why: readonly string[];
  readonly details: readonly string[];
  readonly sources: readonly Source[];
}

const question: Shape<Question> = record({
  kind: oneOf('question', 'notice', 'none'),
  hash: text,
  language: text,
  title: text,
  body: list(text),
  yes: text,
  no: text,
  why_title: text,
  details_title: text,
  why: list(text),
  details: list(text),
  sources: list(record<Source>({ citation: text, says: text })),
});

/** What a person may answer, and what the server may report as answered. */
export type Answer = 'yes' | 'no' | 'continued';
export type AnswerState = Answer | 'none' | 'withdrawn';

export interface ConsentView {
  readonly question: Question | null;
  readonly answer: AnswerState;
  readonly waiting_for_peer: boolean;
  /** What the other side said to a recording that runs or is paused; empty otherwise. */
  readonly peer_answer: '' | 'yes' | 'continued';
  /** What becomes of the recording made before a no; `ask`: this person chooses. */
  readonly before: '' | 'ask' | 'kept' | 'erased';
  readonly summary: string;
}

/** The light: what capture really does. */
export type RecordingState = 'off' | 'recording' | 'paused' | 'stopped' | 'problem';

export interface RecordingView {
  readonly state: RecordingState;
  readonly since: string | null;
  readonly text: string;
  readonly id: string;
  /** What is wrong with the sound that is recorded, in words for this person; empty: nothing. */
  readonly hint: string;
  /** The expert has halted it; it goes on only when the expert says so. */
  readonly paused: boolean;
  /** When the expert is to be reminded of the pause. */
  readonly remind_at: string | null;
}

/** How the sound of a side arrives, as the server has measured it; `word` is empty while too little is known. */
export interface QualityView {
  readonly word: '' | 'excellent' | 'good' | 'poor' | 'lost';
  readonly reason: '' | 'incoming' | 'outgoing' | 'uneven' | 'slow' | 'again';
}

const qualityView = record<QualityView>({
  word: oneOf('', 'excellent', 'good', 'poor', 'lost'),
  reason: oneOf('', 'incoming', 'outgoing', 'uneven', 'slow', 'again'),
});

/** Why a side is not heard though it should be, and what became of the relay that was tried. */
export interface SoundView {
  readonly fault: '' | 'no_packets' | 'silence';
  readonly relay: '' | 'trying' | 'failed';
}

const soundView = record<SoundView>({ fault: oneOf('', 'no_packets', 'silence'), relay: oneOf('', 'trying', 'failed') });

export interface MediaView {
  readonly you: MediaLink;
  readonly peer: MediaLink;
  readonly you_muted: boolean;
  readonly peer_muted: boolean;
  readonly you_sound: SoundView;
  readonly peer_sound: SoundView;
  readonly you_quality: QualityView;
  readonly peer_quality: QualityView;
}

/** No connection, and nothing known. */
export const NO_MEDIA: MediaView = {
  you: 'none',
  peer: 'none',
  you_muted: false,
  peer_muted: false,
  you_sound: { fault: '', relay: '' },
  peer_sound: { fault: '', relay: '' },
  you_quality: { word: '', reason: '' },
  peer_quality: { word: '', reason: '' },
};

/** Who has the call on hold; while anybody has, nobody hears the other and nothing is recorded. */
export interface HoldView {
  readonly by_you: boolean;
  readonly by_peer: boolean;
}

/** `asking`: the member answers the recording question before anybody is rung. */
export type CallState = 'asking' | 'ringing' | 'connecting' | 'active' | 'ended';
export type EndReason = '' | 'declined' | 'cancelled' | 'no_answer' | 'completed' | 'dropped' | 'failed' | 'limit' | 'not_agreed' | 'revoked';

/** Tells whether the expert has not taken the call yet. */
export function unaccepted(state: CallState): boolean {
  return state === 'asking' || state === 'ringing';
}

/** A call as one of its two people may see it; times are RFC 3339. */
export interface CallView {
  readonly id: string;
  readonly role: 'member' | 'expert';
  readonly state: CallState;
  readonly here: boolean;
  readonly peer: Person;
  readonly created_at: string;
  readonly connected_at: string | null;
  /** When the expert, who has said so, will have answered; null: nobody has, or it rings no more. */
  readonly answers_by: string | null;
  /** When the longest call there may be is over; null until a minute before. */
  readonly ends_at: string | null;
  readonly ended_at: string | null;
  readonly end_reason: EndReason;
  readonly hold: HoldView;
  readonly media: MediaView;
  readonly consent: ConsentView;
  readonly recording: RecordingView;
}

export const callView: Shape<CallView> = record<CallView>({
  id: text,
  role: oneOf('member', 'expert'),
  state: oneOf('asking', 'ringing', 'connecting', 'active', 'ended'),
  here: flag,
  peer: person,
  created_at: instant,
  connected_at: nullable(instant),
  answers_by: nullable(instant),
  ends_at: nullable(instant),
  ended_at: nullable(instant),
  end_reason: oneOf('', 'declined', 'cancelled', 'no_answer', 'completed', 'dropped', 'failed', 'limit', 'not_agreed', 'revoked'),
  hold: record<HoldView>({ by_you: flag, by_peer: flag }),
  media: record<MediaView>({ you: mediaLink, peer: mediaLink, you_muted: flag, peer_muted: flag, you_sound: soundView, peer_sound: soundView, you_quality: qualityView, peer_quality: qualityView }),
  consent: record<ConsentView>({
    question: nullable(question),
    answer: oneOf('none', 'yes', 'no', 'continued', 'withdrawn'),
    waiting_for_peer: flag,
    peer_answer: oneOf('', 'yes', 'continued'),
    before: oneOf('', 'ask', 'kept', 'erased'),
    summary: text,
  }),
  recording: record<RecordingView>({
    state: oneOf('off', 'recording', 'paused', 'stopped', 'problem'),
    since: nullable(instant),
    text,
    id: text,
    hint: text,
    paused: flag,
    remind_at: nullable(instant),
  }),
});

/** Who runs the service and what it promises. */
export interface Operator {
  readonly name: string;
  readonly retention_days: number;
}

export const operator: Shape<Operator> = record({ name: text, retention_days: number });
