import { Scope } from '../../lib/scope';

const RATE = 24_000;
const LENGTH_S = 1.2;
const LOUDNESS = 0.25;

/** Two soft notes, one after the other: frequency in Hz and start in seconds. */
const NOTES = [
  { hz: 523.25, at: 0 },
  { hz: 659.26, at: 0.35 },
] as const;

/** The sound by which somebody tries the speaker, as a WAV file of 16 bits. */
export function chimeWav(): ArrayBuffer {
  const samples = RATE * LENGTH_S;
  const file = new DataView(new ArrayBuffer(44 + 2 * samples));
  const text = (at: number, word: string): void => {
    for (let i = 0; i < word.length; i++) file.setUint8(at + i, word.charCodeAt(i));
  };
  text(0, 'RIFF');
  file.setUint32(4, 36 + 2 * samples, true);
  text(8, 'WAVEfmt ');
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, RATE, true);
  file.setUint32(28, RATE * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  text(36, 'data');
  file.setUint32(40, 2 * samples, true);
  for (let i = 0; i < samples; i++) file.setInt16(44 + 2 * i, 32_767 * LOUDNESS * sampleAt(i / RATE), true);
  return file.buffer;
}

function sampleAt(seconds: number): number {
  let sum = 0;
  for (const { hz, at } of NOTES) {
    const since = seconds - at;
    if (since > 0) sum += Math.sin(2 * Math.PI * hz * since) * Math.min(1, since / 0.03) * Math.exp(-4 * since);
  }
  return sum;
}

/** Plays it through a media element, as a call is played, on a speaker; empty: what the system has chosen. */
export async function chime(speaker: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([chimeWav()], { type: 'audio/wav' }));
  const audio = new Audio(url);
  const scope = new Scope();
  try {
    if (speaker !== '' && 'setSinkId' in audio) await audio.setSinkId(speaker);
    await audio.play();
    await new Promise((resolve) => scope.listen(audio, 'ended', resolve));
  } finally {
    scope.close();
    URL.revokeObjectURL(url);
  }
}
