import { flag, instant, list, maybeText, nullable, number, oneOf, record, text, type Shape } from './shape';
import { operator, type Operator } from './view';

/** What the path of every REST call and of the socket begins with. */
export const API_ROOT = '/api/v1';

/** What anybody may know about the service before signing in. */
export interface Config {
  readonly operator: Operator;
  readonly demo: boolean;
  /** Where staff sign in with their work account; empty: they have tokens like everybody. */
  readonly staff_sign_in: string;
}

export const config: Shape<Config> = record({ operator, demo: flag, staff_sign_in: maybeText });

export interface DemoPerson {
  readonly id: string;
  readonly role: string;
  readonly name: string;
  readonly headline: string;
  readonly place: string;
  readonly place_name: string;
}

const demoPerson: Shape<DemoPerson> = record({
  id: text,
  role: text,
  name: text,
  headline: maybeText,
  place: maybeText,
  place_name: maybeText,
});

export const demoPeople = record<{ people: DemoPerson[] }>({ people: list(demoPerson) });

/** Stands in the place of a token and means the one in the browser's cookie, which no script can read. */
export const COOKIE_TOKEN = 'cookie';

/** A signed-in person's token; `expires_at` is RFC 3339. */
export interface DemoSession {
  readonly token: string;
  readonly expires_at: string;
  readonly person: SessionPerson;
}

export interface SessionPerson {
  readonly id: string;
  readonly role: string;
  readonly name: string;
}

const sessionPerson: Shape<SessionPerson> = record({ id: text, role: text, name: text });

export const demoSession: Shape<DemoSession> = record({ token: text, expires_at: instant, person: sessionPerson });

export type RecordingStage = 'capturing' | 'rendering' | 'uploading' | 'stored' | 'damaged' | 'discarded' | 'erased';

export interface Recording {
  readonly id: string;
  readonly call: string;
  readonly member: { readonly id: string; readonly name: string };
  readonly expert: { readonly id: string; readonly name: string };
  readonly started_at: string;
  readonly length_ms: number;
  readonly state: RecordingStage;
  readonly playable: boolean;
  readonly clean: boolean;
  /** What is not clean, in words. */
  readonly notes: readonly string[];
  /** What a listener should know though nothing is missing. */
  readonly remarks: readonly string[];
  /** The voices that were erased, member or expert; the other one still plays. */
  readonly erased: readonly string[];
}

const named = record<{ id: string; name: string }>({ id: text, name: text });

export const recording: Shape<Recording> = record<Recording>({
  id: text,
  call: text,
  member: named,
  expert: named,
  started_at: instant,
  length_ms: number,
  state: oneOf('capturing', 'rendering', 'uploading', 'stored', 'damaged', 'discarded', 'erased'),
  playable: flag,
  clean: flag,
  notes: list(text),
  remarks: list(text),
  erased: list(text),
});

export interface RecordingPage {
  readonly recordings: readonly Recording[];
  /** Give it as `before` to get the following page; empty at the end. */
  readonly next: string;
}

export const recordingPage: Shape<RecordingPage> = record<RecordingPage>({
  recordings: list(recording),
  next: maybeText,
});

/** A stretch that was recorded, in milliseconds since the start. */
export interface Span {
  readonly open_ms: number;
  readonly close_ms: number;
}

/** Something that happened meanwhile; `leg` is empty for the whole call. */
export interface PlayEvent {
  readonly at_ms: number;
  readonly kind: string;
  readonly leg: string;
}

export interface Play {
  readonly play: string;
  readonly audio_url: string;
  readonly wav_url: string;
  readonly peaks_url: string;
  readonly messages_url: string;
  readonly spans: readonly Span[];
  readonly events: readonly PlayEvent[];
  /** What brings member and expert to one level, in dB, of `audio_url`; in `wav_url` it is done. */
  readonly gains_db: readonly number[];
}

export const play: Shape<Play> = record<Play>({
  play: text,
  audio_url: text,
  wav_url: text,
  peaks_url: text,
  messages_url: text,
  spans: list(record<Span>({ open_ms: number, close_ms: number })),
  events: list(record<PlayEvent>({ at_ms: number, kind: text, leg: maybeText })),
  gains_db: list(number),
});

/** A waveform in the JSON of audiowaveform: for each pixel, and in it each voice, the lowest and highest sample. */
export interface Peaks {
  readonly channels: number;
  readonly length: number;
  readonly data: readonly number[];
  /** When each voice spoke. */
  readonly speech: readonly (readonly { readonly start_ms: number; readonly end_ms: number }[])[];
}

export const peaks: Shape<Peaks> = record<Peaks>({
  channels: number,
  length: number,
  data: list(number),
  speech: list(list(record<{ start_ms: number; end_ms: number }>({ start_ms: number, end_ms: number }))),
});

/** One access to a recording: by role and class of reason, never by name. */
export interface Access {
  readonly at: string;
  readonly what: string;
  readonly role: string;
  readonly reason: string;
  readonly you: boolean;
}

const access: Shape<Access> = record<Access>({ at: instant, what: text, role: text, reason: maybeText, you: flag });

export const accessList = record<{ accesses: Access[] }>({ accesses: list(access) });

export type ReceiptAnswer = 'yes' | 'no' | 'continued' | 'withdrawn';

/** One of a person's own receipts of a call; `url` gives the signed file, to be saved as `file`. */
export interface Receipt {
  readonly entry: number;
  readonly at: string;
  readonly answer: ReceiptAnswer;
  readonly hash: string;
  readonly url: string;
  readonly file: string;
}

const receipt: Shape<Receipt> = record<Receipt>({
  entry: number,
  at: instant,
  answer: oneOf('yes', 'no', 'continued', 'withdrawn'),
  hash: text,
  url: text,
  file: text,
});

export const receiptList = record<{ receipts: Receipt[] }>({ receipts: list(receipt) });

/** What of a recording is meant: one voice, or both. */
export type Part = 'member' | 'expert' | 'call';

const part = oneOf('member', 'expert', 'call');

export type ErasureState = 'requested' | 'refused' | 'approved' | 'begun' | 'done';

/** A wish to have a voice erased and what became of it; times and addresses are empty until they are there. */
export interface Erasure {
  readonly id: string;
  readonly recording: string;
  readonly part: Part;
  readonly state: ErasureState;
  readonly requested_at: string;
  readonly done_at: string;
  readonly note: string;
  readonly certificate_url: string;
}

export const erasure: Shape<Erasure> = record<Erasure>({
  id: text,
  recording: text,
  part,
  state: oneOf('requested', 'refused', 'approved', 'begun', 'done'),
  requested_at: instant,
  done_at: maybeText,
  note: text,
  certificate_url: maybeText,
});

export const erasureList = record<{ erasures: Erasure[] }>({ erasures: list(erasure) });
/** A text message of a call; `from` is the author's person id. */
export interface Written {
  readonly id: string;
  readonly from: string;
  readonly at: string;
  readonly text: string;
}

export const messageList = record<{ messages: Written[] }>({ messages: list(record<Written>({ id: text, from: text, at: instant, text })) });

export interface Rating {
  readonly stars: number;
  readonly sound: number | null;
  readonly again: boolean | null;
  readonly comment: string;
  readonly at: string;
}

/** What a person may still say of a call, and has said. */
export interface Feedback {
  readonly ratable: boolean;
  readonly rating: Rating | null;
  readonly blocked: boolean;
}

export const feedback: Shape<Feedback> = record<Feedback>({
  ratable: flag,
  rating: nullable(record<Rating>({ stars: number, sound: nullable(number), again: nullable(flag), comment: text, at: instant })),
  blocked: flag,
});

export type ReportReason = 'abuse' | 'fraud' | 'unsafe' | 'other';

export interface Blocked {
  readonly person: string;
  /** Empty where it is not known. */
  readonly name: string;
  readonly at: string;
}

export const blockList = record<{ blocks: Blocked[] }>({ blocks: list(record<Blocked>({ person: text, name: text, at: instant })) });

/** A call in which a person talked; `ended_at` is null while it goes on. */
export interface OwnCall {
  readonly call: string;
  readonly peer: { readonly id: string; readonly name: string };
  readonly connected_at: string;
  readonly ended_at: string | null;
}

export const ownCallPage = record<{ calls: OwnCall[]; next: string }>({
  calls: list(record<OwnCall>({ call: text, peer: named, connected_at: instant, ended_at: nullable(instant) })),
  next: text,
});

/** What an expert has noted of a call. */
export interface Note {
  readonly id: string;
  readonly at: string;
  readonly text: string;
}

export const noteList = record<{ notes: Note[] }>({ notes: list(record<Note>({ id: text, at: instant, text })) });

export interface Missed {
  readonly call: string;
  readonly member: { readonly id: string; readonly name: string };
  readonly at: string;
  readonly reason: 'no_answer' | 'cancelled' | 'busy';
}

export const missedPage = record<{ missed: Missed[]; next: string }>({
  missed: list(record<Missed>({ call: text, member: record<{ id: string; name: string }>({ id: text, name: text }), at: instant, reason: oneOf('no_answer', 'cancelled', 'busy') })),
  next: text,
});


/** A legal hold; `released_at` is empty while it stands. */
export interface Hold {
  readonly id: string;
  readonly case: string;
  readonly reason: string;
  readonly review_at: string;
  readonly by: string;
  readonly at: string;
  readonly released_at: string;
  readonly release_reason: string;
}

export const hold: Shape<Hold> = record<Hold>({
  id: text,
  case: text,
  reason: text,
  review_at: instant,
  by: text,
  at: instant,
  released_at: maybeText,
  release_reason: maybeText,
});

export const holdList = record<{ holds: Hold[] }>({ holds: list(hold) });

/** What a privacy officer did to a disclosure. */
export interface DisclosureStep {
  readonly by: string;
  readonly at: string;
  readonly note: string;
}

const step: Shape<DisclosureStep> = record<DisclosureStep>({ by: text, at: instant, note: maybeText });

/** What an authority asks for, and who approved it. */
export interface Disclosure {
  readonly number: number;
  readonly recording: string;
  readonly part: Part;
  readonly authority: string;
  readonly legal_basis: string;
  readonly case: string;
  readonly requested: DisclosureStep;
  readonly approvals: readonly DisclosureStep[];
  readonly refused: DisclosureStep | null;
  readonly approved: boolean;
}

export const disclosure: Shape<Disclosure> = record<Disclosure>({
  number,
  recording: text,
  part,
  authority: text,
  legal_basis: text,
  case: text,
  requested: step,
  approvals: list(step),
  refused: (value, path) => (value === undefined ? null : step(value, path)),
  approved: flag,
});

export const disclosureList = record<{ disclosures: Disclosure[] }>({ disclosures: list(disclosure) });
