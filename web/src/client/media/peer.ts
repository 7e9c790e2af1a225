import { Scope } from '../../lib/scope';
import type { Candidate, ClientMessage } from '../../wire/client';
import type { IceServer, MediaOffer } from '../../wire/server';

/** What a peer tells whom it serves. */
export interface PeerHooks {
  readonly track: (track: MediaStreamTrack) => void;
  readonly state: (state: RTCPeerConnectionState) => void;
}

/**
 * One generation of a leg's connection: it answers the server's offer, and those that restart ICE
 * on it, and trickles its candidates. An offer of a newer generation gets a new Peer.
 */
export class Peer {
  readonly call: string;
  readonly generation: number;
  readonly connection: RTCPeerConnection;
  readonly #scope = new Scope();
  readonly #send: (message: ClientMessage) => void;
  /** Of the server, by its newest offer (RFC 8839 section 5.4). */
  #ufrag = '';
  #hooks: PeerHooks | null = null;
  #heard: MediaStreamTrack | null = null;
  #waiting: ClientMessage[] | null = [];
  /** Offers are answered one after the other. */
  #answered: Promise<void> = Promise.resolve();
  #sender: RTCRtpSender | null = null;
  #microphone: MediaStreamTrack | null = null;

  constructor(connection: RTCPeerConnection, offer: MediaOffer, send: (message: ClientMessage) => void) {
    this.call = offer.call;
    this.generation = offer.generation;
    this.connection = connection;
    this.#send = send;
    this.#scope.defer(() => connection.close());
    this.#scope.listen(connection, 'icecandidate', (event: RTCPeerConnectionIceEvent) => this.#trickle(event.candidate));
    this.#scope.listen(connection, 'track', (event: RTCTrackEvent) => {
      this.#heard = event.track;
      this.#hooks?.track(event.track);
    });
    this.#scope.listen(connection, 'connectionstatechange', () => this.#hooks?.state(connection.connectionState));
  }

  /** Tells of its track and state from now on, and of what there is already. */
  serve(hooks: PeerHooks): void {
    this.#hooks = hooks;
    if (this.#heard) hooks.track(this.#heard);
    if (this.connection.connectionState !== 'new') hooks.state(this.connection.connectionState);
  }

  /** The ICE user name fragment of the server's newest offer. */
  get ufrag(): string {
    return this.#ufrag;
  }

  /** Answers an offer (RFC 8829 section 5.3); does nothing more once the peer is closed. */
  answer(offer: MediaOffer): Promise<void> {
    const turn = this.#answered.then(() => this.#negotiate(offer));
    this.#answered = turn.catch(() => undefined);
    return turn;
  }

  async #negotiate(offer: MediaOffer): Promise<void> {
    if (this.#scope.isClosed()) return;
    this.#waiting = [];
    this.#ufrag = /^a=ice-ufrag:(\S+)/m.exec(offer.sdp)?.[1] ?? '';
    if (offer.restart > 0) this.#renewServers(offer.ice_servers);
    await this.connection.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    if (this.#scope.isClosed()) return;
    await this.#attach();
    const answer = await this.connection.createAnswer();
    if (this.#scope.isClosed()) return;
    await this.connection.setLocalDescription(answer);
    if (this.#scope.isClosed()) return;
    this.#send({
      type: 'media.answer',
      call: this.call,
      generation: this.generation,
      ...(offer.restart > 0 && { restart: offer.restart }),
      sdp: answer.sdp ?? '',
    });
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting.forEach(this.#send);
  }

  /** A long call outlives the credentials that it began with: a restart that needs a relay would not get one by them. */
  #renewServers(servers: readonly IceServer[]): void {
    if (servers.length > 0) this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers: rtcServers(servers) });
  }

  /** Sends this track from now on; it may come after the answer without another negotiation. */
  async setMicrophone(track: MediaStreamTrack | null): Promise<void> {
    this.#microphone = track;
    if (!this.#scope.isClosed()) await this.#sender?.replaceTrack(track);
  }

  close(): void {
    this.#scope.close();
  }

  async #attach(): Promise<void> {
    const audio = this.connection.getTransceivers().find((t) => t.receiver.track.kind === 'audio');
    if (!audio) throw new Error('the offer has no audio');
    audio.direction = 'sendrecv';
    this.#sender = audio.sender;
    await audio.sender.replaceTrack(this.#microphone);
  }

  #trickle(candidate: RTCIceCandidate | null): void {
    // Some browsers mark the end with an empty candidate and then with null as well.
    if (candidate?.candidate === '') return;
    const message: ClientMessage = {
      type: 'media.candidate',
      call: this.call,
      generation: this.generation,
      candidate: candidate && plain(candidate),
    };
    // The server knows this generation's transport only from the answer on.
    if (this.#waiting) this.#waiting.push(message);
    else this.#send(message);
  }
}

/** The connection that an offer wants; its own relays take the place of those of the welcome. */
export function peerConfig(offer: MediaOffer, iceServers: readonly IceServer[]): RTCConfiguration {
  return {
    iceTransportPolicy: offer.relay ? 'relay' : 'all',
    iceServers: rtcServers(offer.ice_servers.length > 0 ? offer.ice_servers : iceServers),
    bundlePolicy: 'max-bundle',
  };
}

/** The server's relays as an RTCConfiguration has them. */
function rtcServers(servers: readonly IceServer[]): RTCIceServer[] {
  return servers.map(({ urls, username, credential }) => (username === '' ? { urls: [...urls] } : { urls: [...urls], username, credential }));
}

function plain(candidate: RTCIceCandidate): Candidate {
  return {
    candidate: candidate.candidate,
    sdpMid: candidate.sdpMid,
    sdpMLineIndex: candidate.sdpMLineIndex,
    usernameFragment: candidate.usernameFragment,
  };
}
