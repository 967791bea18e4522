/** Puts what a change says into the rows that are shown. Pure. */

import type { Delta } from "../changes/frames";
import type { Seen } from "./columns";

export interface Patched {
  /** The very same rows, and each row the very same, where nothing changed. */
  readonly rows: Seen[];
  /** What may be done, progress and the counts are the API's to say. */
  readonly readAnew: boolean;
}

/** A change of what is not on this page matters only where it may come onto it, or is counted. */
const COUNTED = new Set(["workflowStarted", "workflowStatusChanged", "slaWarning", "slaBreached"]);

export function patched(rows: Seen[], deltas: readonly Delta[], now: number): Patched {
  let current = rows;
  let readAnew = false;
  for (const delta of deltas) {
    if (delta.type === "indexHealth") continue;
    const at = current.findIndex((row) => row.id === delta.workflowId);
    const row = current[at];
    readAnew ||= row !== undefined || COUNTED.has(delta.type);
    const said = row === undefined ? {} : saidBy(delta, now);
    if (row === undefined || Object.entries(said).every(([name, value]) => row[name as keyof Seen] === value)) continue;
    current = current.with(at, { ...row, ...said });
  }
  return { rows: current, readAnew };
}

function saidBy(delta: Delta, now: number): Partial<Seen> {
  if (delta.type === "slaWarning") return { slaStatus: "atRisk" };
  if (delta.type === "slaBreached") return { slaStatus: "breached" };
  if (delta.type !== "workflowStatusChanged" || typeof delta.newStatus !== "string") return {};
  return {
    status: delta.newStatus as Seen["status"],
    ...(typeof delta.endedAt === "string" ? { endedAt: delta.endedAt } : {}),
    ...(typeof delta.durationSeconds === "number" ? { durationSeconds: delta.durationSeconds, heardAt: now } : {}),
    ...(typeof delta.error === "string" ? { error: delta.error } : {}),
  };
}
