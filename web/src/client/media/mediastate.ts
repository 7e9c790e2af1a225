import { NO_DEVICES, type DeviceLists } from './devices';
import type { MicrophoneState } from './microphone';
import { UNKNOWN_QUALITY, type Quality } from './quality';

/** Whether the other side is heard; `blocked`: the browser wants a tap first. */
export type Hearing = 'silent' | 'playing' | 'blocked';

export interface MediaState {
  readonly microphone: MicrophoneState;
  readonly muted: boolean;
  readonly hearing: Hearing;
  readonly link: 'none' | 'connecting' | 'connected' | 'lost';
  readonly quality: Quality;
  readonly devices: DeviceLists;
  /** The devices in use; empty: what the system has chosen. */
  readonly microphoneId: string;
  readonly speakerId: string;
  /** The microphone has given exact silence for so long that something is wrong with it. */
  readonly silent: boolean;
  /** The system has taken the microphone for a while, such as for a phone call. */
  readonly interrupted: boolean;
  /** The microphone in use was unplugged, and another one took its place. */
  readonly fellBack: boolean;
}

/** No sound, and nothing asked for it. */
export const MEDIA_OFF: MediaState = {
  microphone: { kind: 'off' },
  muted: false,
  hearing: 'silent',
  link: 'none',
  quality: UNKNOWN_QUALITY,
  devices: NO_DEVICES,
  microphoneId: '',
  speakerId: '',
  silent: false,
  interrupted: false,
  fellBack: false,
};
