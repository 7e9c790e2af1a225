/** How packets fared on their way to the server and back. */
export interface Measured {
  /** Share of the packets that did not come back in time, 0 to 1. */
  readonly lost: number;
  /** Of half of them at most, in milliseconds. */
  readonly roundTripMs: number;
}

/** A packet of a call: 20 ms of two copies of speech, and what stands before them on the way. */
export const PACKET_BYTES = 250;
export const PACKET_EVERY_MS = 20;

/** One that comes back later than this is too late to be heard. */
const LATE_MS = 1_000;

/** Counts numbered packets that go out and come back. */
export class Tally {
  readonly #sentAt: number[] = [];
  readonly #roundTrips: number[] = [];

  get sent(): number {
    return this.#sentAt.length;
  }

  /** Makes the next packet. */
  next(nowMs: number): ArrayBuffer {
    const packet = new ArrayBuffer(PACKET_BYTES);
    new DataView(packet).setUint32(0, this.#sentAt.length);
    this.#sentAt.push(nowMs);
    return packet;
  }

  /** Takes what came back; what is no packet of these is passed over, and each counts once. */
  back(packet: ArrayBuffer, nowMs: number): void {
    if (packet.byteLength !== PACKET_BYTES) return;
    const number = new DataView(packet).getUint32(0);
    const sentAt = this.#sentAt[number];
    if (sentAt === undefined || Number.isNaN(sentAt)) return;
    this.#sentAt[number] = NaN;
    if (nowMs - sentAt <= LATE_MS) this.#roundTrips.push(nowMs - sentAt);
  }

  result(): Measured {
    const sorted = [...this.#roundTrips].sort((a, b) => a - b);
    return {
      lost: this.sent === 0 ? 1 : 1 - sorted.length / this.sent,
      roundTripMs: Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity),
    };
  }
}
