/** Tells how loud a voice is, 0 (silence) to 1 (as loud as it gets). */
export interface Meter {
  read(): number;
  /** Whether there is nothing at all, not even noise: so it is with a device that is off or broken. */
  silent(): boolean;
  close(): void;
}

export type MeterFactory = (stream: MediaStream) => Meter;

/** Speech lies between these levels of the root mean square, in dBFS. */
const QUIET_DB = -60;
const LOUD_DB = -12;

/** Turns samples of -1 to 1 into a level of 0 to 1, even to the ear. */
export function levelOf(samples: Float32Array | readonly number[]): number {
  let sum = 0;
  for (const sample of samples) sum += sample ** 2;
  if (sum === 0) return 0;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Less than any microphone's own noise: the last bit of 24. */
const NOTHING = 2 ** -24;

/**
 * Whether samples hold nothing at all. Not exactly zero: the filters that clean a voice up ring for
 * some seconds after the device itself gives zeros.
 */
export function isNothing(samples: Float32Array | readonly number[]): boolean {
  return samples.every((sample) => Math.abs(sample) < NOTHING);
}

/**
 * Makes meters on one audio context. A meter listens to a clone of the stream, so that muting
 * the sent track leaves it working and it can say that somebody talks while muted.
 */
export function meterFactory(context: () => AudioContext): MeterFactory {
  return (stream) => {
    const clone = stream.clone();
    const audio = context();
    const source = audio.createMediaStreamSource(clone);
    const analyser = audio.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      read: () => {
        analyser.getFloatTimeDomainData(samples);
        return levelOf(samples);
      },
      silent: () => {
        analyser.getFloatTimeDomainData(samples);
        return audio.state === 'running' && isNothing(samples);
      },
      close: () => {
        source.disconnect();
        for (const track of clone.getTracks()) track.stop();
      },
    };
  };
}
