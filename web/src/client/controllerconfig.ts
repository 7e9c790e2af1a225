import type { CallMedia } from './media/callmedia';
import type { Socket } from './socket';
import type { SessionState } from './state';

/** Remembers in this tab which call's sound it carries, across a reload. */
export interface CallMemory {
  load(): string | null;
  save(call: string | null): void;
}

export interface ControllerConfig {
  readonly socket: Socket;
  readonly media: CallMedia;
  readonly memory: CallMemory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends what the session stands on besides; called once, last. */
  readonly release?: () => void;
}

export interface ControllerEvents {
  change: SessionState;
  /** A recording of this person can be played now. */
  ready: { readonly call: string; readonly recording: string };
  signedOut: { readonly expired: boolean };
}

/** How a call was left. */
export interface Leaving {
  readonly type: 'call.hangup' | 'call.cancel' | 'call.decline';
  readonly call: string;
}
