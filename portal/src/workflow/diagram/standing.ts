/** How each state of a diagram stands, and which ways were taken, from the visits so far. Pure. */

import type { Tree } from "../steps/tree";

export interface Visit {
  readonly name: string;
  readonly status: string;
}

export interface Standing {
  readonly byName: ReadonlyMap<string, { readonly status: string; readonly visits: number }>;
  /** `from` and `to`, with a line break between. */
  readonly taken: ReadonlySet<string>;
}

/** @param chains visits one after the other: of the top, and of each branch or iteration. */
export function standingOf(chains: readonly (readonly Visit[])[]): Standing {
  const byName = new Map<string, { status: string; visits: number }>();
  const taken = new Set<string>();
  for (const chain of chains) {
    chain.forEach((visit, at) => {
      const before = byName.get(visit.name);
      byName.set(visit.name, { status: worse(before?.status, visit.status), visits: (before?.visits ?? 0) + 1 });
      const previous = chain[at - 1];
      if (previous) taken.add(`${previous.name}\n${visit.name}`);
    });
  }
  return { byName, taken };
}

/** What runs matters most, then what failed at last; of a loop the last visit counts. */
function worse(before: string | undefined, now: string): string {
  if (before === "running" || now === "running") return "running";
  return now;
}

export function chainsOf(tree: Tree): Visit[][] {
  const chains: Visit[][] = [[...tree.top]];
  const waiting = [...tree.top];
  for (const part of tree.parts.values()) {
    chains.push([...part.steps]);
    waiting.push(...part.steps);
    for (const lane of part.lanes) {
      chains.push([...lane.steps]);
      waiting.push(...lane.steps);
    }
  }
  while (waiting.length > 0) {
    for (const lane of waiting.pop()?.lanes ?? []) {
      chains.push([...lane.steps]);
      waiting.push(...lane.steps);
    }
  }
  return chains;
}
