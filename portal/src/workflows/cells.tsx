/** What stands in the list's cells. */

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Schemas } from "../api/client";
import { follow } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { duration } from "../time/duration";
import { useNow } from "../time/now";
import { paceOf, soFar } from "../time/pace";
import { useReadAhead } from "../workflow/reading";
import { nameOf } from "./nameOf";
import { ProgressLine } from "./ProgressLine";
import { isOver } from "./status";
import { judged } from "./target";

type Workflow = Schemas["WorkflowItem"];

/** The element that holds the link of a row. */
export function elementOf(id: string): string {
  return `row-${id}`;
}

export function NameCell({ workflow }: { workflow: Workflow }) {
  const ahead = useReadAhead(workflow.id);
  return (
    <div>
      <span id={elementOf(workflow.id)} {...ahead}>
        <Link href={addresses.workflow(workflow.id)} onFollow={follow} variant="primary">
          {nameOf(workflow)}
        </Link>
      </span>
      <Box color="text-body-secondary" fontSize="body-s">
        {workflow.type}
        {workflow.isDrill !== null && (
          <>
            {" "}
            <Badge color={workflow.isDrill ? "blue" : "red"}>{workflow.isDrill ? "Drill" : "Recovery"}</Badge>
          </>
        )}
      </Box>
    </div>
  );
}

export function ProgressCell({ workflow }: { workflow: Workflow }) {
  const { percent, completed, total, currentStep, estimated } = workflow.progress;
  if (isOver(workflow.status)) {
    return <span className="faint">{completed !== null && total !== null ? `${completed} of ${total}` : "–"}</span>;
  }
  const words = [
    completed !== null && total !== null ? `${completed} of ${estimated ? "about " : ""}${total}` : null,
    currentStep,
  ].filter(Boolean);
  if (percent === null) return <span className="faint">{words.join(" · ") || "not known"}</span>;
  return (
    <ProgressLine percent={percent} label={`Progress of ${nameOf(workflow)}`} words={words.join(" · ") || (estimated ? "from earlier runs" : "")} />
  );
}

/** @param left it is not in the list any more: whether it still runs is not known. */
export function DurationCell({ workflow, heardAt, left = false }: { workflow: Workflow; heardAt: number; left?: boolean }) {
  const runs = !left && !isOver(workflow.status) && workflow.status !== "PAUSED";
  const now = useNow(runs);
  if (left && !isOver(workflow.status)) return <span className="faint">–</span>;
  const said = workflow.durationSeconds;
  const seconds = said !== null && runs ? soFar(said, heardAt, now, paceOf(said, workflow.startedAt, heardAt)) : said;
  return <span className="numerals">{duration(seconds)}</span>;
}

const SLA: Readonly<Record<string, { type: "success" | "warning" | "error"; words: string }>> = {
  onTrack: { type: "success", words: "On track" },
  atRisk: { type: "warning", words: "At risk" },
  breached: { type: "error", words: "Breached" },
};

export function SlaCell({ workflow }: { workflow: Workflow }) {
  if (!workflow.slaStatus) return <span className="faint">no target</span>;
  const look = judged(workflow) ?? (Object.hasOwn(SLA, workflow.slaStatus) ? SLA[workflow.slaStatus] : undefined) ?? { type: "warning" as const, words: workflow.slaStatus };
  return (
    <div>
      <StatusIndicator type={look.type}>{look.words}</StatusIndicator>
      <Box color="text-body-secondary" fontSize="body-s">
        <span className="numerals">of {duration(workflow.slaTargetSeconds)}</span>
      </Box>
    </div>
  );
}

export function ErrorCell({ workflow }: { workflow: Workflow }) {
  // A status that stands in the row is no error besides; and who cancelled did not fail.
  const error = workflow.error === workflow.status ? null : workflow.error;
  if (!error && !workflow.cause) return <span className="faint">–</span>;
  return (
    <div className="error-cell" title={workflow.cause ?? undefined}>
      {error && <Box color={workflow.status === "CANCELLED" ? "text-body-secondary" : "text-status-error"}><span className="one-line">{error}</span></Box>}
      {workflow.cause && <Box color="text-body-secondary" fontSize="body-s"><span className="two-lines">{workflow.cause}</span></Box>}
    </div>
  );
}
