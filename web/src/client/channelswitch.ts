import type { Channel, ChannelSwitch } from './playback';

/** How much of the left (member) and right (expert) channel reaches each ear. */
const GAINS: Record<Channel, { left: readonly [number, number]; right: readonly [number, number] }> = {
  both: { left: [1, 0], right: [0, 1] },
  member: { left: [1, 1], right: [0, 0] },
  expert: { left: [0, 0], right: [1, 1] },
};

/** Routes an element's two channels through Web Audio; a voice alone is heard in both ears. */
export function createChannelSwitch(audio: HTMLMediaElement): ChannelSwitch {
  const context = new AudioContext();
  const source = context.createMediaElementSource(audio);
  const splitter = context.createChannelSplitter(2);
  const merger = context.createChannelMerger(2);
  source.connect(splitter);
  const gains = [0, 1].map((from) =>
    [0, 1].map((to) => {
      const gain = context.createGain();
      splitter.connect(gain, from).connect(merger, 0, to);
      return gain;
    }),
  );
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
