import { Emitter } from '../../lib/emitter';
import { Scope, type Listenable } from '../../lib/scope';
import type { ClientMessage } from '../../wire/client';
import type { IceServer, MediaOffer } from '../../wire/server';
import { listDevices, type DeviceSource } from './devices';
import type { Meter, MeterFactory } from './meter';
import { MEDIA_OFF, type Hearing, type MediaState } from './mediastate';
import { microphoneFault, stopTracks, voice } from './microphone';
import { Peer, peerConfig } from './peer';
import { QualityJudge, readSample, UNKNOWN_QUALITY } from './quality';
import { astray, BEAT_MS, received, Revival } from './revival';
import { readStats, STATS_EVERY_MS } from './stats';

export { MEDIA_OFF, type Hearing, type MediaState } from './mediastate';

/** The part of an <audio> element that is used. */
export interface AudioSink extends Listenable {
  srcObject: MediaProvider | null;
  play(): Promise<void>;
  /** Chooses the speaker; not every browser lets a page do so. */
  setSinkId?(id: string): Promise<void>;
}

export interface CallMediaConfig {
  /** Null where the browser gives pages no devices. */
  readonly devices: DeviceSource | null;
  readonly getUserMedia: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  readonly createPeer: (config: RTCConfiguration) => RTCPeerConnection;
  readonly createStream: (tracks: MediaStreamTrack[]) => MediaStream;
  readonly createMeter: MeterFactory;
}

export interface CallMediaEvents {
  change: MediaState;
  send: ClientMessage;
  /** Nothing comes from the server any more: its socket may be dead as well. */
  doubt: undefined;
  /** The sound is being tried again; milliseconds until the next try. */
  retry: number;
}

/** Marks the requests for a restart: a refusal of one is no news for the person. */
export const RESTART = 'restart';

/** A system that pauses the playback again and again is let be for so long each time. */
const HEAR_AGAIN_MS = 1_000;

const LISTEN_EVERY_MS = 1_000;
const SILENT_AFTER_MS = 10_000;

/**
 * The sound of one leg: microphone, peer connection, playback, levels and quality. `stop` ends all
 * of it, the microphone first. It knows nothing of the page but the audio element it is given.
 */
export class CallMedia extends Emitter<CallMediaEvents> {
  readonly #config: CallMediaConfig;
  #state = MEDIA_OFF;
  #scope = new Scope();
  #microphone: MediaStream | null = null;
  #microphoneScope = new Scope();
  /** The microphone that was chosen here, for as long as it is plugged in. */
  #wanted = '';
  #watched: Scope | null = null;
  #asking: Promise<boolean> | null = null;
  #peer: Peer | null = null;
  #peerScope = new Scope();
  /** The connection for a call that rings, until it is taken: it has no microphone, and nothing of it is heard. */
  #warm: Peer | null = null;
  #revival: Revival | null = null;
  #sink: AudioSink | null = null;
  #sinkScope = new Scope();
  #remote: MediaStream | null = null;
  #meters: { you: Meter | null; peer: Meter | null } = { you: null, peer: null };

  constructor(config: CallMediaConfig) {
    super();
    this.#config = config;
  }

  get state(): MediaState {
    return this.#state;
  }

  /** The call whose offer was answered last, or null. */
  get call(): string | null {
    return this.#peer?.call ?? null;
  }

  /** The call that rings and has its connection here already, or null. */
  get warmCall(): string | null {
    return this.#warm?.call ?? null;
  }

  /** Where the other side is heard. */
  setSink(sink: AudioSink | null): void {
    this.#sinkScope.close();
    this.#sinkScope = new Scope();
    this.#sink = sink;
    if (sink) this.#sinkScope.listen(sink, 'pause', () => this.#paused());
    if (sink && this.#state.speakerId !== '') void this.chooseSpeaker(this.#state.speakerId);
    if (sink && this.#remote) void this.hear();
  }

  /** Speaks into another microphone; the one before stays when that one cannot be had. */
  async chooseMicrophone(id: string): Promise<void> {
    const scope = this.#scope;
    const before = this.#microphone;
    try {
      const stream = await this.#config.getUserMedia(voice(id, true));
      scope.defer(() => this.#release(stream));
      if (scope.isClosed()) return;
      this.#wanted = id;
      this.#take(stream, scope);
      if (before) this.#release(before);
    } catch {
      if (!scope.isClosed()) await this.#look(scope);
    }
  }

  /** Hears the other side from another speaker, where the browser allows it. */
  async chooseSpeaker(id: string): Promise<void> {
    try {
      await this.#sink?.setSinkId?.(id);
      this.#set({ speakerId: id });
    } catch {
      await this.#look(this.#scope);
    }
  }

  /** Asks for the microphone unless it is on; says whether it is on then. */
  prepare(): Promise<boolean> {
    if (this.#microphone) return Promise.resolve(true);
    this.#asking ??= this.#ask(this.#scope);
    return this.#asking;
  }

  /** Answers an offer; a newer generation replaces the connection, an older one is passed over. */
  async offer(offer: MediaOffer, iceServers: readonly IceServer[]): Promise<void> {
    const current = this.#peer;
    if (offer.restart > 0) {
      if (current?.call !== offer.call || current.generation !== offer.generation) return;
      this.#revival?.offered();
      await current.answer(offer);
      return;
    }
    if (current?.call === offer.call && current.generation >= offer.generation) return;
    this.#dropPeer();
    const peer = this.#connect(offer, iceServers);
    this.#serve(peer);
    // The answer does not wait for the microphone: connecting while the person decides saves time.
    void this.prepare();
    await peer.setMicrophone(this.#track());
    await peer.answer(offer);
  }

  /** Answers an offer while the call rings; the microphone stays as it is. */
  async warm(offer: MediaOffer, iceServers: readonly IceServer[]): Promise<void> {
    this.cool();
    this.#warm = this.#connect(offer, iceServers);
    await this.#warm.answer(offer);
  }

  /** Lets the warm connection serve the call, which was accepted here. */
  take(): void {
    const peer = this.#warm;
    if (!peer) return;
    this.#warm = null;
    this.#dropPeer();
    this.#serve(peer);
    void peer.setMicrophone(this.#track());
  }

  /** Ends the warm connection: the call was not accepted here. */
  cool(): void {
    this.#warm?.close();
    this.#warm = null;
  }

  /** The network may have changed: a connection that is quiet now is not waited for. */
  networkChanged(): void {
    this.#revival?.networkChanged();
  }

  /**
   * The socket is back: asks once more for what may have got lost with the former one. False where
   * there is no connection that could be revived.
   */
  revive(): boolean {
    return this.#revival?.again() ?? false;
  }

  /** The server has no connection that it could restart. */
  restartRefused(): void {
    this.#revival?.refused();
  }

  setMuted(muted: boolean): void {
    const track = this.#track();
    if (track) track.enabled = !muted;
    this.#set({ muted });
  }

  /** Plays the other side; call it from a tap when `hearing` is `blocked`. */
  async hear(): Promise<void> {
    if (!this.#sink || !this.#remote) return;
    const scope = this.#peerScope;
    this.#sink.srcObject = this.#remote;
    let hearing: Hearing = 'playing';
    try {
      await this.#sink.play();
    } catch (error) {
      // A newer stream interrupts play() with an AbortError; that is no refusal.
      hearing = error instanceof Error && error.name === 'NotAllowedError' ? 'blocked' : 'playing';
    }
    if (!scope.isClosed()) this.#set({ hearing });
  }

  /** Loudness of a side right now, 0 to 1; a muted microphone still shows here. */
  level(side: 'you' | 'peer'): number {
    return this.#meters[side]?.read() ?? 0;
  }

  /** Ends the sound: microphone, connection, playback, meters. It can start again. */
  stop(): void {
    this.#scope.close();
    this.#scope = new Scope();
    this.#asking = null;
    this.#dropPeer();
    this.#set({ ...MEDIA_OFF, speakerId: this.#state.speakerId });
  }

  async #ask(scope: Scope): Promise<boolean> {
    this.#watch(scope);
    this.#set({ microphone: { kind: 'asking' } });
    try {
      const stream = await this.#config.getUserMedia(voice(this.#wanted));
      scope.defer(() => this.#release(stream));
      if (scope.isClosed()) return false;
      this.#take(stream, scope);
      return true;
    } catch (error) {
      if (!scope.isClosed()) this.#set({ microphone: { kind: 'fault', fault: microphoneFault(error) } });
      return false;
    } finally {
      if (!scope.isClosed()) this.#asking = null;
    }
  }

  /** Follows what is plugged in and out for as long as there is sound. */
  #watch(scope: Scope): void {
    const { devices } = this.#config;
    if (devices === null || this.#watched === scope) return;
    this.#watched = scope;
    scope.listen(devices, 'devicechange', () => void this.#look(scope));
  }

  async #look(scope: Scope): Promise<void> {
    if (this.#config.devices === null) return;
    const devices = await listDevices(this.#config.devices);
    if (scope.isClosed()) return;
    const { microphone, speakerId } = this.#state;
    const speakers = this.#sink?.setSinkId ? devices.speakers : [];
    this.#set({ devices: { ...devices, speakers } });
    if (speakerId !== '' && !speakers.some(({ id }) => id === speakerId)) void this.chooseSpeaker('');
    const absent = microphone.kind === 'fault' && (microphone.fault === 'missing' || microphone.fault === 'unplugged');
    if (absent && devices.microphones.length > 0) void this.prepare();
  }

  #take(stream: MediaStream, scope: Scope): void {
    this.#microphoneScope.close();
    const owned = scope.child();
    this.#microphoneScope = owned;
    this.#microphone = stream;
    const track = this.#track();
    if (track) {
      track.enabled = !this.#state.muted;
      owned.listen(track, 'ended', () => void this.#unplugged(stream, scope));
      owned.listen(track, 'mute', () => this.#set({ interrupted: true }));
      owned.listen(track, 'unmute', () => this.#resumed());
      void this.#peer?.setMicrophone(track);
    }
    this.#meters.you?.close();
    const meter = this.#config.createMeter(stream);
    this.#meters.you = meter;
    this.#listenFor(meter, owned);
    const microphoneId = track?.getSettings().deviceId ?? '';
    this.#set({ microphone: { kind: 'on' }, microphoneId, silent: false, interrupted: false, fellBack: false });
    // Browsers let a page play that uses the microphone.
    if (this.#state.hearing === 'blocked') void this.hear();
    void this.#look(scope);
  }

  /** Exact zeros for long are no quiet person but a dead device. */
  #listenFor(meter: Meter, owned: Scope): void {
    let quietMs = 0;
    owned.interval(LISTEN_EVERY_MS, () => {
      quietMs = meter.silent() ? quietMs + LISTEN_EVERY_MS : 0;
      const silent = quietMs >= SILENT_AFTER_MS;
      if (silent !== this.#state.silent) this.#set({ silent });
    });
  }

  /** Takes what the system now prefers in the place of a microphone that is gone. */
  async #unplugged(stream: MediaStream, scope: Scope): Promise<void> {
    if (this.#microphone !== stream) return;
    this.#release(stream);
    this.#wanted = '';
    const found = await this.prepare();
    if (scope.isClosed()) return;
    const { microphone } = this.#state;
    if (found) this.#set({ fellBack: true });
    else if (microphone.kind === 'fault' && microphone.fault === 'missing') this.#set({ microphone: { kind: 'fault', fault: 'unplugged' } });
  }

  /** The phone call, or whatever had the microphone, is over; it may have stopped the playback as well. */
  #resumed(): void {
    this.#set({ interrupted: false });
    void this.hear();
  }

  /** The system has stopped the playback. */
  #paused(): void {
    if (this.#remote) this.#peerScope.timeout(HEAR_AGAIN_MS, () => void this.hear());
  }

  #release(stream: MediaStream): void {
    stopTracks(stream);
    if (this.#microphone !== stream) return;
    this.#microphone = null;
    this.#microphoneScope.close();
    this.#meters.you?.close();
    this.#meters.you = null;
  }

  #track(): MediaStreamTrack | null {
    return this.#microphone?.getAudioTracks()[0] ?? null;
  }

  #connect(offer: MediaOffer, iceServers: readonly IceServer[]): Peer {
    return new Peer(this.#config.createPeer(peerConfig(offer, iceServers)), offer, (message) => this.emit('send', message));
  }

  #serve(peer: Peer): void {
    const scope = new Scope();
    this.#peerScope = scope;
    const revival = new Revival(scope, {
      doubt: () => this.emit('doubt', undefined),
      link: (up) => this.#set(up ? { link: 'connected' } : { link: 'lost', quality: { word: 'lost', reason: 'again' } }),
      restart: () => this.emit('send', { type: 'media.restart', call: peer.call, generation: peer.generation, ref: RESTART }),
      join: () => this.emit('send', { type: 'media.join', call: peer.call }),
      retry: (ms) => this.emit('retry', ms),
    });
    this.#peer = peer;
    this.#revival = revival;
    this.#set({ link: 'connecting', quality: UNKNOWN_QUALITY });
    peer.serve({ track: (track) => this.#hearTrack(track, scope), state: (state) => revival.become(state) });
    readStats(peer.connection, scope, BEAT_MS, (entries) => revival.beat(received(entries), astray(entries, peer.ufrag)));
    const judge = new QualityJudge();
    readStats(peer.connection, scope, STATS_EVERY_MS, (entries) => {
      if (peer.connection.connectionState === 'connected') this.#set({ quality: judge.next(readSample(entries)) });
    });
  }

  #hearTrack(track: MediaStreamTrack, scope: Scope): void {
    const stream = this.#config.createStream([track]);
    this.#remote = stream;
    this.#meters.peer?.close();
    const meter = this.#config.createMeter(stream);
    this.#meters.peer = meter;
    scope.defer(() => {
      meter.close();
      this.#meters.peer = null;
      this.#remote = null;
      if (this.#sink) this.#sink.srcObject = null;
    });
    void this.hear();
  }

  #dropPeer(): void {
    this.cool();
    this.#peerScope.close();
    this.#peer?.close();
    this.#peer = null;
    this.#revival = null;
    this.#set({ hearing: 'silent', link: 'none', quality: UNKNOWN_QUALITY });
  }

  #set(change: Partial<MediaState>): void {
    this.#state = { ...this.#state, ...change };
    this.emit('change', this.#state);
  }
}
