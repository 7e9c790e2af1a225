import { flag, instant, list, maybeFlag, maybeNumber, maybeText, nullable, number, oneOf, record, text, WireError, type Shape } from './shape';
import { callView, operator, person, type CallView, type Operator, type Person } from './view';

/** An RFC 9457 problem. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
}

export const problem: Shape<Problem> = record({
  type: maybeText,
  title: text,
  status: number,
  detail: maybeText,
  instance: maybeText,
});

export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

export interface Welcome {
  readonly type: 'welcome';
  readonly person: Person;
  /** The language of the server's words to this person, a BCP 47 tag. */
  readonly language: string;
  readonly operator: Operator;
  readonly ice_servers: readonly IceServer[];
  readonly server_time: string;
  readonly call: CallView | null;
}

export type ExpertState = 'available' | 'wrap_up' | 'busy' | 'away';

export interface Expert {
  readonly id: string;
  readonly name: string;
  readonly headline: string;
  readonly languages: readonly string[];
  readonly state: ExpertState;
  /** How members rate them; null where too few have. */
  readonly rating: Rating | null;
}

export interface Rating {
  /** The mean, from 1 to 5. */
  readonly stars: number;
  /** How many different members have rated. */
  readonly members: number;
}

export interface Directory {
  readonly type: 'directory';
  readonly version: number;
  readonly experts: readonly Expert[];
}

/** One expert, new or changed. One of a higher version than a directory that comes later is newer. */
export interface DirectoryChanged {
  readonly type: 'directory.changed';
  readonly version: number;
  readonly expert: Expert;
}

export interface Presence {
  readonly type: 'presence';
  readonly available: boolean;
  readonly state: ExpertState;
  /** When a wrap-up ends by itself; null in every other state. */
  readonly wrap_up_until: string | null;
  /** Why the server itself set Not available; empty: it did not. */
  readonly reason: '' | 'missed_calls';
}

export interface CallMessage {
  readonly type: 'call';
  readonly call: CallView;
}

/** A text message of a call, to both people, once it is kept. */
export interface TextMessage {
  readonly type: 'message';
  readonly call: string;
  readonly id: string;
  /** The author's person id. */
  readonly from: string;
  readonly at: string;
  readonly text: string;
}

export interface MediaOffer {
  readonly type: 'media.offer';
  readonly call: string;
  readonly generation: number;
  /** Which restart of ICE on the connection of this generation it is; 0: it is for a new connection. */
  readonly restart: number;
  readonly sdp: string;
  /** It is for the time after an accept in this tab. */
  readonly warm: boolean;
  /** The new connection may use the relay alone. */
  readonly relay: boolean;
  /** In place of those of the welcome, unless it is empty. */
  readonly ice_servers: readonly IceServer[];
}

/** The answer to a `ping`. */
export interface Pong {
  readonly type: 'pong';
  readonly ref: string;
}

/** The answer to a `check.start`: an offer for a connection that sends back what comes. */
export interface CheckOffer {
  readonly type: 'check.offer';
  readonly ref: string;
  readonly check: number;
  readonly sdp: string;
  readonly ice_servers: readonly IceServer[];
}

export interface RecordingReady {
  readonly type: 'recording.ready';
  readonly recording: string;
  readonly call: string;
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly ref: string;
  readonly problem: Problem;
}

export type ServerMessage = Welcome | Directory | DirectoryChanged | Presence | CallMessage | TextMessage | MediaOffer | Pong | CheckOffer | RecordingReady | ErrorMessage;

type Shapes = { readonly [M in ServerMessage as M['type']]: Shape<M> };

const iceServer = record<IceServer>({ urls: list(text), username: maybeText, credential: maybeText });

const expertState = oneOf<ExpertState>('available', 'wrap_up', 'busy', 'away');

const expert = record<Expert>({ id: text, name: text, headline: text, languages: list(text), state: expertState, rating: nullable(record<Rating>({ stars: number, members: number })) });

const shapes: Shapes = {
  welcome: record<Welcome>({
    type: oneOf('welcome'),
    person,
    language: text,
    operator,
    ice_servers: list(iceServer),
    server_time: instant,
    call: nullable(callView),
  }),
  directory: record<Directory>({
    type: oneOf('directory'),
    version: number,
    experts: list(expert),
  }),
  'directory.changed': record<DirectoryChanged>({ type: oneOf('directory.changed'), version: number, expert }),
  presence: record<Presence>({ type: oneOf('presence'), available: flag, state: expertState, wrap_up_until: nullable(instant), reason: oneOf('', 'missed_calls') }),
  call: record<CallMessage>({ type: oneOf('call'), call: callView }),
  message: record<TextMessage>({ type: oneOf('message'), call: text, id: text, from: text, at: instant, text }),
  'media.offer': record<MediaOffer>({ type: oneOf('media.offer'), call: text, generation: number, restart: maybeNumber, sdp: text, warm: maybeFlag, relay: maybeFlag, ice_servers: list(iceServer) }),
  pong: record<Pong>({ type: oneOf('pong'), ref: text }),
  'check.offer': record<CheckOffer>({ type: oneOf('check.offer'), ref: text, check: number, sdp: text, ice_servers: list(iceServer) }),
  'recording.ready': record<RecordingReady>({ type: oneOf('recording.ready'), recording: text, call: text }),
  error: record<ErrorMessage>({ type: oneOf('error'), ref: maybeText, problem }),
};

/** Reads one message of the server; throws a WireError that names the place when it is not one. */
export function decodeServer(data: string): ServerMessage {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new WireError('message', 'JSON', data);
  }
  const kind = record<{ type: string }>({ type: text })(value, 'message').type;
  if (!isKind(kind)) throw new WireError('message.type', 'a known type', kind);
  return shapes[kind](value, kind);
}

function isKind(kind: string): kind is ServerMessage['type'] {
  return Object.hasOwn(shapes, kind);
}
