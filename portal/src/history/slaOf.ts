/** How an execution stands to its target, judged as the figures judge what has ended. Pure. */

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Schemas } from "../api/client";
import { isOver } from "../workflows/status";

type Told = Pick<Schemas["WorkflowItem"], "status" | "slaStatus">;

/** Met: completed within it. Missed: took longer, or failed. Cancelled within it: neither. Null: it runs, or has no target. */
export function judged(told: Told): { type: StatusIndicatorProps.Type; words: string } | null {
  if (!told.slaStatus || !isOver(told.status)) return null;
  if (told.slaStatus === "breached") return { type: "error", words: "Missed" };
  if (told.status === "COMPLETED") return { type: "success", words: "Met" };
  return told.status === "CANCELLED" ? { type: "stopped", words: "Cancelled within it" } : { type: "error", words: "Missed" };
}
