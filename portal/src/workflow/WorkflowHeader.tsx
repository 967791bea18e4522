/** The head of a workflow's page: how it stands, how long, against what, and what can be done. */

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useChanges, useHeld } from "../changes/ChangesProvider";
import { ConnectionChip } from "../changes/ConnectionChip";
import { duration } from "../time/duration";
import { Moment } from "../time/Moment";
import { useNow } from "../time/now";
import { soFar } from "../time/pace";
import { SlaCell } from "../workflows/cells";
import { nameOf } from "../workflows/nameOf";
import { ProgressLine } from "../workflows/ProgressLine";
import { isOver } from "../workflows/status";
import { Status } from "../workflows/Status";
import { ActionDialog } from "./actions/ActionDialog";
import { ACTIONS, type ActionName } from "./actions/act";
import { CloneDialog } from "./actions/CloneDialog";
import { ExportMenu } from "./actions/ExportMenu";
import { wordsFor } from "./actions/words";
import { usualOf } from "./further";
import { type Detail, paceIn } from "./useWorkflow";

export function WorkflowHeader({ detail, heardAt }: { detail: Detail; heardAt: number }) {
  const { workflow } = detail;
  const changes = useChanges();
  const held = useHeld();
  const [asking, setAsking] = useState<ActionName | null>(null);
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={<>{workflow.type} · <span className="anywhere">{workflow.id.length > 60 ? workflow.executionArn : workflow.id}</span></>}
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <ConnectionChip />
            {(held || !isOver(workflow.status)) && (
              <Button iconName={held ? "caret-right-filled" : "pause"} variant="icon" ariaLabel={held ? "Go on with updates" : "Hold updates while reading"} onClick={() => changes.hold(!held)} />
            )}
            {ACTIONS.map((action) => {
              const able = workflow.capabilities[action];
              const reason = able?.possible ? undefined : (able?.reason ?? "This kind of workflow does not offer it.");
              return (
                <Button
                  key={action}
                  disabled={!able?.possible}
                  {...(reason ? { disabledReason: reason } : {})}
                  onClick={() => setAsking(action)}
                >
                  {wordsFor(action, workflow).button}
                </Button>
              );
            })}
            <CloneButton workflow={workflow} />
            <ExportMenu workflow={workflow} />
          </SpaceBetween>
        }
      >
        <span className="anywhere">{nameOf(workflow)}</span>{" "}
        {workflow.isDrill !== null && <Badge color={workflow.isDrill ? "blue" : "red"}>{workflow.isDrill ? "Drill" : "Recovery"}</Badge>}
      </Header>
      <Container>
        <ColumnLayout columns={4} variant="text-grid" minColumnWidth={170}>
          <Pair label="Status"><Status status={workflow.status} /></Pair>
          <Pair label="Progress"><Progress detail={detail} /></Pair>
          <Pair label="Duration"><Taken detail={detail} heardAt={heardAt} /></Pair>
          <Pair label="Target"><SlaCell workflow={workflow} /></Pair>
          <Pair label="Started"><Moment at={workflow.startedAt} /></Pair>
          <Pair label="Ended"><Moment at={workflow.endedAt} /></Pair>
          <Pair label="Triggered by">{workflow.triggeredBy ?? "not known"}</Pair>
          <Pair label={workflow.engine === "recovery" ? "Reason" : "Redriven"}>{reasonOf(detail)}</Pair>
        </ColumnLayout>
      </Container>
      {asking && <ActionDialog workflow={workflow} action={asking} close={() => setAsking(null)} />}
    </SpaceBetween>
  );
}

function CloneButton({ workflow }: { workflow: Detail["workflow"] }) {
  const [asking, setAsking] = useState(false);
  const able = workflow.capabilities.clone;
  const reason = able?.possible ? undefined : (able?.reason ?? "This kind of workflow does not offer it.");
  return (
    <>
      <Button disabled={!able?.possible} {...(reason ? { disabledReason: reason } : {})} onClick={() => setAsking(true)}>Clone</Button>
      {asking && <CloneDialog workflow={workflow} close={() => setAsking(false)} />}
    </>
  );
}

function reasonOf({ workflow, metadata }: Detail): string {
  if (workflow.engine === "recovery") return typeof metadata.reason === "string" ? metadata.reason : "none was given";
  return typeof metadata.redriveCount === "number" && metadata.redriveCount > 0 ? `${metadata.redriveCount} times` : "no";
}

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <div>{children}</div>
    </div>
  );
}

function Progress({ detail }: { detail: Detail }) {
  const { progress, status } = detail.workflow;
  const counted = progress.completed !== null && progress.total !== null ? `${progress.completed} of ${progress.estimated ? "about " : ""}${progress.total}` : null;
  const words = [counted, progress.currentStep].filter(Boolean).join(" · ");
  if (isOver(status) || progress.percent === null) return <>{words || "not known"}</>;
  return <ProgressLine percent={progress.percent} label="Progress" words={words} />;
}

function Taken({ detail, heardAt }: { detail: Detail; heardAt: number }) {
  const { workflow } = detail;
  const runs = !isOver(workflow.status);
  const now = useNow(runs);
  const seconds = workflow.durationSeconds === null ? null : runs ? soFar(workflow.durationSeconds, heardAt, now, paceIn(detail)) : workflow.durationSeconds;
  const usual = usualOf(detail);
  return (
    <>
      <Box fontSize="heading-m"><span className="numerals">{duration(seconds)}</span> {workflow.isSlow && <span className="tag" data-kind="slow">slow</span>}</Box>
      {usual && (
        <Box color="text-body-secondary" fontSize="body-s">
          <span className="numerals" style={{ whiteSpace: "normal" }}>{`usually p50 ${duration(usual.p50)}${usual.p95 === null ? "" : `, p95 ${duration(usual.p95)}`} (${usual.samples} ${usual.samples === 1 ? "run" : "runs"})`}</span>
        </Box>
      )}
    </>
  );
}
