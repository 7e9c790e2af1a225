import { list, number, oneOf, record, text } from './shape';

/** A text of the call beside its recording: by side, as the voices are. */
export interface WrittenBeside {
  readonly id: string;
  readonly side: 'member' | 'expert';
  /** From the start of the recording on, negative before. */
  readonly at_ms: number;
  readonly text: string;
}

export const writtenList = record<{ readonly messages: readonly WrittenBeside[] }>({
  messages: list(record<WrittenBeside>({ id: text, side: oneOf('member', 'expert'), at_ms: number, text })),
});
