import { demoSession, type DemoSession } from '../wire/rest';

const KEY = 'parley.session';

/** Who is signed in in this tab; each tab is its own person. */
export function loadIdentity(storage: Pick<Storage, 'getItem'>, nowMs: number): DemoSession | null {
  try {
    const saved = demoSession(JSON.parse(storage.getItem(KEY) ?? 'null'), 'session');
    return Date.parse(saved.expires_at) > nowMs ? saved : null;
  } catch {
    return null;
  }
}

export function saveIdentity(storage: Pick<Storage, 'setItem'>, session: DemoSession): void {
  storage.setItem(KEY, JSON.stringify(session));
}

export function forgetIdentity(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(KEY);
}
