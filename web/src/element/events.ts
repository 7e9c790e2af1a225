import type { CallView, EndReason, Problem, RecordingState, SessionState } from '@parley/client';

/** What the element tells the page around it; every event bubbles, and `detail` is as written here. */
export interface ElementEvents {
  /** The connection to the server stands. */
  'parley-online': { readonly person: string; readonly role: string };
  /** A call came into another state. */
  'parley-call': { readonly call: string; readonly state: CallView['state']; readonly peer: string };
  /** The light changed: what capture really does. */
  'parley-recording': { readonly call: string; readonly state: RecordingState };
  /** A call is over; `seconds` counts from the first sound, and is 0 when there was none. */
  'parley-ended': { readonly call: string; readonly reason: EndReason; readonly seconds: number };
  'parley-problem': { readonly title: string; readonly detail: string };
  /** The token was refused; `signIn()` of the element asks for another. */
  'parley-signed-out': { readonly expired: boolean };
}

export type ElementEvent = { [Name in keyof ElementEvents]: { readonly name: Name; readonly detail: ElementEvents[Name] } }[keyof ElementEvents];

/** What happened between two states of a session. */
export function happened(before: SessionState, now: SessionState): ElementEvent[] {
  return [...online(before, now), ...called(before.call, now.call), ...failed(before.problem, now.problem)];
}

function* online(before: SessionState, now: SessionState): Iterable<ElementEvent> {
  const { person } = now;
  if (person !== null && before.person !== person) yield { name: 'parley-online', detail: { person: person.id, role: person.role } };
}

function* called(before: CallView | null, now: CallView | null): Iterable<ElementEvent> {
  if (now === null) return;
  const known = before?.id === now.id ? before : null;
  if (known?.state !== now.state) yield { name: 'parley-call', detail: { call: now.id, state: now.state, peer: now.peer.id } };
  if ((known?.recording.state ?? 'off') !== now.recording.state) yield { name: 'parley-recording', detail: { call: now.id, state: now.recording.state } };
  if (now.state === 'ended' && known?.state !== 'ended') yield { name: 'parley-ended', detail: { call: now.id, reason: now.end_reason, seconds: seconds(now) } };
}

function seconds({ connected_at: from, ended_at: to }: CallView): number {
  return from === null || to === null ? 0 : Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}

function* failed(before: Problem | null, now: Problem | null): Iterable<ElementEvent> {
  if (now !== null && now !== before) yield { name: 'parley-problem', detail: { title: now.title, detail: now.detail } };
}
