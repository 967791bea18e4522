/** One step beside the page: what it was given, what it gave, its attempts, its logs. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import Table from "@cloudscape-design/components/table";
import Tabs from "@cloudscape-design/components/tabs";
import type { Schemas } from "../../api/client";
import { Contained, Failure, Nothing, Waiting } from "../../states/states";
import { Duration } from "../../time/Duration";
import { duration } from "../../time/duration";
import { Moment } from "../../time/Moment";
import { Status } from "../../workflows/Status";
import type { Further } from "../further";
import { attemptsInWords } from "../steps/tree";
import { useLogs, useStep } from "../useWorkflow";
import { Payload } from "./Payload";

type Step = Schemas["WorkflowStep"];

export interface StepPanelProps {
  workflowId: string;
  stepId: string;
  name: string;
  pace: number;
  /** Of the execution: there is no address of a single step. */
  further: readonly Further[];
}

export function StepPanel({ workflowId, stepId, name, pace, further }: StepPanelProps) {
  const { data, error, isPending, refetch } = useStep(workflowId, stepId);
  return (
    <SplitPanel header={data?.step?.name ?? name} closeBehavior="hide" hidePreferencesButton>
      {error ? <Failure error={error} again={() => void refetch()} /> : null}
      {isPending && !error ? <Waiting what="Reading the step" /> : null}
      {data && (
        <Contained what="This step">
          <Opened data={data} name={name} workflowId={workflowId} stepId={stepId} pace={pace} further={further} />
        </Contained>
      )}
    </SplitPanel>
  );
}

function Opened({ data, workflowId, stepId, name, pace, further }: StepPanelProps & { data: Schemas["WorkflowStepDetails"] }) {
  return (
    <Tabs
      ariaLabel={`Step ${name}`}
      tabs={[
        { id: "overview", label: "Overview", content: <Overview step={data.step} pace={pace} further={further} /> },
        ...(data.details ? [{ id: "details", label: "Details", content: <Payload name="Details" text={JSON.stringify(data.details)} /> }] : []),
        ...(data.input !== null || data.output !== null
          ? [
              { id: "input", label: "Input", content: <Payload name="Input" text={data.input} /> },
              { id: "output", label: "Output", content: <Payload name="Output" text={data.output} /> },
            ]
          : []),
        ...(data.step.attempts.length > 0 ? [{ id: "attempts", label: `Attempts (${data.step.attemptCount})`, content: <Attempts step={data.step} /> }] : []),
        ...(data.details ? [] : [{ id: "logs", label: "Logs", content: <Logs workflowId={workflowId} stepId={stepId} runs={data.step.status === "running"} /> }]),
      ]}
    />
  );
}

function Overview({ step, pace, further }: { step: Step; pace: number; further: readonly Further[] }) {
  return (
    <SpaceBetween size="m">
      {step.error && <Alert type="error" header={step.error}>{step.cause}</Alert>}
      {!step.error && step.status === "unknown" && step.cause && <Alert type="warning" header="Nobody knows how it ended">{step.cause}</Alert>}
      <KeyValuePairs
        columns={2}
        items={[
          { label: "Status", value: <Status status={step.status} /> },
          { label: "Type", value: step.type },
          { label: "Started", value: <Moment at={step.startedAt} /> },
          { label: "Ended", value: <Moment at={step.endedAt} /> },
          { label: "Duration", value: step.durationSeconds !== null ? <span className="numerals">{duration(step.durationSeconds)}</span> : pace === 1 ? <Duration from={step.startedAt} until={step.endedAt} /> : "it runs" },
          { label: "Usually", value: step.p50Seconds === null ? "no earlier visits" : `p50 ${duration(step.p50Seconds)}, p95 ${duration(step.p95Seconds)} of ${step.samples}` },
          { label: "Attempts", value: attemptsInWords(step) },
          { label: "Path", value: step.path ?? step.id },
          ...(further.length > 0 ? [{ label: "Look further", value: <SpaceBetween direction="horizontal" size="s">{further.map((one) => <Link key={one.words} href={one.href} external externalIconAriaLabel="Opens in another tab">{one.words}</Link>)}</SpaceBetween> }] : []),
        ]}
      />
    </SpaceBetween>
  );
}

function Attempts({ step }: { step: Step }) {
  return (
    <Table
      variant="embedded"
      items={[...step.attempts]}
      trackBy={(attempt) => `${attempt.number}`}
      ariaLabels={{ tableLabel: "Attempts" }}
      wrapLines
      columnDefinitions={[
        { id: "number", header: "No.", cell: (attempt) => (attempt.maximum === null ? attempt.number : `${attempt.number} of ${attempt.maximum}`) },
        { id: "status", header: "Status", cell: (attempt) => <Status status={attempt.status} /> },
        { id: "duration", header: "Duration", cell: (attempt) => <span className="numerals">{duration(attempt.durationSeconds)}</span> },
        { id: "backoff", header: "Then waited", cell: (attempt) => (attempt.backoffSeconds ? <span className="numerals">{duration(attempt.backoffSeconds)}</span> : "–") },
        { id: "error", header: "Error", cell: (attempt) => (attempt.error ? <><Box color="text-status-error">{attempt.error}</Box><Box fontSize="body-s" color="text-body-secondary">{attempt.cause}</Box></> : "–") },
      ]}
    />
  );
}

function Logs({ workflowId, stepId, runs }: { workflowId: string; stepId: string; runs: boolean }) {
  const { data, error, isPending, refetch } = useLogs(workflowId, stepId, runs);
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (isPending) return <Waiting what="Reading the logs" />;
  if (data.items.length === 0) return <Nothing title="No logs">{data.reason ?? "Its function has written nothing."}</Nothing>;
  return (
    <div className="payload log">
      {data.items.map((line, at) => (
        <div key={at}><span className="faint">{line.at?.slice(11, 23)}</span> {line.message}</div>
      ))}
      {data.partial && <div className="faint">There are more lines in {data.logGroup}.</div>}
    </div>
  );
}
