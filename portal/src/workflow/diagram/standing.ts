/** How each state of a diagram stands, and which ways were taken, from the visits so far. Pure. */

import type { Lane, Step, Tree } from "../steps/tree";

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
    const own = new Map<string, { status: string; visits: number }>();
    chain.forEach((visit, at) => {
      const before = own.get(visit.name);
      // Of a loop, and of what was redriven, the last visit counts.
      own.set(visit.name, { status: before?.status === "running" ? "running" : visit.status, visits: (before?.visits ?? 0) + 1 });
      const previous = chain[at - 1];
      if (previous) taken.add(`${previous.name}\n${visit.name}`);
    });
    for (const [name, { status, visits }] of own) {
      const before = byName.get(name);
      byName.set(name, before ? { status: worst(before.status, status), visits: before.visits + visits } : { status, visits });
    }
  }
  return { byName, taken };
}

/** Of iterations and branches beside each other what runs matters most, then what failed: one is enough. */
const GRAVITY = ["succeeded", "pending", "aborted", "caught", "timedOut", "failed", "running"];

function worst(one: string, other: string): string {
  return GRAVITY.indexOf(other) > GRAVITY.indexOf(one) ? other : one;
}

/** Visits in their order: of the top, and of each lane. Parts that were read later go on with what they belong to. */
export function chainsOf(tree: Tree): Visit[][] {
  const chains = new Map<string, Visit[]>();
  const places = new Map<string, string>();
  const add = (place: string, steps: readonly Step[]) => {
    const key = places.get(place) ?? place;
    const chain = chains.get(key) ?? [];
    chains.set(key, chain);
    for (const step of steps) {
      chain.push(step);
      addLanes(step.id, step.lanes);
    }
  };
  // What was begun again as a whole has lanes of the same index, round after round: they are one.
  const addLanes = (within: string, lanes: readonly Lane[]) => {
    for (const lane of [...lanes].sort((a, b) => a.round - b.round)) {
      places.set(`${within}\n${lane.id}`, `${within}\n#${lane.index}`);
      add(`${within}\n${lane.id}`, lane.steps);
    }
  };
  add("\n", tree.top);
  for (const [key, part] of tree.parts) {
    add(key.split("\n").slice(0, 2).join("\n"), part.steps);
    addLanes(key.split("\n")[0] ?? "", part.lanes);
  }
  return [...chains.values()];
}
