import { nullable, number, oneOf, record } from './shape';

export interface Measured {
  readonly average: number;
  /** The lowest MOS, the highest of the others. */
  readonly worst: number;
}

/** How the sound of one direction arrived; the word and its cause are what the averages come to. */
export interface WaySound {
  readonly word: '' | 'excellent' | 'good' | 'poor';
  readonly cause: '' | 'loss' | 'jitter' | 'delay';
  readonly mos: Measured;
  readonly loss_percent: Measured;
  readonly jitter_ms: Measured;
}

/** What a person sent and what they heard. */
export interface LegSound {
  /** Null: nothing was measured. */
  readonly sent: WaySound | null;
  readonly heard: WaySound | null;
  /** How often nothing came from them, and how often nothing but digital silence. */
  readonly absences: number;
  readonly silences: number;
}

export interface CallSound {
  readonly member: LegSound;
  readonly expert: LegSound;
}

const measured = record<Measured>({ average: number, worst: number });

const way = nullable(record<WaySound>({ word: oneOf('', 'excellent', 'good', 'poor'), cause: oneOf('', 'loss', 'jitter', 'delay'), mos: measured, loss_percent: measured, jitter_ms: measured }));

const leg = record<LegSound>({ sent: way, heard: way, absences: number, silences: number });

/** A recording as a reviewer reads it: with how its call sounded, or null where there is no record of the call. */
export const reviewed = record<{ readonly sound: CallSound | null }>({ sound: nullable(record<CallSound>({ member: leg, expert: leg })) });
