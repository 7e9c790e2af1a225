import type { Expert } from '../wire/server';

/** Experts of whom somebody wants to hear when they are free, and those of whom they were told. */
export interface Waiting {
  readonly awaited: readonly string[];
  /** Told once, and not read away yet; the newest last. */
  readonly told: readonly string[];
}

export const NOT_WAITING: Waiting = { awaited: [], told: [] };

/** Begins to wait for an expert, or ceases. What was told of them before is forgotten. */
export function awaitExpert({ awaited, told }: Waiting, expert: string, on: boolean): Waiting {
  const others = awaited.filter((id) => id !== expert);
  return { awaited: on ? [...others, expert] : others, told: told.filter((id) => id !== expert) };
}

/**
 * Tells of those who can be called now; each is awaited no longer. Who left the directory is not
 * awaited either, so nobody waits for more experts than there are.
 */
export function follow(waiting: Waiting, experts: readonly Expert[]): Waiting {
  const states = new Map(experts.map(({ id, state }) => [id, state]));
  const known = (id: string): boolean => states.has(id);
  const free = waiting.awaited.filter((id) => states.get(id) === 'available');
  if (free.length === 0 && waiting.awaited.every(known) && waiting.told.every(known)) return waiting;
  return {
    awaited: waiting.awaited.filter((id) => known(id) && !free.includes(id)),
    told: [...waiting.told.filter(known), ...free],
  };
}
