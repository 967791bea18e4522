/** Acting on those that were marked in the list: of whom it is possible, and why not of others. Pure. */

import type { Schemas } from "../../api/client";
import type { BulkAction } from "./bulk";

type Workflow = Schemas["WorkflowItem"];

export interface Sorted {
  readonly able: readonly Workflow[];
  /** Why not, and how many. */
  readonly reasons: ReadonlyMap<string, number>;
}

export const REAL_RECOVERY = "It is a real recovery: a commander looks at each of those alone.";

/** As the list knows them now; each is asked again when it is acted on. */
export function sorted(workflows: readonly Workflow[], action: BulkAction): Sorted {
  const reasons = new Map<string, number>();
  const able = workflows.filter((one) => {
    const can = one.capabilities[action];
    const why = one.isDrill === false ? REAL_RECOVERY : can?.possible ? null : (can?.reason ?? "This kind of workflow does not offer it.");
    if (why !== null) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    return why === null;
  });
  return { able, reasons };
}

/** Marked or not, the other way round. */
export function toggled(marked: readonly string[], id: string): string[] {
  return marked.includes(id) ? marked.filter((one) => one !== id) : [...marked, id];
}
