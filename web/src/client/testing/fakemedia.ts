import type { AudioSink, CallMediaConfig } from '../media/callmedia';

/** A MediaStreamTrack that remembers whether it was stopped. */
export class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;
  readonly kind = 'audio';
  constructor(readonly deviceId = '') {
    super();
  }
  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }
  stop(): void {
    this.stopped = true;
  }
}

export class FakeStream {
  readonly clones: FakeStream[] = [];
  constructor(readonly tracks: FakeTrack[] = [new FakeTrack()]) {}
  getTracks(): FakeTrack[] {
    return this.tracks;
  }
  getAudioTracks(): FakeTrack[] {
    return this.tracks;
  }
  clone(): FakeStream {
    const clone = new FakeStream(this.tracks.map(() => new FakeTrack()));
    this.clones.push(clone);
    return clone;
  }
}

export class FakeSender {
  track: unknown = null;
  replaceTrack(track: unknown): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }
}

/** An RTCPeerConnection with one offered audio transceiver. */
export class FakePeerConnection extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new';
  closed = false;
  readonly remote: string[] = [];
  readonly sender = new FakeSender();
  readonly transceiver = { direction: 'recvonly', sender: this.sender, receiver: { track: { kind: 'audio' } } };

  constructor(public config: RTCConfiguration) {
    super();
  }
  getConfiguration(): RTCConfiguration {
    return this.config;
  }
  setConfiguration(config: RTCConfiguration): void {
    this.config = config;
  }
  setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.remote.push(description.sdp);
    return Promise.resolve();
  }
  createAnswer(): Promise<{ type: 'answer'; sdp: string }> {
    return Promise.resolve({ type: 'answer', sdp: `answer to ${this.remote.at(-1) ?? ''}` });
  }
  setLocalDescription(): Promise<void> {
    // Chromium may find its first candidate before the promise continues.
    this.candidate('candidate:early');
    return Promise.resolve();
  }
  getTransceivers(): unknown[] {
    return [this.transceiver];
  }
  /** Nothing arrives any more. */
  quiet = false;
  /** The server's ICE user name fragment that the way in use came with. */
  sendsBy: string | undefined;
  #arrived = 0;
  getStats(): Promise<Map<string, unknown>> {
    if (!this.quiet) this.#arrived++;
    return Promise.resolve(
      new Map<string, unknown>([
        ['t', { id: 't', type: 'transport', packetsReceived: this.#arrived, selectedCandidatePairId: 'p' }],
        ['p', { id: 'p', type: 'candidate-pair', remoteCandidateId: 'r' }],
        ['r', { id: 'r', type: 'remote-candidate', usernameFragment: this.sendsBy }],
      ]),
    );
  }
  close(): void {
    this.closed = true;
    this.connectionState = 'closed';
  }

  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
  candidate(candidate: string | null): void {
    const init = candidate === null ? null : { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'uf' };
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: init }));
  }
  hears(track: FakeTrack): void {
    this.dispatchEvent(Object.assign(new Event('track'), { track }));
  }
}

/** Devices and connections of a test. */
export class FakeDevices {
  readonly peers: FakePeerConnection[] = [];
  readonly microphones: FakeStream[] = [];
  readonly openMeters = new Set<object>();
  /** What getUserMedia answers next; `device` is the one that is asked for, or empty. */
  ask: (device: string) => Promise<FakeStream> = (device) => Promise.resolve(new FakeStream([new FakeTrack(device || (this.plugged.at(0)?.deviceId ?? ''))]));
  /** What is plugged in. */
  plugged: { kind: MediaDeviceKind; deviceId: string; label: string }[] = [];
  readonly source = Object.assign(new EventTarget(), { enumerateDevices: () => Promise.resolve(this.plugged) });
  /** Whether the microphones give nothing but zeros. */
  dead = false;

  get peer(): FakePeerConnection {
    const peer = this.peers.at(-1);
    if (!peer) throw new Error('no peer connection was made');
    return peer;
  }

  /** True while any track of any microphone, clones included, still captures. */
  get capturing(): boolean {
    return this.microphones.some((m) => [m, ...m.clones].some((s) => s.tracks.some((t) => !t.stopped)));
  }

  config(): CallMediaConfig {
    return {
      devices: this.source,
      getUserMedia: async (constraints) => {
        const stream = await this.ask(wantedDevice(constraints));
        this.microphones.push(stream);
        return stream as unknown as MediaStream;
      },
      createPeer: (config) => {
        const peer = new FakePeerConnection(config);
        this.peers.push(peer);
        return peer as unknown as RTCPeerConnection;
      },
      createStream: (tracks) => new FakeStream(tracks as unknown as FakeTrack[]) as unknown as MediaStream,
      createMeter: (stream) => {
        const clone = stream.clone();
        const meter = {
          read: () => 0.5,
          silent: () => this.dead,
          close: () => {
            clone.getTracks().forEach((t) => t.stop());
            this.openMeters.delete(meter);
          },
        };
        this.openMeters.add(meter);
        return meter;
      },
    };
  }
}

export class FakeSink extends EventTarget implements AudioSink {
  srcObject: MediaProvider | null = null;
  refuse: string | null = null;
  speaker = '';
  plays = 0;
  setSinkId(id: string): Promise<void> {
    this.speaker = id;
    return Promise.resolve();
  }
  play(): Promise<void> {
    this.plays++;
    return this.refuse === null
      ? Promise.resolve()
      : Promise.reject(Object.assign(new Error('refused'), { name: this.refuse }));
  }
}

/** Lets all promises that are ready continue. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function wantedDevice({ audio }: MediaStreamConstraints): string {
  const wanted = typeof audio === 'object' ? (audio.deviceId as ConstrainDOMStringParameters | undefined) : undefined;
  return String(wanted?.exact ?? wanted?.ideal ?? '');
}
