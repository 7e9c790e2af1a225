import type { MediaState } from '../client/media/callmedia';
import type { MicrophoneFault } from '../client/media/microphone';
import { openQuestion } from '../client/state';
import type { QualityWord } from '../client/media/quality';
import type { ExpertState } from '../wire/server';
import type { CallView } from '../wire/view';
import type { ReceiptAnswer, RecordingStage } from '../wire/rest';

/** What happened, and what to do. */
export interface Told {
  readonly title: string;
  readonly detail: string;
}

export const MICROPHONE: Record<MicrophoneFault, Told> = {
  denied: {
    title: 'Your browser blocks the microphone',
    detail: 'Click the sign beside the address, then allow the microphone for this page.',
  },
  missing: {
    title: 'No microphone was found',
    detail: 'Plug one in or switch your headset on, then try again.',
  },
  busy: {
    title: 'Another program is using the microphone',
    detail: 'Close other calls or recording programs, then try again.',
  },
  insecure: {
    title: 'This page may not use a microphone',
    detail: 'Browsers allow it only on secure pages. Open the address that begins with https.',
  },
  unknown: {
    title: 'The microphone does not start',
    detail: 'Try again. If it stays like this, restart the browser.',
  },
};

export const AVAILABILITY: Record<ExpertState, string> = {
  available: 'Available',
  busy: 'In a call',
  away: 'Not available',
};

export const QUALITY: Record<QualityWord, string> = {
  unknown: '',
  excellent: 'Connection excellent',
  good: 'Connection good',
  poor: 'Connection poor',
  lost: 'Connection lost',
};

/** What a receipt proves, in the words of who gave the answer. */
export const RECEIPT: Record<ReceiptAnswer, string> = {
  yes: 'You said yes to the recording',
  no: 'You said no to the recording',
  continued: 'You went on after being told of the recording',
  withdrawn: 'You stopped the recording',
};

export const STAGE: Record<RecordingStage, string> = {
  capturing: 'The call is still going on',
  rendering: 'Being prepared',
  uploading: 'Being stored',
  stored: 'Stored',
  damaged: 'Damaged',
  discarded: 'Discarded',
  erased: 'Erased',
};

/** Who listened, by role. */
export const LISTENER: Readonly<Record<string, string>> = {
  member: 'The member',
  expert: 'The expert',
  qa: 'A quality reviewer',
  'qa-lead': 'The head of quality review',
  privacy: 'A privacy officer',
  operator: 'The operator of the service',
};

/** Says how a call came to its end, to the person who sees `call`. */
export function ending(call: CallView): Told {
  const { name } = call.peer;
  const talked = call.connected_at !== null;
  switch (call.end_reason) {
    case 'declined':
      return { title: `${name} cannot talk right now`, detail: 'Nothing was recorded. Try later, or call somebody else.' };
    case 'no_answer':
    case 'cancelled':
      return call.role === 'expert'
        ? { title: `You missed a call from ${name}`, detail: 'They stopped ringing before it was answered.' }
        : { title: `${name} did not answer`, detail: 'Try again later, or call somebody else.' };
    case 'dropped':
      return { title: 'The call ended', detail: 'One side lost its connection and did not come back in time.' };
    case 'limit':
      return { title: 'The call has reached its longest time', detail: `You talked with ${name}. You can call again.` };
    case 'not_agreed':
      return { title: 'The call ended before it began', detail: 'This service makes recorded calls only, and not everybody agreed. Nothing was recorded.' };
    case 'failed':
      return { title: 'The call could not be connected', detail: 'The sound did not get through. Check your network, then try again.' };
    default:
      return { title: 'The call has ended', detail: talked ? `You talked with ${name}.` : '' };
  }
}

/** What the call is doing right now, in a few words. */
export function callStatus(call: CallView, ownLink: MediaState['link'] = 'connected'): string {
  if (call.state === 'asking') return `${call.peer.name} is rung as soon as you have answered`;
  if (call.state === 'ringing') return call.role === 'member' ? 'Ringing…' : 'Calling you';
  if (call.media.you === 'lost' || ownLink === 'lost') return 'Your connection is being made again…';
  if (call.media.peer === 'lost') return 'Their connection is being made again…';
  if (openQuestion(call)) return 'Waiting for your answer';
  if (call.state === 'connecting') {
    return call.consent.waiting_for_peer ? `${call.peer.name} is still reading the question…` : 'Connecting…';
  }
  if (call.hold.by_you) return 'On hold: you do not hear each other';
  if (call.hold.by_peer) return `${call.peer.name} put the call on hold`;
  return 'You can hear each other';
}
