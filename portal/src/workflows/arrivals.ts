/** Rows that are read do not move: what arrives or leaves meanwhile waits for a click. Pure. */

export interface Row<T> {
  readonly item: T;
  /** It is not in this list any more: it ended, or its page moved on. */
  readonly left: boolean;
}

export interface Shown<T> {
  readonly rows: readonly Row<T>[];
  /** How many there are that are not shown yet. */
  readonly arrived: number;
  readonly left: number;
}

/**
 * @param before the rows as they stand, by id; empty: nothing is shown yet, so everything is.
 * @param fresh what the list is now.
 */
export function settled<T>(before: readonly T[], fresh: readonly T[], idOf: (item: T) => string): Shown<T> {
  if (before.length === 0) return { rows: fresh.map((item) => ({ item, left: false })), arrived: 0, left: 0 };
  const now = new Map(fresh.map((item) => [idOf(item), item]));
  const rows = before.map((item) => {
    const current = now.get(idOf(item));
    return current === undefined ? { item, left: true } : { item: current, left: false };
  });
  const known = new Set(before.map(idOf));
  return {
    rows,
    arrived: fresh.filter((item) => !known.has(idOf(item))).length,
    left: rows.filter((row) => row.left).length,
  };
}
