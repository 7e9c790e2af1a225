import type { ConnectionFault } from '../client/check/verdict';
import type { MediaState } from '../client/media/callmedia';
import type { MicrophoneFault } from '../client/media/microphone';
import { openQuestion } from '../client/state';
import type { ToldQuality } from '../client/media/quality';
import type { Key, Translate } from '../i18n/catalogue';
import type { ExpertState } from '../wire/server';
import type { CallView, SoundView } from '../wire/view';
import type { RecordingStage } from '../wire/rest';

/** What happened, and what to do. */
export interface Told {
  readonly title: string;
  readonly detail: string;
}

/** What is wrong with the microphone, and what to do. */
export function microphoneTold(t: Translate, fault: MicrophoneFault): Told {
  return { title: t(`microphone.${fault}`), detail: t(`microphone.${fault}Detail`) };
}

/** What is wrong with the connection, and what to do. */
export function connectionFaultTold(t: Translate, fault: ConnectionFault): Told {
  return { title: t(`check.${fault}`), detail: t(`check.${fault}Detail`) };
}

/** How an expert stands, as a word. */
export function availability(t: Translate, state: ExpertState): string {
  return t(`availability.${state}`);
}

/** The connection in a few words, and why when it is not good. */
export function qualityTold(t: Translate, { word, reason, whose }: ToldQuality): string {
  if (word === 'unknown') return '';
  const said = t(`quality.${word}`);
  if (reason === '') return said;
  return `${said}. ${t(whose === 'yours' ? `quality.${reason}` : `quality.their.${reason}`)}`;
}

/** Which side is not heard, why, and what is done; null: both are, or need not be. */
export function faultTold(t: Translate, { media, peer }: Pick<CallView, 'media' | 'peer'>): Told | null {
  const { you_sound: you, peer_sound: theirs } = media;
  const { name } = peer;
  switch (you.fault) {
    case 'silence':
      return { title: t('microphone.silent'), detail: `${t('microphone.silentDetail')}${tried(t, you, t('fault.youFailed'))}` };
    case 'no_packets':
      return { title: t('fault.you', { name }), detail: `${t('fault.youDetail')}${tried(t, you, t('fault.youFailed'))}` };
    case '':
      break;
  }
  if (theirs.fault === '') return null;
  const title = theirs.fault === 'silence' ? t('fault.peerSilent', { name }) : t('fault.peer', { name });
  return { title, detail: `${t('fault.peerDetail')}${tried(t, theirs, t('fault.peerFailed'))}` };
}

function tried(t: Translate, { relay }: SoundView, failed: string): string {
  if (relay === '') return '';
  return ` ${relay === 'trying' ? t('fault.trying') : failed}`;
}

/** Where a recording stands. */
export function stageTold(t: Translate, stage: RecordingStage): string {
  return t(`stage.${stage}`);
}

const LISTENERS: ReadonlyMap<string, Extract<Key, `listener.${string}`>> = new Map([
  ['member', 'listener.member'],
  ['expert', 'listener.expert'],
  ['qa', 'listener.qa'],
  ['qa-lead', 'listener.qaLead'],
  ['privacy', 'listener.privacy'],
  ['operator', 'listener.operator'],
]);

/** Who listened, by role. */
export function listenerTold(t: Translate, role: string): string {
  return t(LISTENERS.get(role) ?? 'listener.other');
}

/** Says how a call came to its end, to the person who sees `call`. */
export function ending(t: Translate, call: CallView): Told {
  const { name } = call.peer;
  switch (call.end_reason) {
    case 'declined':
      return { title: t('ending.declined', { name }), detail: t('ending.declinedDetail') };
    case 'no_answer':
    case 'cancelled':
      return call.role === 'expert'
        ? { title: t('ending.missed', { name }), detail: t('ending.missedDetail') }
        : { title: t('ending.noAnswer', { name }), detail: t('ending.noAnswerDetail') };
    case 'dropped':
      return { title: t('ending.dropped'), detail: t('ending.droppedDetail') };
    case 'limit':
      return { title: t('ending.limit'), detail: t('ending.limitDetail', { name }) };
    case 'not_agreed':
      return { title: t('ending.notAgreed'), detail: t('ending.notAgreedDetail') };
    case 'revoked':
      return { title: t('ending.revoked'), detail: t('ending.revokedDetail') };
    case 'failed':
      return { title: t('ending.failed'), detail: t('ending.failedDetail') };
    default:
      return { title: t('ending.completed'), detail: call.connected_at === null ? '' : t('ending.completedDetail', { name }) };
  }
}

/** What the call is doing right now, in a few words; `waits`: the expert answers in a minute. */
export function callStatus(t: Translate, call: CallView, ownLink: MediaState['link'] = 'connected', waits = false): string {
  const { name } = call.peer;
  if (call.state === 'asking') return t('status.asking', { name });
  if (call.state === 'ringing' && waits) return t('status.delayed', { name });
  if (call.state === 'ringing') return t(call.role === 'member' ? 'status.ringing' : 'status.calling');
  if (call.media.you === 'lost' || ownLink === 'lost') return t('status.lost');
  if (call.media.peer === 'lost' || (call.state === 'active' && call.media.peer === 'connecting')) return t('status.peerLost');
  if (openQuestion(call)) return t('status.answer');
  if (call.state === 'connecting') return call.consent.waiting_for_peer ? t('status.reading', { name }) : t('status.connecting');
  if (call.hold.by_you) return t('status.held');
  if (call.hold.by_peer) return t('status.heldByPeer', { name });
  return t('status.hearing');
}
