/** Counts what audio contexts of a test sound, and lets them be made; `state` is that of all of them. */
export class FakeSound {
  state: AudioContextState = 'running';
  tones = 0;
  readonly made: FakeAudioContext[] = [];

  readonly create = (): AudioContext => {
    const context = new FakeAudioContext(this);
    this.made.push(context);
    return context as unknown as AudioContext;
  };

  /** A constructor to stand in the place of `AudioContext`. */
  get Context(): unknown {
    const { create } = this;
    return function (): AudioContext {
      return create();
    };
  }

  becomes(state: AudioContextState): void {
    this.state = state;
    for (const context of this.made) context.dispatchEvent(new Event('statechange'));
  }
}

class FakeAudioContext extends EventTarget {
  readonly #sound: FakeSound;
  closed = false;
  readonly currentTime = 0;
  constructor(sound: FakeSound) {
    super();
    this.#sound = sound;
  }
  get state(): AudioContextState {
    return this.closed ? 'closed' : this.#sound.state;
  }
  resume(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
  createGain(): object {
    return { gain: param(), connect: (to: unknown) => to };
  }
  createOscillator(): object {
    const start = (): void => {
      this.#sound.tones++;
    };
    return { type: '', frequency: param(), connect: (to: unknown) => to, start, stop: () => undefined };
  }
}

const param = (): object => ({ value: 0, setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined });
