import { Scope } from '../../lib/scope';
import { PACKET_EVERY_MS, Tally, type Measured } from './measure';

/** How long a connection may take to come up: longer than any that works. */
const CONNECTS_WITHIN_MS = 8_000;

/** A burst after a timer that came late is bounded, so that it does no harm itself. */
const BURST = 10;

/** One connection that is tried: what is sent over it comes back. */
export class Trial {
  readonly #scope = new Scope();
  readonly #connection: RTCPeerConnection;
  readonly #channel: RTCDataChannel;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
    this.#scope.defer(() => connection.close());
    // Agreed on with the server beforehand; like sound, it loses rather than waits.
    this.#channel = connection.createDataChannel('check', { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 });
    this.#channel.binaryType = 'arraybuffer';
  }

  /** Answers the server's offer (RFC 8829 section 5.3). */
  async answer(sdp: string): Promise<string> {
    await this.#connection.setRemoteDescription({ type: 'offer', sdp });
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    return answer.sdp ?? '';
  }

  /** Whether the connection comes up in time. */
  opens(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (opened: boolean): void => {
        resolve(opened); // before the end of waiting says that it did not open
        waiting.close();
      };
      const waiting = this.#scope.child();
      if (this.#channel.readyState === 'open') {
        settle(true);
        return;
      }
      waiting.defer(() => resolve(false));
      waiting.listen(this.#channel, 'open', () => settle(true));
      waiting.listen(this.#connection, 'connectionstatechange', () => {
        if (this.#connection.connectionState === 'failed') settle(false);
      });
      waiting.timeout(CONNECTS_WITHIN_MS, () => settle(false));
    });
  }

  /** Sends at the pace of a call for some time, and a moment longer waits for what comes back. */
  measure(forMs: number, now: () => number): Promise<Measured> {
    const tally = new Tally();
    const begun = now();
    return new Promise((resolve) => {
      const measuring = this.#scope.child();
      measuring.defer(() => resolve(tally.result()));
      measuring.listen(this.#channel, 'message', (event: MessageEvent<ArrayBuffer>) => tally.back(event.data, now()));
      measuring.interval(PACKET_EVERY_MS, () => {
        const due = Math.min((now() - begun) / PACKET_EVERY_MS, forMs / PACKET_EVERY_MS);
        for (let burst = 0; burst < BURST && tally.sent < due && this.#channel.readyState === 'open'; burst++) this.#channel.send(tally.next(now()));
      });
      measuring.timeout(forMs + 1_000, () => measuring.close());
    });
  }

  close(): void {
    this.#scope.close();
  }
}
