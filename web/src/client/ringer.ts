import { Scope } from '../lib/scope';

const AGAIN_MS = 3_000;

/** Two soft notes, a fourth apart: frequency in Hz, start and length in seconds. */
const NOTES = [
  { hz: 523.25, at: 0, length: 0.5 },
  { hz: 698.46, at: 0.28, length: 0.9 },
] as const;

const LOUDNESS = 0.12;

/** The ring tone of an expert's tab. Many browsers let it sound only once the person has touched the page: call `prime` then. */
export class Ringer {
  readonly #createContext: () => AudioContext;
  #context: AudioContext | null = null;
  #ringing: Scope | null = null;

  constructor(createContext: () => AudioContext) {
    this.#createContext = createContext;
  }

  /** Makes ringing audible, now or later; costs nothing when repeated. */
  prime(): void {
    void this.#awake()?.resume();
  }

  /** Starts or stops ringing; saying the same again changes nothing. */
  ring(on: boolean): void {
    if (on === (this.#ringing !== null)) return;
    this.#ringing?.close();
    this.#ringing = on ? new Scope() : null;
    if (!this.#ringing) return;
    this.prime(); // some browsers let it sound by itself, others from the next touch on
    if (this.#context) this.#ringing.listen(this.#context, 'statechange', () => this.#sound());
    this.#sound();
    this.#ringing.interval(AGAIN_MS, () => this.#sound());
  }

  close(): void {
    this.ring(false);
    void this.#context?.close();
    this.#context = null;
  }

  #awake(): AudioContext | null {
    try {
      return (this.#context ??= this.#createContext());
    } catch {
      return null; // it rings without a sound
    }
  }

  #sound(): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (const note of NOTES) {
      const start = context.currentTime + note.at;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, start + note.length);
      const tone = context.createOscillator();
      tone.type = 'sine';
      tone.frequency.value = note.hz;
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + note.length);
    }
  }
}
