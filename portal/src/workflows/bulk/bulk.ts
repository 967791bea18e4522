/** Doing one thing to all that a filter finds: what may be asked, and what came of it in words. Pure. */

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Schemas } from "../../api/client";
import type { Asked } from "../filter";

export type BulkAction = Schemas["BulkDraft"]["action"];
export const BULK_ACTIONS: readonly BulkAction[] = ["cancel", "retry"];
export const BULK_NAMES: Record<BulkAction, string> = { cancel: "Cancel", retry: "Retry" };

/** Why there is nothing to ask; null where there is. Everything at once is nobody's wish. */
export function unasked(asked: Asked): string | null {
  return Object.values(asked).some(Boolean) ? null : "Choose a filter or another tab first: all workflows at once are too many to act on.";
}

export function isUnderWay(status: string): boolean {
  return status === "running" || status === "stopping";
}

const RESULTS: Record<string, { type: StatusIndicatorProps.Type; words: string }> = {
  failed: { type: "error", words: "Failed" },
  unknown: { type: "warning", words: "Not known: look at it" },
  refused: { type: "warning", words: "Refused" },
  notEligible: { type: "stopped", words: "Not eligible" },
  notStarted: { type: "pending", words: "Not begun" },
  acting: { type: "in-progress", words: "Under way" },
  accepted: { type: "success", words: "Accepted" },
  done: { type: "success", words: "Done" },
};

export function resultOf(result: string): { type: StatusIndicatorProps.Type; words: string } {
  return RESULTS[result] ?? { type: "info", words: result };
}

/** `2 failed · 25 done`: the worst first, and nothing that there is none of. */
export function countsInWords(counts: Readonly<Record<string, number>>): string {
  const order = Object.keys(RESULTS);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, count]) => `${count} ${resultOf(name).words.toLowerCase()}`)
    .join(" · ");
}

export function statusInWords(bulk: Pick<Schemas["BulkProgress"], "status" | "isStalled" | "stoppedBy">): { type: StatusIndicatorProps.Type; words: string } {
  if (bulk.isStalled) return { type: "warning", words: "Nobody has worked on it for some minutes" };
  if (bulk.status === "running") return { type: "in-progress", words: "Under way" };
  if (bulk.status === "stopping") return { type: "in-progress", words: "Stopping before the next one" };
  if (bulk.status === "stopped") return { type: "stopped", words: `Stopped${bulk.stoppedBy ? ` by ${bulk.stoppedBy}` : ""}` };
  if (bulk.status === "completed") return { type: "success", words: "Completed" };
  return { type: "pending", words: "Not begun" };
}
