import type { Translate } from '../../i18n/catalogue';

/** Why a reviewer may listen: the words that the server keeps with each play, and the key of what is shown. */
export const REASONS = [
  ['Quality review', 'reason.quality'],
  ['Complaint', 'reason.complaint'],
  ['Training', 'reason.training'],
  ['Technical fault', 'reason.technical'],
  ['Other', 'reason.other'],
] as const;

/** A reason that the server kept, in the person's language; words of another place stay as they are. */
export function reasonTold(t: Translate, kept: string): string {
  for (const [name, key] of REASONS) {
    if (kept === name) return t(key);
    if (kept.startsWith(`${name}: `)) return `${t(key)}: ${kept.slice(name.length + 2)}`;
  }
  return kept;
}

/** A reason as it is being chosen. */
export interface Reason {
  readonly kind: string;
  readonly note: string;
}

export const NO_REASON: Reason = { kind: '', note: '' };

/** The reason in one line for the server, or empty while it is not complete. */
export function reasonText(reason: Reason): string {
  const note = reason.note.trim();
  if (reason.kind === '' || (reason.kind === 'Other' && note === '')) return '';
  return note === '' ? reason.kind : `${reason.kind}: ${note}`;
}

const KEY = 'parley.reason';

/** The reason given last in this tab. */
export function rememberedReason(storage: Pick<Storage, 'getItem'>): Reason {
  try {
    const saved = JSON.parse(storage.getItem(KEY) ?? 'null') as unknown;
    if (typeof saved !== 'object' || saved === null) return NO_REASON;
    const { kind, note } = saved as Partial<Record<keyof Reason, unknown>>;
    const known = REASONS.find(([name]) => name === kind)?.[0];
    return known !== undefined && typeof note === 'string' ? { kind: known, note } : NO_REASON;
  } catch {
    return NO_REASON;
  }
}

export function rememberReason(storage: Pick<Storage, 'setItem'>, reason: Reason): void {
  storage.setItem(KEY, JSON.stringify(reason));
}
