/** "Step Functions Orchestration": what the state machine that runs a recovery does right now. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { type Schemas, answerOf, useApi } from "../../api/client";
import { Failure, Nothing, Waiting } from "../../states/states";
import { duration, secondsBetween } from "../../time/duration";
import { moment } from "../../time/moment";
import { useNow } from "../../time/now";
import { lookOf } from "../../workflows/status";
import { Sign } from "../steps/Sign";
import { TreeGrid } from "../steps/TreeGrid";
import type { Row, Step } from "../steps/tree";
import type { Run } from "../useWorkflow";

export type Machine = Schemas["StepFunctionsExecution"];

export function useMachine(id: string, isRun: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ["workflow", id, "machine"],
    enabled: isRun,
    queryFn: ({ signal }) =>
      answerOf(api.GET("/executions/{execution_id}/step-functions", { params: { path: { execution_id: id }, query: { payloads: false } }, signal })),
  });
}

export function MachinePanel({ run, machine }: { run: Run; machine: ReturnType<typeof useMachine> }) {
  const { data, error, isPending, isFetching, refetch } = machine;
  const now = useNow(run.endedAt === null);
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (!run.stateMachineExecutionArn && isPending) {
    return <Nothing title="No execution yet">{run.endedAt ? "It ended before its state machine was started." : "The run has been accepted; its state machine appears here as soon as it is started."}</Nothing>;
  }
  if (isPending) return <Waiting what="Reading the execution" />;
  const current = data.states.filter((state) => state.exitedAt === null && state.status === "running");
  const elapsed = secondsBetween(run.startedAt, run.endedAt, now);
  return (
    <SpaceBetween size="m">
      <Container
        header={
          <Header
            variant="h2"
            description={<Times run={run} elapsed={elapsed === null ? null : elapsed * run.timeScale - run.pausedSeconds} />}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" loading={isFetching} onClick={() => void refetch()}>Refresh</Button>
                <Button iconName="external" iconAlign="right" href={data.links.console} target="_blank">Console</Button>
              </SpaceBetween>
            }
          >
            Step Functions Orchestration
          </Header>
        }
      >
        <SpaceBetween size="xs">
          <Box variant="h3" padding="n">Current State</Box>
          {current.length === 0 ? (
            <Box>{`None: the execution is ${data.status}.`}</Box>
          ) : (
            current.map((state) => (
              <div key={state.number}>
                <Box variant="span" color="text-status-info" fontWeight="bold">● Active</Box>{" "}
                <Box variant="strong">{state.name}</Box>{" "}
                <span className="faint numerals">{`${state.type}, entered ${moment(state.enteredAt, now)}, for ${duration(secondsBetween(state.enteredAt, null, now))}`}</span>
              </div>
            ))
          )}
        </SpaceBetween>
      </Container>
      <div>
        <Box variant="h3" padding={{ bottom: "xs" }}>{`State Timeline (${data.totalStates} ${data.totalStates === 1 ? "state" : "states"})`}</Box>
        {data.states.length === 0 ? <Nothing title="No state yet" /> : <Timeline machine={data} now={now} />}
        {data.nextAfter !== null && <Box color="text-body-secondary">{`The first ${data.states.length} are shown.`} <Link href={data.links.console} external>All in the console</Link></Box>}
      </div>
    </SpaceBetween>
  );
}

function Times({ run, elapsed }: { run: Run; elapsed: number | null }) {
  const words = `${duration(elapsed)} so far`;
  if (run.rtoMinutes === null) return <>{run.endedAt ? `It took ${duration(elapsed)}` : words}; its plan has no RTO</>;
  const target = run.rtoMinutes * 60;
  const share = elapsed === null ? 0 : Math.round((elapsed / target) * 100);
  return <>{`${run.endedAt ? `It took ${duration(elapsed)}` : words} of an RTO of ${duration(target)} (${share} %)`}</>;
}

/** Rows of the same kind as everywhere, made of the machine's states. */
export function rowsOfStates(machine: Machine): Row[] {
  return machine.states.map((state) => ({ kind: "step", key: `${state.number}`, depth: 0, open: null, step: stepOfState(state) }));
}

function stepOfState(state: Machine["states"][number]): Step {
  return {
    id: `${state.number}`, name: state.name, type: state.type, path: state.path, occurrence: state.occurrence, segment: 0,
    status: state.status, startedAt: state.enteredAt, endedAt: state.exitedAt, durationSeconds: state.duration,
    p50Seconds: null, p95Seconds: null, samples: 0, isSlow: false, attemptCount: state.attempts, attempts: [],
    error: state.error, cause: state.cause, compensation: false, laneCount: 0, counts: null, lanes: [], lanesCursor: null,
  };
}

const TEMPLATE = "minmax(240px, 2fr) minmax(80px, 0.6fr) minmax(110px, 0.8fr) minmax(150px, 1fr) minmax(150px, 1fr) minmax(90px, 0.7fr)";

function Timeline({ machine, now }: { machine: Machine; now: number }) {
  const rows = rowsOfStates(machine);
  return (
    <TreeGrid
      label="State timeline"
      rows={rows}
      selected={null}
      onSelect={() => {}}
      onToggle={() => {}}
      template={TEMPLATE}
      head={["State", "Type", "Status", "Entered", "Exited", "Duration"].map((name) => <div role="columnheader" key={name}>{name}</div>)}
      cells={(row) => row.kind === "step" && (
        <>
          <div role="rowheader"><span className="tree-name"><Sign status={row.step.status} /><span>{row.step.name}</span></span></div>
          <div role="gridcell" className="faint">{row.step.type}</div>
          <div role="gridcell">{row.step.status === "running" ? "● Active" : lookOf(row.step.status).words}</div>
          <div role="gridcell" className="numerals">{moment(row.step.startedAt, now)}</div>
          <div role="gridcell" className="numerals">{moment(row.step.endedAt, now)}</div>
          <div role="gridcell" className="numerals">{duration(row.step.durationSeconds ?? secondsBetween(row.step.startedAt, null, now))}</div>
        </>
      )}
    />
  );
}
