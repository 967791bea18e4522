/** How statuses look and read; one that nobody knows yet is shown as it is. Pure. */

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

export interface Look {
  readonly type: StatusIndicatorProps.Type;
  readonly words: string;
}

/** Not as members of an object: a status that nobody knows may be called `constructor`. */
function known(looks: Record<string, Look>): ReadonlyMap<string, Look> {
  return new Map(Object.entries(looks));
}

const WORKFLOW = known({
  PENDING: { type: "pending", words: "Pending" },
  RUNNING: { type: "in-progress", words: "Running" },
  PAUSING: { type: "in-progress", words: "Pausing" },
  PAUSED: { type: "stopped", words: "Paused" },
  CANCELLING: { type: "in-progress", words: "Cancelling" },
  COMPLETED: { type: "success", words: "Completed" },
  FAILED: { type: "error", words: "Failed" },
  TIMED_OUT: { type: "error", words: "Timed out" },
  CANCELLED: { type: "stopped", words: "Cancelled" },
  HELD: { type: "stopped", words: "Held" },
  LAUNCHING: { type: "in-progress", words: "Launching" },
  LAUNCHED: { type: "success", words: "Launched" },
  SKIPPED: { type: "not-started", words: "Skipped" },
  TERMINATED: { type: "stopped", words: "Terminated" },
  SUCCEEDED: { type: "success", words: "Succeeded" },
});

const STEP = known({
  pending: { type: "pending", words: "Pending" },
  running: { type: "in-progress", words: "Running" },
  succeeded: { type: "success", words: "Succeeded" },
  caught: { type: "warning", words: "Caught" },
  failed: { type: "error", words: "Failed" },
  timedOut: { type: "error", words: "Timed out" },
  aborted: { type: "stopped", words: "Aborted" },
  unknown: { type: "info", words: "Unknown" },
});

export function lookOf(status: string): Look {
  return WORKFLOW.get(status) ?? STEP.get(status) ?? { type: "info", words: status };
}

const OVER = new Set(["COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"]);

/** Will nothing more happen? A status that is not known may still change. */
export function isOver(status: string): boolean {
  return OVER.has(status);
}
