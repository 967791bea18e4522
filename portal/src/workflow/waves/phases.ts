/** How far the launch of a server has come: snapshot, conversion, launch, running. Pure. */

export type PhaseState = "done" | "now" | "failed" | "ahead";

export interface Phase {
  readonly name: string;
  readonly state: PhaseState;
  readonly at: string | null;
}

const PHASES = [
  { name: "Snapshot", start: "SNAPSHOT_START", end: "SNAPSHOT_END", failed: "SNAPSHOT_FAIL" },
  { name: "Conversion", start: "CONVERSION_START", end: "CONVERSION_END", failed: "CONVERSION_FAIL" },
  { name: "Launch", start: "LAUNCH_START", end: "LAUNCH_END", failed: "LAUNCH_FAILED" },
] as const;

export interface ServerLike {
  readonly status: string;
  readonly phases: Readonly<Record<string, string>>;
  readonly launchedAt: string | null;
  readonly confirmedAt: string | null;
}

export function phasesOf(server: ServerLike): Phase[] {
  const seen = server.phases;
  const isUp = server.status === "LAUNCHED" || server.status === "TERMINATED";
  const found = PHASES.map((phase): Phase => {
    const at = seen[phase.end] ?? seen[phase.start] ?? null;
    if (seen[phase.failed]) return { name: phase.name, state: "failed", at: seen[phase.failed] ?? null };
    if (seen[phase.end] || isUp || (phase.name === "Launch" && server.launchedAt)) return { name: phase.name, state: "done", at: phase.name === "Launch" ? (server.launchedAt ?? at) : at };
    if (seen[phase.start]) return { name: phase.name, state: server.status === "FAILED" ? "failed" : "now", at };
    return { name: phase.name, state: "ahead", at: null };
  });
  const running: Phase = { name: "Confirmed", state: isUp ? "done" : "ahead", at: server.confirmedAt };
  return [...found, running];
}
