import type { CallController } from '../client/controller';

/** What a person can do during a session; screens know no more of the controller than this. */
export type Actions = Pick<
  CallController,
  | 'call'
  | 'accept'
  | 'decline'
  | 'delay'
  | 'cancel'
  | 'hangup'
  | 'shown'
  | 'answer'
  | 'withdraw'
  | 'choosePart'
  | 'pause'
  | 'resume'
  | 'hold'
  | 'write'
  | 'joinHere'
  | 'setAvailable'
  | 'tryMicrophone'
  | 'setMuted'
  | 'chooseMicrophone'
  | 'chooseSpeaker'
  | 'repairSound'
  | 'hear'
  | 'level'
  | 'dismissCall'
  | 'dismissProblem'
>;
