import type { Answer } from './view';

/** The WebSocket subprotocol of this version. */
export const SUBPROTOCOL = 'parley.v1';

/** One ICE candidate as the server takes it (W3C WebRTC 4.8.1, RTCIceCandidateInit). */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
  readonly usernameFragment?: string | null;
}

/** What a client may send; docs/protocol.md says who may and when. */
export type ClientMessage = { readonly ref?: string } & (
  | { readonly type: 'hello'; readonly token: string; readonly place?: string; readonly tab?: string; readonly device?: string }
  | { readonly type: 'presence.set'; readonly available: boolean }
  | { readonly type: 'call.start'; readonly expert: string }
  | { readonly type: 'call.accept' | 'call.decline' | 'call.delay' | 'call.cancel' | 'call.hangup'; readonly call: string }
  | { readonly type: 'message.send'; readonly call: string; readonly text: string }
  | { readonly type: 'call.hold'; readonly call: string; readonly on: boolean }
  | { readonly type: 'media.join'; readonly call: string }
  | { readonly type: 'media.warm'; readonly call: string }
  | { readonly type: 'media.restart'; readonly call: string; readonly generation: number }
  | { readonly type: 'media.answer'; readonly call: string; readonly generation: number; readonly restart?: number; readonly sdp: string }
  | {
      readonly type: 'media.candidate';
      readonly call: string;
      readonly generation: number;
      readonly candidate: Candidate | null;
    }
  | { readonly type: 'media.mute'; readonly call: string; readonly muted: boolean }
  | { readonly type: 'ping' | 'check.start' }
  | { readonly type: 'check.answer'; readonly check: number; readonly sdp: string }
  | { readonly type: 'check.end'; readonly check: number }
  | { readonly type: 'consent.shown'; readonly call: string; readonly hash: string }
  | { readonly type: 'consent.answer'; readonly call: string; readonly hash: string; readonly answer: Answer }
  | { readonly type: 'recording.part'; readonly call: string; readonly keep: boolean }
  | { readonly type: 'consent.withdraw' | 'recording.pause' | 'recording.resume'; readonly call: string }
);
