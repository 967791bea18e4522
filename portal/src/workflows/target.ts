/** How a workflow that has ended stands to its target, judged as the figures judge it. Pure. */

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Schemas } from "../api/client";
import { duration } from "../time/duration";
import { isOver } from "./status";

type Told = Pick<Schemas["WorkflowItem"], "status" | "slaStatus" | "slaTargetSeconds" | "durationSeconds">;

/** Met: completed within it. Missed: took longer, or failed. Cancelled within it: neither. Null: it runs, or has no target. */
export function judged(told: Told): { type: StatusIndicatorProps.Type; words: string } | null {
  if (!told.slaStatus || !isOver(told.status)) return null;
  if (told.slaStatus === "breached") return { type: "error", words: missed(told) };
  if (told.status === "COMPLETED") return { type: "success", words: "Met" };
  return told.status === "CANCELLED" ? { type: "stopped", words: "Cancelled within it" } : { type: "error", words: "Missed" };
}

function missed({ durationSeconds, slaTargetSeconds }: Told): string {
  if (durationSeconds === null || slaTargetSeconds === null || durationSeconds <= slaTargetSeconds) return "Missed";
  return `Missed by ${duration(durationSeconds - slaTargetSeconds)}`;
}
