/** One workflow: what it does, what went wrong, and everything about each of its steps. */

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { Suspense, useEffect, useMemo, useState } from "react";
import { Shell } from "../app/Shell";
import { amend, usePlace } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { later } from "../states/later";
import { atServer } from "../time/server";
import { Contained, Failure, Waiting } from "../states/states";
import { nameOf } from "../workflows/nameOf";
import { isOver } from "../workflows/status";
import { chainsOf } from "./diagram/standing";
import { furtherOf } from "./further";
import { FailureCard } from "./FailureCard";
import type { Span } from "./gantt/scale";
import { MachinePanel, useMachine } from "./machine/MachinePanel";
import { StepPanel } from "./panel/StepPanel";
import { StepsTab } from "./steps/StepsTab";
import { type Row, placeKey, rowsOf, stepOf } from "./steps/tree";
import { type Detail, idOfExecution, paceIn, useRun, useSteps, useWorkflow } from "./useWorkflow";
import { WorkflowHeader } from "./WorkflowHeader";
import { PayloadsTab } from "./PayloadsTab";

const GanttTab = later(() => import("./gantt/GanttTab"));
const DiagramTab = later(() => import("./diagram/DiagramTab"));
const WavesTab = later(() => import("./waves/WavesTab"));
const EventsTab = later(() => import("./machine/EventsTab"));
const AuditTab = later(() => import("./AuditTab"));

export default function WorkflowPage({ id }: { id: string }) {
  const { data, error, isPending, dataUpdatedAt, refetch } = useWorkflow(id);
  const crumbs = [{ text: "Workflows", href: "/workflows" }, { text: data ? nameOf(data.workflow) : "…", href: addresses.workflow(id) }];
  if (data) return <Loaded id={id} detail={data} heardAt={atServer(dataUpdatedAt)} crumbs={crumbs} error={error} again={() => void refetch()} />;
  return (
    <Shell crumbs={crumbs}>
      {isPending && !error ? <Waiting what="Reading the workflow" /> : <Failure error={error} again={() => void refetch()} />}
    </Shell>
  );
}

interface LoadedProps {
  id: string;
  detail: Detail;
  heardAt: number;
  crumbs: { text: string; href: string }[];
  error: unknown;
  again: () => void;
}

function Loaded({ id, detail, heardAt, crumbs, error, again }: LoadedProps) {
  const { search } = usePlace();
  const { workflow } = detail;
  const isRun = workflow.engine === "recovery";
  const run = useRun(id, isRun);
  const machine = useMachine(id, isRun && Boolean(workflow.executionArn));
  const { tree, ask, again: askAgain, waiting, failed } = useSteps(id, detail, run.data);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(tree, toggled), [tree, toggled]);
  const stepId = search.get("step") || null;
  const selectedKey = rows.find((row) => row.kind === "step" && row.step.id === stepId)?.key ?? null;
  const selected = stepId === null ? null : stepOf(tree, stepId);
  const pace = paceIn(detail);
  useEffect(() => {
    // The views that are opened next, once the page itself is there.
    const soon = setTimeout(() => {
      for (const view of [GanttTab, DiagramTab]) view.preload();
    }, 300);
    return () => clearTimeout(soon);
  }, []);
  const runs = !isOver(workflow.status);

  const toggle = (row: Row) => {
    const next = new Set(toggled);
    if (!next.delete(row.key)) next.add(row.key);
    setToggled(next);
  };
  const select = (row: Row) => {
    if (row.kind === "more") ask(row.place);
    else if (row.kind === "lane") toggle(row);
    else amend({ step: row.step.id });
  };
  const isWaiting = (row: Row) => row.kind === "more" && waiting.has(placeKey(row.place));
  const shared = { rows, selected: selectedKey, waiting: isWaiting, onSelect: select, onToggle: toggle, pace };

  const tabs = [
    ...(isRun ? [{ id: "waves", label: "Waves", content: run.data ? <WavesTab run={run.data} workflow={workflow} /> : run.error ? <Failure error={run.error} again={() => void run.refetch()} /> : <Waiting what="Reading the run" /> }] : []),
    { id: "steps", label: "Steps", content: <StepsTab {...shared} runs={runs} endedAt={workflow.endedAt} /> },
    {
      id: "gantt",
      label: "Gantt",
      content: (
        <GanttTab
          {...shared}
          startedAt={workflow.startedAt}
          endedAt={workflow.endedAt}
          target={workflow.slaTargetSeconds}
          marks={marksOf(detail)}
          window={windowOf(search.get("zoom"), Date.parse(workflow.startedAt))}
          onWindow={(span) => amend({ zoom: span ? zoomText(span, Date.parse(workflow.startedAt)) : null })}
        />
      ),
    },
    ...(workflow.engine === "custom" ? [] : [{
      id: "diagram",
      label: "Diagram",
      content: (
        <DiagramTab
          executionId={isRun ? (workflow.executionArn ? idOfExecution(workflow.executionArn) : null) : id}
          chains={isRun ? [machine.data?.states ?? []] : chainsOf(tree)}
          selectedName={isRun ? null : (selected?.name ?? null)}
          onSelect={(name) => {
            const step = isRun ? undefined : rows.findLast((row) => row.kind === "step" && row.step.name === name);
            if (step?.kind === "step") amend({ step: step.step.id });
          }}
          {...(isRun ? { caption: "The state machine that runs this recovery; its waves are under Waves." } : {})}
        />
      ),
    }]),
    ...(isRun && run.data ? [
      { id: "machine", label: "Orchestration", content: <MachinePanel run={run.data} machine={machine} /> },
      { id: "events", label: "Events", content: <EventsTab runId={id} runs={runs} /> },
    ] : []),
    ...(isRun ? [] : [{ id: "payloads", label: "Input and output", content: <PayloadsTab workflowId={id} tree={tree} over={!runs} /> }]),
    { id: "audit", label: "Audit", content: <AuditTab subject={isRun ? `EXECUTION#${id}` : `WORKFLOW#${id}`} /> },
  ];
  const tab = tabs.find((one) => one.id === search.get("tab"))?.id ?? tabs[0]?.id ?? "steps";
  return (
    <Shell
      crumbs={crumbs}
      split={stepId !== null ? <StepPanel workflowId={id} stepId={stepId} name={selected?.name ?? "Step"} pace={pace} further={furtherOf(isRun ? machine.data?.links : detail.metadata.links)} key={stepId} /> : undefined}
      splitOpen={stepId !== null}
      onSplit={(open) => {
        if (!open) amend({ step: null });
      }}
    >
      <SpaceBetween size="m">
        <WorkflowHeader detail={detail} heardAt={heardAt} />
        {detail.failure && <FailureCard failure={detail.failure} onJump={(step) => amend({ step, tab: tab === "gantt" ? "gantt" : "steps" })} />}
        {detail.stale && <Alert type="warning" header="AWS is busy: this is not the newest">{`${detail.stale.reason} As of ${detail.stale.asOf}; it is asked again by itself.`}</Alert>}
        {error ? <Failure error={error} again={again} /> : null}
        {failed ? <Failure title="Some steps could not be read" error={failed} again={askAgain} /> : null}
        <Tabs
          ariaLabel="Views of this workflow"
          activeTabId={tab}
          onChange={({ detail: chosen }) => amend({ tab: chosen.activeTabId }, { replace: false })}
          tabs={tabs.map((one) => ({
            ...one,
            content: one.id === tab ? <Contained what={one.label} key={one.id}><Suspense fallback={<Waiting what="Loading" />}>{one.content}</Suspense></Contained> : null,
          }))}
        />
      </SpaceBetween>
    </Shell>
  );
}

function marksOf(detail: Detail) {
  return detail.segments.flatMap((segment) => (segment.number > 0 && segment.startedAt ? [{ at: segment.startedAt, words: `redrive ${segment.number}` }] : []));
}

/** `1200-45000`: milliseconds since the start, so that an address is of the run and not of a clock. Pure. */
export function windowOf(text: string | null, startedAt: number): Span | null {
  const found = /^(\d{1,14})-(\d{1,14})$/.exec(text ?? "");
  if (!found) return null;
  const span = { from: startedAt + Number(found[1]), to: startedAt + Number(found[2]) };
  return span.to > span.from ? span : null;
}

function zoomText(span: Span, startedAt: number): string {
  return `${Math.max(0, Math.round(span.from - startedAt))}-${Math.max(0, Math.round(span.to - startedAt))}`;
}
