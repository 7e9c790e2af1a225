import { problemOf } from '../client/problem';
import type { Problem } from '../wire/server';

/** `problem`: something was refused; the page shows it. */
export type ProblemEvent = CustomEvent<Problem>;

/** Tells the page what went wrong at `from`, in words that can be shown. */
export function report(from: EventTarget, error: unknown): void {
  from.dispatchEvent(new CustomEvent('problem', { detail: problemOf(error), bubbles: true, composed: true }));
}
