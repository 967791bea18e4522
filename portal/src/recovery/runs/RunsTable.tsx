/** Runs, newest first: how each ended, and its recovery time beside the objective. */

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { follow } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { Failure, Nothing } from "../../states/states";
import { Moment } from "../../time/Moment";
import { duration } from "../../time/duration";
import { Status } from "../../workflows/Status";
import { Paging, usePages } from "../Paging";
import { type RunsAsked, useRunWorkflows, useRuns } from "../queries";
import { RunMenu } from "./RunMenu";
import { type Run, isOpen, measuredSeconds, verdictOf } from "./objective";

export function RunsTable({ asked, title = "Runs", withPlan = true }: { asked: RunsAsked; title?: string; withPlan?: boolean }) {
  const pages = usePages();
  const { data, error, isPending, refetch } = useRuns(asked, pages.cursor);
  const workflows = useRunWorkflows();
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  return (
    <Table
      header={<Header variant="h2" description="Recovery time counts from the request to the last server being up">{title}</Header>}
      items={[...(data?.items ?? [])]}
      loading={isPending}
      loadingText="Loading runs"
      trackBy="executionId"
      wrapLines
      ariaLabels={{ tableLabel: title }}
      pagination={<Paging pages={pages} next={data?.nextCursor} what="runs" />}
      empty={<Nothing title="It has never run">A drill shows how long recovery really takes.</Nothing>}
      columnDefinitions={[
        { id: "status", header: "Status", minWidth: 130, cell: (run) => <Status status={run.status} /> },
        {
          id: "run",
          header: withPlan ? "Plan" : "Run",
          isRowHeader: true,
          minWidth: 190,
          cell: (run) => (
            <div>
              <Link href={addresses.workflow(run.executionId)} onFollow={follow}>{withPlan ? run.planName : <Moment at={run.startedAt} />}</Link>{" "}
              <Kind run={run} />
              {run.reason && <Box color="text-body-secondary" fontSize="body-s">{run.reason}</Box>}
            </div>
          ),
        },
        {
          id: "started",
          header: withPlan ? "Started" : "Started by",
          minWidth: 170,
          cell: (run) =>
            withPlan ? (
              <div>
                <Moment at={run.startedAt} />
                <Box color="text-body-secondary" fontSize="body-s">by {run.requestedBy}</Box>
              </div>
            ) : (
              run.requestedBy
            ),
        },
        { id: "time", header: "Recovery time", minWidth: 120, cell: (run) => <Measured run={run} /> },
        { id: "target", header: "Against target", minWidth: 130, cell: (run) => <Target run={run} /> },
        { id: "servers", header: "Servers up", minWidth: 110, cell: (run) => <Servers run={run} /> },
        { id: "actions", header: "Actions", minWidth: 80, cell: (run) => <RunMenu run={run} workflow={workflows[run.executionId]} /> },
      ]}
    />
  );
}

export function Kind({ run }: { run: Pick<Run, "isDrill"> }) {
  return <Badge color={run.isDrill ? "blue" : "red"}>{run.isDrill ? "Drill" : "Recovery"}</Badge>;
}

function Measured({ run }: { run: Run }) {
  const measured = measuredSeconds(run);
  if (measured !== null) return <span className="numerals">{duration(measured)}</span>;
  return <span className="faint">{isOpen(run) ? <span className="numerals">{`${duration(run.elapsedSeconds)} so far`}</span> : run.serversLaunched > 0 ? "not all were recovered" : "nothing was recovered"}</span>;
}

export function Target({ run }: { run: Run }) {
  if (run.rtoMinutes === null) return <span className="faint">no target</span>;
  const verdict = verdictOf(run);
  return (
    <div>
      {verdict && <StatusIndicator type={verdict.type}>{verdict.words}</StatusIndicator>}
      <Box color="text-body-secondary" fontSize="body-s"><span className="numerals">of {duration(run.rtoMinutes * 60)}</span></Box>
    </div>
  );
}

function Servers({ run }: { run: Run }) {
  return (
    <span className="numerals">
      {`${run.serversLaunched} of ${run.serverCount}`}
      {run.serversFailed > 0 && <Box color="text-status-error" fontSize="body-s">{`${run.serversFailed} failed`}</Box>}
    </span>
  );
}
