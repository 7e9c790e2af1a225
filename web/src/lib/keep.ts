/** What is needed of the storage of a page. */
export type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * The storage of the page or, where the browser forbids it, as it may in a frame of another site, one that
 * lasts until the page is left.
 */
export function keep(storage: () => Keep): Keep {
  try {
    const real = storage();
    real.getItem('');
    return real;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}
