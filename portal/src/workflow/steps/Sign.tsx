/** A step's status as a small drawing: each has a shape of its own, so colour is not needed. */

import { lookOf } from "../../workflows/status";

const SHAPES: ReadonlyMap<string, string> = new Map(Object.entries({
  succeeded: "M4 8.5 7 11.5 12 5",
  failed: "M5 5 11 11M11 5 5 11",
  timedOut: "M8 4.5V8l2.5 1.8",
  caught: "M8 4.6v4.2M8 11.2v.2",
  running: "M5 8h.1M8 8h.1M11 8h.1",
  aborted: "M5 8h6",
  pending: "",
}));

/** Statuses of runs, waves and servers look like those of steps. */
const SAME: ReadonlyMap<string, string> = new Map(Object.entries({
  COMPLETED: "succeeded",
  SUCCEEDED: "succeeded",
  LAUNCHED: "succeeded",
  RUNNING: "running",
  LAUNCHING: "running",
  PAUSING: "running",
  CANCELLING: "running",
  FAILED: "failed",
  TIMED_OUT: "timedOut",
  CANCELLED: "aborted",
  SKIPPED: "aborted",
  TERMINATED: "aborted",
  HELD: "caught",
  PAUSED: "caught",
  PENDING: "pending",
}));

export function kindOf(status: string): string {
  return SAME.get(status) ?? status;
}

export function Sign({ status }: { status: string }) {
  const kind = kindOf(status);
  const shape = SHAPES.get(kind);
  return (
    <svg className="sign" data-look={kind} viewBox="0 0 16 16" role="img" aria-label={lookOf(status).words} fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
      <circle cx="8" cy="8" r="6.8" strokeDasharray={kind === "pending" ? "2.4 2.2" : undefined} />
      {shape === undefined ? <path d="M6.4 6.4a1.7 1.7 0 1 1 2 1.7c-.3.1-.4.3-.4.6M8 11v.1" /> : shape && <path d={shape} />}
    </svg>
  );
}
