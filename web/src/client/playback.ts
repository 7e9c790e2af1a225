import { Emitter } from '../lib/emitter';
import { Scope, type Listenable } from '../lib/scope';
import type { Play } from '../wire/rest';
import type { Problem } from '../wire/server';
import { localProblem, problemOf } from './problem';

/** Which voice is heard: the member (left), the expert (right), or both. */
export type Channel = 'member' | 'both' | 'expert';

/** A play that was opened: where its sound is, and what brings member and expert to one level. */
export interface Opened {
  readonly url: string;
  readonly gainsDb: readonly number[];
}

/** What a player plays: Ogg Opus as it is stored, or WAV, evened out already, where that cannot be played (older Safari). */
export function playable(play: Play, canPlay: (type: string) => string): Opened {
  if (canPlay('audio/ogg; codecs=opus') === '') return { url: play.wav_url, gainsDb: [0, 0] };
  return { url: play.audio_url, gainsDb: play.gains_db };
}

/** The part of an <audio> element that is used. */
export interface AudioPlayer extends Listenable {
  src: string;
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  play(): Promise<void>;
  pause(): void;
  removeAttribute(name: string): void;
  load(): void;
}

/** Lets one voice through. */
export interface ChannelSwitch {
  set(channel: Channel): void;
  close(): void;
}

export interface PlaybackConfig {
  readonly audio: AudioPlayer;
  /** Opens a play at the server; the server writes it down. */
  readonly open: () => Promise<Opened>;
  /** Makes the switch at the first play, which follows a gesture. */
  readonly createSwitch: ((gainsDb: readonly number[]) => ChannelSwitch) | null;
  /** Length in seconds, known from the recording before any sound is loaded. */
  readonly duration: number;
}

export interface PlaybackState {
  readonly phase: 'closed' | 'opening' | 'open';
  readonly playing: boolean;
  /** Waits for sound from the network. */
  readonly buffering: boolean;
  /** Seconds. */
  readonly position: number;
  readonly duration: number;
  readonly rate: number;
  readonly channel: Channel;
  readonly problem: Problem | null;
}

/** Nine speeds, one for each of the keys 1 to 9. */
export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

const INTERRUPTED = localProblem('interrupted', 'Playing stopped', 'The sound could not be loaded further. Press play to go on from here.');
const NEEDS_TAP = localProblem('needs-tap', 'Your browser did not start the sound', 'Press play once more.');

/** Plays one recording: opens it at the first play, then seeks, skips, changes speed and voice. */
export class Playback extends Emitter<{ change: PlaybackState }> {
  readonly #config: PlaybackConfig;
  readonly #scope = new Scope();
  #switch: ChannelSwitch | null = null;
  #state: PlaybackState;

  constructor(config: PlaybackConfig) {
    super();
    this.#config = config;
    this.#state = {
      phase: 'closed',
      playing: false,
      buffering: false,
      position: 0,
      duration: config.duration,
      rate: 1,
      channel: 'both',
      problem: null,
    };
    this.#listen();
  }

  get state(): PlaybackState {
    return this.#state;
  }

  toggle(): Promise<void> {
    if (this.#state.playing) {
      this.#config.audio.pause();
      return Promise.resolve();
    }
    return this.play();
  }

  /** Plays from the position; opens the recording first where needed. */
  async play(): Promise<void> {
    if (this.#state.phase === 'opening') return;
    this.#set({ problem: null });
    if (this.#state.phase === 'closed' && !(await this.#open())) return;
    if (this.#state.position >= this.#state.duration) this.seek(0);
    try {
      await this.#config.audio.play();
    } catch (error) {
      const refused = error instanceof Error && error.name === 'NotAllowedError';
      if (refused && !this.#scope.isClosed()) this.#set({ problem: NEEDS_TAP });
    }
  }

  pause(): void {
    this.#config.audio.pause();
  }

  /** Goes to a place, in seconds; out of range goes to the nearer end. */
  seek(seconds: number): void {
    const position = Math.min(this.#state.duration, Math.max(0, seconds));
    if (this.#state.phase === 'open') this.#config.audio.currentTime = position;
    this.#set({ position });
  }

  skip(seconds: number): void {
    this.seek(this.#state.position + seconds);
  }

  setRate(rate: number): void {
    this.#config.audio.playbackRate = rate;
    this.#set({ rate });
  }

  /** Goes `steps` along RATES. */
  stepRate(steps: number): void {
    const at = RATES.findIndex((rate) => rate === this.#state.rate);
    this.setRate(RATES[Math.min(RATES.length - 1, Math.max(0, at + steps))] ?? 1);
  }

  setChannel(channel: Channel): void {
    this.#switch?.set(channel);
    this.#set({ channel });
  }

  /** Ends playing and lets the sound go. */
  close(): void {
    this.#scope.close();
    this.#config.audio.pause();
    this.#config.audio.removeAttribute('src');
    this.#config.audio.load();
    this.#switch?.close();
  }

  async #open(): Promise<boolean> {
    this.#set({ phase: 'opening' });
    try {
      const { url, gainsDb } = await this.#config.open();
      if (this.#scope.isClosed()) return false;
      const { audio } = this.#config;
      this.#switch ??= this.#config.createSwitch?.(gainsDb) ?? null;
      this.#switch?.set(this.#state.channel);
      audio.src = url;
      audio.currentTime = this.#state.position;
      audio.playbackRate = this.#state.rate;
      this.#set({ phase: 'open' });
      return true;
    } catch (error) {
      if (!this.#scope.isClosed()) this.#set({ phase: 'closed', problem: problemOf(error) });
      return false;
    }
  }

  #listen(): void {
    const { audio } = this.#config;
    const on = (type: string, change: () => Partial<PlaybackState>): void => {
      this.#scope.listen(audio, type, () => this.#set(change()));
    };
    on('play', () => ({ playing: true }));
    on('playing', () => ({ playing: true, buffering: false }));
    on('waiting', () => ({ buffering: true }));
    on('canplay', () => ({ buffering: false }));
    on('pause', () => ({ playing: false, buffering: false }));
    on('timeupdate', () => ({ position: Math.min(audio.currentTime, this.#state.duration) }));
    on('ended', () => ({ playing: false, buffering: false, position: this.#state.duration }));
    // The address serves for a while only; the next play opens the recording anew, at this place.
    on('error', () => ({ phase: 'closed', playing: false, buffering: false, problem: INTERRUPTED }));
  }

  #set(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change };
    this.emit('change', this.#state);
  }
}
