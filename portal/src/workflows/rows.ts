/** The rows that are shown, one by one: what changes in one of them renders that row's cells, and no table. */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Row } from "./arrivals";
import type { Seen } from "./columns";

export class Rows {
  readonly #rows = new Map<string, Row<Seen>>();
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Rows that nobody shows yet: known before a table asks for them. */
  begin(rows: readonly Row<Seen>[]) {
    for (const row of rows) if (!this.#rows.has(row.item.id)) this.#rows.set(row.item.id, row);
  }

  /** Rows that are as they were stay the very same; who shows one that is not is told. */
  set(rows: readonly Row<Seen>[]) {
    const shown = new Set(rows.map((row) => row.item.id));
    for (const id of [...this.#rows.keys()]) if (!shown.has(id) && !this.#listeners.has(id)) this.#rows.delete(id);
    for (const row of rows) {
      const { id } = row.item;
      if (isSame(this.#rows.get(id), row)) continue;
      this.#rows.set(id, row);
      for (const listener of this.#listeners.get(id) ?? []) listener();
    }
  }

  of(id: string): Row<Seen> | undefined {
    return this.#rows.get(id);
  }

  subscribe(id: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
  }
}

/** What is carried on from when it was told is the same, however often it is told. */
function isSame(before: Row<Seen> | undefined, now: Row<Seen>): boolean {
  if (!before || before.left !== now.left) return false;
  if (before.item === now.item) return true;
  return JSON.stringify({ ...before.item, heardAt: 0 }) === JSON.stringify({ ...now.item, heardAt: 0 });
}

const Held = createContext<Rows | null>(null);
export const RowsProvider = Held.Provider;

export function useRows(): Rows {
  const rows = useContext(Held);
  if (!rows) throw new Error("useRows is for what is inside <RowsProvider>.");
  return rows;
}

export function useRow(id: string): Row<Seen> | undefined {
  const rows = useRows();
  return useSyncExternalStore(
    (listener) => rows.subscribe(id, listener),
    () => rows.of(id),
  );
}
