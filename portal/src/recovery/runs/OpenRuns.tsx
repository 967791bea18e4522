/** Runs that are going on: how far each is, what waits for a person, and the buttons for it. */

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { follow } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { useBarred } from "../../session/permissions";
import { Failure } from "../../states/states";
import { ActionDialog } from "../../workflow/actions/ActionDialog";
import type { ActionName, Workflow } from "../../workflow/actions/act";
import { wordsFor } from "../../workflow/actions/words";
import { ProgressLine } from "../../workflows/ProgressLine";
import { Status } from "../../workflows/Status";
import { duration } from "../../time/duration";
import { useOpenRun, useRunWorkflows, useRuns } from "../queries";
import "./open-run.css";
import { Kind, Target } from "./RunsTable";
import type { Run } from "./objective";

const SHOWN = 5;

export function OpenRuns({ planId }: { planId?: string }) {
  const { data, error, refetch } = useRuns({ open: true });
  const workflows = useRunWorkflows();
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  const open = (data?.items ?? []).filter((run) => !planId || run.planId === planId);
  if (open.length === 0) return null;
  return (
    <SpaceBetween size="m">
      {open.slice(0, SHOWN).map((run) => <OpenRun key={run.executionId} run={run} workflow={workflows[run.executionId]} />)}
      {open.length > SHOWN && <Link href="/workflows?type=recovery" onFollow={follow}>{`${open.length - SHOWN} more are running`}</Link>}
    </SpaceBetween>
  );
}

interface Asking {
  readonly action: ActionName;
  readonly waves?: readonly string[];
}

function OpenRun({ run, workflow }: { run: Run; workflow: Workflow | undefined }) {
  const { data } = useOpenRun(run.executionId);
  const [asking, setAsking] = useState<Asking | null>(null);
  const held = (data?.waves ?? []).filter((wave) => wave.status === "HELD").map((wave) => wave.name);
  const barred = useBarred(run.isDrill ? "runDrill" : "runRecovery");
  const settled = run.serversLaunched + run.serversFailed;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={run.reason ?? undefined}
          actions={
            workflow && (
              <SpaceBetween direction="horizontal" size="xs">
                {(["pause", "resume", "cancel"] as const).map((action) => <Act key={action} action={action} workflow={workflow} ask={() => setAsking({ action })} />)}
              </SpaceBetween>
            )
          }
        >
          <Link href={addresses.workflow(run.executionId)} onFollow={follow} fontSize="heading-m" ariaLabel={`Run of ${run.planName}`}>{run.planName}</Link> <Kind run={run} />
        </Header>
      }
    >
      <SpaceBetween size="s">
        {held.length > 0 && (
          <Alert
            type="info"
            header={`${held.join(", ")}: held until somebody lets ${held.length === 1 ? "it" : "them"} go`}
            action={
              <Button disabled={!workflow} {...barred} onClick={() => setAsking({ action: "resume", waves: held })}>
                Release
              </Button>
            }
          >
            The plan asks for a person before {held.length === 1 ? "this wave starts" : "these waves start"}. Others go on.
          </Alert>
        )}
        {run.attention.map((words) => <Alert key={words} type="warning">{words}</Alert>)}
        <div className="open-run">
          <Status status={run.status} />
          <span className="numerals">{`${run.wavesEnded} of ${run.waveCount} waves · ${duration(run.elapsedSeconds)}`}</span>
          <Target run={run} />
        </div>
        <ProgressLine
          percent={run.serverCount > 0 ? Math.floor((100 * settled) / run.serverCount) : 0}
          label={`Servers of ${run.planName}`}
          words={`${run.serversLaunched} of ${run.serverCount} servers are up${run.serversFailed > 0 ? `, ${run.serversFailed} failed` : ""}`}
        />
      </SpaceBetween>
      {asking && workflow && <ActionDialog workflow={workflow} action={asking.action} {...(asking.waves ? { waves: asking.waves } : {})} close={() => setAsking(null)} />}
    </Container>
  );
}

function Act({ action, workflow, ask }: { action: ActionName; workflow: Workflow; ask: () => void }) {
  const able = workflow.capabilities[action];
  return (
    <Button disabled={!able?.possible} {...(able?.possible ? {} : { disabledReason: able?.reason ?? "It is not possible now." })} onClick={ask}>
      {wordsFor(action, workflow).button}
    </Button>
  );
}
