import type { Channel, ChannelSwitch } from './playback';

/** How much of the left (member) and right (expert) channel reaches each ear. */
const GAINS: Record<Channel, { left: readonly [number, number]; right: readonly [number, number] }> = {
  both: { left: [1, 0], right: [0, 1] },
  member: { left: [1, 1], right: [0, 0] },
  expert: { left: [0, 0], right: [1, 1] },
};

/**
 * Routes an element's two channels through Web Audio: each is brought to the level of the other
 * (`gainsDb`, left and right), and a voice alone is heard in both ears.
 */
export function createChannelSwitch(audio: HTMLMediaElement, gainsDb: readonly number[]): ChannelSwitch {
  const context = new AudioContext();
  const source = context.createMediaElementSource(audio);
  const splitter = context.createChannelSplitter(2);
  const merger = context.createChannelMerger(2);
  source.connect(splitter);
  const gains = [0, 1].map((from) => {
    const voice = levelled(context, splitter, from, gainsDb[from] ?? 0);
    return [0, 1].map((to) => {
      const gain = context.createGain();
      voice.connect(gain, voice === splitter ? from : 0).connect(merger, 0, to);
      return gain;
    });
  });
  merger.connect(context.destination);
  void context.resume();
  return {
    set: (channel) => {
      const { left, right } = GAINS[channel];
      [left, right].forEach((ears, from) =>
        ears.forEach((value, to) => gains[from]?.[to]?.gain.setTargetAtTime(value, context.currentTime, 0.01)),
      );
    },
    close: () => void context.close(),
  };
}

/** One channel with a gain; what would go beyond full scale is bent, so that nothing clips. */
function levelled(context: AudioContext, splitter: AudioNode, from: number, db: number): AudioNode {
  if (db === 0) return splitter;
  const gain = context.createGain();
  gain.gain.value = 10 ** (db / 20) / REACH;
  const shaper = context.createWaveShaper();
  shaper.curve = bend(REACH);
  splitter.connect(gain, from).connect(shaper);
  return shaper;
}

/** A shaper takes values from -1 to 1 only, so what comes in is made smaller by this: 18 dB, more than any gain. */
const REACH = 8;

/** Straight up to 80 % of full scale, then ever flatter towards it; the input is `reach` times what it says. */
export function bend(reach: number): Float32Array<ArrayBuffer> {
  const straight = 0.8;
  const size = 8193;
  return Float32Array.from({ length: size }, (_, i) => {
    const x = ((2 * i) / (size - 1) - 1) * reach;
    const over = Math.abs(x) - straight;
    if (over <= 0) return x;
    return Math.sign(x) * (straight + (1 - straight) * Math.tanh(over / (1 - straight)));
  });
}
