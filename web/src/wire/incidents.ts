import type { ReportReason } from './rest';
import { flag, instant, list, nullable, number, oneOf, record, text, type Shape } from './shape';

/** How far a report has been looked into. */
export type ReportState = 'open' | 'looked_at' | 'settled';

/** An incident of a call, as who looks after people sees it; people are named by their ids. */
export interface Incident {
  readonly id: string;
  readonly call: string;
  readonly by: string;
  readonly about: string;
  readonly at: string;
  readonly reason: ReportReason;
  /** From the beginning of the talk. */
  readonly offset_seconds: number | null;
  /** There is a text beside it. */
  readonly written: boolean;
  readonly state: ReportState;
  readonly note: string;
  readonly handled_by: string;
  readonly handled_at: string | null;
}

const incidentShapes = {
  id: text,
  call: text,
  by: text,
  about: text,
  at: instant,
  reason: oneOf<ReportReason>('abuse', 'fraud', 'unsafe', 'other'),
  offset_seconds: nullable(number),
  written: flag,
  state: oneOf<ReportState>('open', 'looked_at', 'settled'),
  note: text,
  handled_by: text,
  handled_at: nullable(instant),
};

export const incident: Shape<Incident> = record<Incident>(incidentShapes);

export const incidentPage = record<{ reports: Incident[]; next: string }>({ reports: list(incident), next: text });

/** What somebody wrote about an incident; empty where it was erased. */
export const wholeIncident = record<Incident & { readonly text: string }>({ ...incidentShapes, text });

export type SignKind = 'same_human' | 'same_address' | 'shared_device' | 'shared_address' | 'burst' | 'one_expert';

/** A sign that a call or its rating is not what it seems. */
export interface Sign {
  readonly call: string;
  readonly member: string;
  readonly expert: string;
  readonly kind: SignKind;
  /** The members whom it is about beside the one of the call. */
  readonly people: readonly string[];
  readonly at: string;
}

export const signPage = record<{ signs: Sign[]; next: string }>({
  signs: list(
    record<Sign>({
      call: text,
      member: text,
      expert: text,
      kind: oneOf<SignKind>('same_human', 'same_address', 'shared_device', 'shared_address', 'burst', 'one_expert'),
      people: list(text),
      at: instant,
    }),
  ),
  next: text,
});

/** Who has blocked whom. */
export interface Between {
  readonly by: string;
  readonly whom: string;
  readonly at: string;
}

export const betweenPage = record<{ blocks: Between[]; next: string }>({ blocks: list(record<Between>({ by: text, whom: text, at: instant })), next: text });
