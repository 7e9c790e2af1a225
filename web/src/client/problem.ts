import { problem as problemShape, type Problem } from '../wire/server';

/** An error that carries the server's problem object (RFC 9457). */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ProblemError';
  }
}

/** A problem of this side, in the same form as the server's; its type is `local:` and the slug. */
export function localProblem(slug: string, title: string, detail: string): Problem {
  return { type: `local:${slug}`, title, status: 0, detail, instance: '' };
}

/** Turns whatever was thrown into a problem that can be shown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return localProblem('unexpected', 'That did not work', 'Something unexpected happened in this page. Please try again.');
}

/** Reads a problem out of a refused response; falls back to the status. */
export async function problemFrom(response: Response): Promise<Problem> {
  try {
    return problemShape(await response.json(), 'problem');
  } catch {
    return {
      ...localProblem('refused', 'The server could not do that', `The server answered with status ${response.status}.`),
      status: response.status,
    };
  }
}
