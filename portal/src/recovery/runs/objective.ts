/** What a run took, beside what was promised. Pure. */

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Schemas } from "../../api/client";

export type Run = Schemas["RunSummary"];

const OPEN = new Set(["PENDING", "RUNNING", "PAUSING", "PAUSED", "CANCELLING"]);
const NEVER = new Set(["FAILED", "TIMED_OUT"]);

export function isOpen(run: Pick<Run, "status">): boolean {
  return OPEN.has(run.status);
}

export interface Verdict {
  readonly type: StatusIndicatorProps.Type;
  readonly words: string;
}

/** Seconds until everything was up; null where nothing was recovered, or not yet. */
export function measuredSeconds(run: Run): number | null {
  return run.status === "COMPLETED" ? run.elapsedSeconds : null;
}

/** As the report judges: what failed did not meet it, what was cancelled says nothing. */
export function verdictOf(run: Run): Verdict | null {
  const target = run.rtoMinutes === null ? null : run.rtoMinutes * 60;
  if (target === null) return null;
  if (isOpen(run)) {
    if (run.rtoMissed || run.elapsedSeconds > target) return { type: "error", words: "Missed already" };
    return run.rtoAtRisk ? { type: "warning", words: "At risk" } : { type: "success", words: "On track" };
  }
  if (NEVER.has(run.status)) return { type: "error", words: "Not met" };
  const measured = measuredSeconds(run);
  if (measured === null) return null;
  return measured <= target ? { type: "success", words: "Met" } : { type: "error", words: "Missed" };
}

/** Runs whose recovery time was measured, the oldest first: what the chart draws. */
export function measuredRuns(runs: readonly Run[]): Run[] {
  return runs.filter((run) => measuredSeconds(run) !== null).sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** Why there is nothing to clean up here; null where one may look. */
export function noCleanup(run: Run): string | null {
  if (!run.isDrill) return "A real recovery is not cleaned up: its instances are production now.";
  if (isOpen(run)) return "It still runs. Cancel it first, or wait for its end.";
  if (run.cleaning) return `${run.cleaning.by} has begun to clean up.`;
  return null;
}
