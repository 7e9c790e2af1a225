import type { Directory, DirectoryChanged, Expert, IceServer, Presence, Problem, ServerMessage, TextMessage, Welcome } from '../wire/server';
import { type Answer, type CallView, NO_MEDIA, type Operator, type Person, type Question, unaccepted } from '../wire/view';
import { MEDIA_OFF, type MediaState } from './media/callmedia';
import type { SocketState } from './socket';

/** Everything a screen needs to know about a signed-in person's session. */
export interface SessionState {
  readonly connection: SocketState;
  /** When the connection was lost and when the next try is, by this machine's clock in milliseconds; 0 before the first loss. */
  readonly lostAtMs: number;
  readonly retryAtMs: number;
  /** The same of the sound of the call. */
  readonly soundLostAtMs: number;
  readonly soundRetryAtMs: number;
  readonly person: Person | null;
  /** The language of the server's words to this person, a BCP 47 tag; empty until the server has told. */
  readonly language: string;
  readonly operator: Operator | null;
  readonly iceServers: readonly IceServer[];
  /** Server time minus this machine's, in milliseconds. */
  readonly clockSkewMs: number;
  /** Null until the server has told. */
  readonly experts: readonly Expert[] | null;
  /** The newest change of each expert since the sign-in: some may overtake the list. */
  readonly changes: ReadonlyMap<string, DirectoryChanged>;
  readonly presence: Presence | null;
  /** The newest view of the call under way, or of the one that just ended. */
  readonly call: CallView | null;
  /** The call rings, and the expert has said to answer in a minute: until then it need not be heard. */
  readonly waits: boolean;
  /** What was written in the call under way since this tab knows of it, oldest first. */
  readonly messages: readonly TextMessage[];
  /** The expert whose call is being started, from the click to the first view. */
  readonly starting: string | null;
  /** An answer that was given here and has not come back in a view yet. */
  readonly answered: { readonly hash: string; readonly answer: Answer } | null;
  readonly media: MediaState;
  /** Recordings that became playable since the page was opened: call → recording. */
  readonly ready: ReadonlyMap<string, string>;
  readonly problem: Problem | null;
}

export const START: SessionState = {
  connection: 'connecting',
  lostAtMs: 0,
  retryAtMs: 0,
  soundLostAtMs: 0,
  soundRetryAtMs: 0,
  person: null,
  language: '',
  operator: null,
  iceServers: [],
  clockSkewMs: 0,
  experts: null,
  changes: new Map(),
  presence: null,
  call: null,
  waits: false,
  messages: [],
  starting: null,
  answered: null,
  media: MEDIA_OFF,
  ready: new Map(),
  problem: null,
};

/** Applies what the server says; `nowMs` is this machine's clock. */
export function receive(state: SessionState, message: ServerMessage, nowMs: number): SessionState {
  switch (message.type) {
    case 'welcome':
      return welcomed(state, message, nowMs);
    case 'directory':
      return { ...state, experts: listed(message, state.changes) };
    case 'directory.changed':
      return {
        ...state,
        changes: new Map(state.changes).set(message.expert.id, message),
        experts: state.experts && sortExperts(withExpert(state.experts, message.expert)),
      };
    case 'presence':
      return { ...state, presence: message };
    case 'call':
      return withCall(state, nextCall(state.call, message.call));
    case 'message':
      return message.call === state.call?.id ? { ...state, messages: [...state.messages, message] } : state;
    case 'recording.ready':
      return { ...state, ready: new Map(state.ready).set(message.call, message.recording) };
    case 'media.offer':
    case 'pong':
    case 'check.offer':
    case 'error':
      return state;
  }
}

function welcomed(state: SessionState, message: Welcome, nowMs: number): SessionState {
  const serverMs = Date.parse(message.server_time);
  const next: SessionState = {
    ...state,
    person: message.person,
    language: message.language,
    operator: message.operator,
    iceServers: message.ice_servers,
    changes: new Map(),
    clockSkewMs: serverMs - nowMs,
  };
  return withCall(next, message.call ?? missedEnd(state.call, message.server_time));
}

/** A call that the server no longer names ended while the socket was away. */
function missedEnd(call: CallView | null, serverTime: string): CallView | null {
  if (call === null || call.state === 'ended') return call;
  return endedHere(call, serverTime, 'dropped');
}

/** The view of a call that is over on this side, until the server's own comes. */
export function endedHere(call: CallView, at: string, reason: CallView['end_reason']): CallView {
  return { ...call, state: 'ended', ended_at: at, end_reason: reason, media: NO_MEDIA };
}

function withCall(state: SessionState, call: CallView | null): SessionState {
  const settled = call === null || openQuestion(call)?.hash !== state.answered?.hash;
  const messages = call?.id === state.call?.id ? state.messages : [];
  return { ...state, call, messages, starting: call ? null : state.starting, answered: settled ? null : state.answered };
}

/** Decides which call is on the screen when a view arrives. */
export function nextCall(shown: CallView | null, view: CallView): CallView | null {
  if (view.state !== 'ended') return view;
  if (shown?.id !== view.id) return shown;
  // What one did oneself, or what happens in another tab, needs no telling.
  const own = view.end_reason === (view.role === 'member' ? 'cancelled' : 'declined');
  const elsewhere = !shown.here && !unaccepted(shown.state);
  return own || elsewhere ? null : view;
}

const STATE_ORDER = { available: 0, wrap_up: 1, busy: 2, away: 3 } as const;

function sortExperts(experts: readonly Expert[]): Expert[] {
  return [...experts].sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || a.name.localeCompare(b.name));
}

function withExpert(experts: readonly Expert[], expert: Expert): readonly Expert[] {
  return [...experts.filter((one) => one.id !== expert.id), expert];
}

/** The list, with the changes that overtook it. */
function listed(directory: Directory, changes: SessionState['changes']): Expert[] {
  const newer = [...changes.values()].filter((change) => change.version > directory.version);
  return sortExperts(newer.reduce((all, change) => withExpert(all, change.expert), directory.experts));
}

/** Whether an expert is to be rung now: the sound, the tab's sign and title, a notification. */
export function rings({ call, waits }: Pick<SessionState, 'call' | 'waits'>): boolean {
  return call?.state === 'ringing' && call.role === 'expert' && !waits;
}

/** The question or notice that still waits for this person, or null. */
export function openQuestion(call: CallView): Question | null {
  const { question, answer } = call.consent;
  const open = question !== null && question.kind !== 'none' && answer === 'none' && call.state !== 'ended';
  return open ? question : null;
}

/** The question to show now: open, and not just answered on this side. */
export function visibleQuestion(state: Pick<SessionState, 'call' | 'answered'>): Question | null {
  const question = state.call && openQuestion(state.call);
  return question && question.hash !== state.answered?.hash ? question : null;
}
