import type { ClientMessage } from '../wire/client';
import type { IceServer, MediaOffer } from '../wire/server';
import type { CallView } from '../wire/view';
import type { CallMedia } from './media/callmedia';

/**
 * Makes an expert's connection while the call rings, without the microphone, so that it is up when
 * the call is accepted here. `taken` is told that it serves the call now.
 */
export class Warming {
  readonly #media: CallMedia;
  readonly #send: (message: ClientMessage) => boolean;
  readonly #taken: (call: string) => void;
  /** The call for which a connection was asked. */
  #asked = '';

  constructor(media: CallMedia, send: (message: ClientMessage) => boolean, taken: (call: string) => void) {
    this.#media = media;
    this.#send = send;
    this.#taken = taken;
  }

  /** Follows what the server says of a call; `before` is how it stood in this tab. */
  follow(before: CallView | null, now: CallView | null): void {
    if (now?.role !== 'expert' || now.state === 'ended') return;
    const warm = this.#media.warmCall === now.id;
    if (now.state === 'ringing') {
      if (!warm && this.#asked !== now.id && this.#send({ type: 'media.warm', call: now.id })) this.#asked = now.id;
    } else if (now.here && warm) {
      this.#media.take();
      this.#taken(now.id);
    } else if (!now.here) {
      this.#media.cool();
    } else if (before?.here === false && this.#media.call !== now.id) {
      this.#send({ type: 'media.join', call: now.id }); // the server took one that is gone here
    }
  }

  /** Follows a call after the socket was away: what was asked may have got lost. */
  again(call: CallView): void {
    this.#asked = '';
    this.follow(call, call);
  }

  /** Answers the offer that was asked for, unless it comes too late. */
  offered(offer: MediaOffer, call: CallView | null, iceServers: readonly IceServer[]): void {
    if (call?.state === 'ringing') this.#media.warm(offer, iceServers).catch(() => this.#media.cool());
  }
}
