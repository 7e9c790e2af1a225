/** Says where a server message departs from the protocol. */
export class WireError extends Error {
  constructor(path: string, wanted: string, got: unknown) {
    super(`${path}: got ${describe(got)}, want ${wanted}`);
    this.name = 'WireError';
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : typeof value;
}

/** Checks a value and returns it typed, or throws a WireError that names `path`. */
export type Shape<T> = (value: unknown, path: string) => T;

export const text: Shape<string> = (value, path) => {
  if (typeof value !== 'string') throw new WireError(path, 'a text', value);
  return value;
};

/** A text that the server leaves out when it is empty. */
export const maybeText: Shape<string> = (value, path) => (value === undefined ? '' : text(value, path));

export const number: Shape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new WireError(path, 'a number', value);
  return value;
};

/** A number that the server leaves out when it is 0. */
export const maybeNumber: Shape<number> = (value, path) => (value === undefined ? 0 : number(value, path));

export const flag: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new WireError(path, 'true or false', value);
  return value;
};

/** An RFC 3339 time, kept as text. */
export const instant: Shape<string> = (value, path) => {
  const got = text(value, path);
  if (Number.isNaN(Date.parse(got))) throw new WireError(path, 'a time', value);
  return got;
};

/** A flag that the server leaves out when it is not set. */
export const maybeFlag: Shape<boolean> = (value, path) => (value === undefined ? false : flag(value, path));

export function oneOf<const T extends string>(...allowed: readonly T[]): Shape<T> {
  return (value, path) => {
    const found = allowed.find((word) => word === value);
    if (found === undefined) throw new WireError(path, `one of ${allowed.map((w) => `"${w}"`).join(', ')}`, value);
    return found;
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null || value === undefined ? null : shape(value, path));
}

/** A list; the server writes an empty one as [] or null. */
export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value, path) => {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value)) throw new WireError(path, 'a list', value);
    return value.map((item, i) => shape(item, `${path}[${i}]`));
  };
}

/** An object with these members; others are left out, so that servers may add some. */
export function record<T extends object>(members: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) throw new WireError(path, 'an object', value);
    const from = value as Record<string, unknown>;
    const out: Partial<T> = {};
    for (const name in members) out[name] = members[name](from[name], `${path}.${name}`);
    return out as T;
  };
}
