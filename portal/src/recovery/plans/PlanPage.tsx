/** One plan: its waves and their servers, whether it would work now, and what its runs measured. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { Shell } from "../../app/Shell";
import { amend, go, usePlace } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { useBarred } from "../../session/permissions";
import { Contained, Failure, Nothing, Waiting } from "../../states/states";
import { Moment } from "../../time/Moment";
import { duration } from "../../time/duration";
import { RemoveDialog } from "../RemoveDialog";
import { GroupServers } from "../groups/ServersTable";
import { type Plan, useAllGroups, usePlan, useReadiness, useRuns } from "../queries";
import { OpenRuns } from "../runs/OpenRuns";
import { RtoChart } from "../runs/RtoChart";
import { RunsTable } from "../runs/RunsTable";
import { StartDialog } from "../runs/StartDialog";
import { PlanGraph } from "./PlanGraph";
import { policyInWords } from "./policyInWords";

const TABS = ["waves", "readiness", "runs"] as const;
type Dialog = "drill" | "recovery" | "remove";

export default function PlanPage({ id }: { id: string }) {
  const { data: plan, error, refetch } = usePlan(id);
  const crumbs = [{ text: "Recovery", href: "/recovery" }, { text: plan?.name ?? "Plan", href: addresses.plan(id) }];
  return (
    <Shell crumbs={crumbs}>
      {plan ? <Loaded plan={plan} key={plan.planId} /> : error ? <Failure error={error} again={() => void refetch()} /> : <Waiting what="Loading the plan" />}
    </Shell>
  );
}

function Loaded({ plan }: { plan: Plan }) {
  const { search } = usePlace();
  const tab = TABS.find((one) => one === search.get("tab")) ?? "waves";
  const [dialog, setDialog] = useState<Dialog | null>(null);
  return (
    <SpaceBetween size="l">
      <Heading plan={plan} ask={setDialog} />
      <OpenRuns planId={plan.planId} />
      <Objectives plan={plan} />
      <Tabs
        activeTabId={tab}
        ariaLabel="What of the plan"
        onChange={({ detail }) => amend({ tab: detail.activeTabId === "waves" ? null : detail.activeTabId }, { replace: false })}
        tabs={[
          { id: "waves", label: "Waves and servers", content: <Waves plan={plan} /> },
          { id: "readiness", label: "Would it work now?", content: <Contained what="Readiness"><ReadinessTab plan={plan} /></Contained> },
          { id: "runs", label: "Runs", content: <Runs plan={plan} /> },
        ]}
      />
      {(dialog === "drill" || dialog === "recovery") && <StartDialog plan={plan} isDrill={dialog === "drill"} close={() => setDialog(null)} />}
      {dialog === "remove" && <RemoveDialog removed={{ kind: "plan", thing: plan }} close={() => setDialog(null)} />}
    </SpaceBetween>
  );
}

function Heading({ plan, ask }: { plan: Plan; ask: (dialog: Dialog) => void }) {
  const planning = useBarred("plan");
  return (
    <Header
      variant="h1"
      description={<>Version {plan.version}, changed <Moment at={plan.updatedAt} /> by {plan.updatedBy}</>}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => ask("remove")} {...planning}>Remove</Button>
          <Button onClick={() => go(addresses.editPlan(plan.planId))} {...planning}>Edit</Button>
          <Button onClick={() => ask("recovery")} {...useBarred("runRecovery")}>Recover for real</Button>
          <Button variant="primary" onClick={() => ask("drill")} {...useBarred("runDrill")}>Start a drill</Button>
        </SpaceBetween>
      }
    >
      {plan.name}
    </Header>
  );
}

function Objectives({ plan }: { plan: Plan }) {
  const minutes = (value: number | null | undefined) => (value ? <span className="numerals">{duration(value * 60)}</span> : <span className="faint">none</span>);
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Recovery time objective", value: minutes(plan.rtoMinutes) },
          { label: "Recovery point objective", value: minutes(plan.rpoMinutes) },
          { label: "A run ends at the latest", value: <>after {minutes(plan.timeoutMinutes)}, or {minutes(plan.pauseTimeoutMinutes)} of pause</> },
          { label: "When a wave fails", value: plan.onFailure === "stop" ? "nothing new starts" : "what does not depend on it goes on" },
        ]}
      />
    </Container>
  );
}

function Waves({ plan }: { plan: Plan }) {
  const { data: groups, error } = useAllGroups();
  const [chosen, setChosen] = useState(plan.waves[0]?.name ?? null);
  const wave = plan.waves.find((one) => one.name === chosen) ?? plan.waves[0];
  const nameOf = (id: string) => groups?.find((group) => group.groupId === id)?.name ?? (error ? id : groups ? `${id} (gone)` : "…");
  if (!wave) return <Nothing title="This plan has no wave">Edit it to add one.</Nothing>;
  return (
    <SpaceBetween size="m">
      <PlanGraph
        chosen={wave.name}
        onChoose={setChosen}
        waves={plan.waves.map((one) => ({
          name: one.name,
          dependsOn: one.dependsOn,
          lines: [one.groupIds.map(nameOf).join(", "), ...(one.pauseBefore ? ["Waits for a person"] : []), policyInWords(one.failurePolicy)],
        }))}
      />
      <Header
        variant="h2"
        description={[
          wave.dependsOn.length > 0 ? `Starts when ${wave.dependsOn.join(" and ")} ${wave.dependsOn.length === 1 ? "is" : "are"} complete` : "Starts at once",
          ...(wave.pauseBefore ? ["after a person has released it"] : []),
          `fails after ${duration(wave.timeoutMinutes * 60)}`,
          policyInWords(wave.failurePolicy),
        ].join(" · ")}
      >
        {`Wave ${wave.name}`}
      </Header>
      {wave.groupIds.map((id) => <GroupServers key={id} group={{ groupId: id, name: nameOf(id) }} level="h3" />)}
    </SpaceBetween>
  );
}

function ReadinessTab({ plan }: { plan: Plan }) {
  const { data, error, isPending, isFetching, refetch } = useReadiness(plan.planId, plan.version);
  if (isPending) return <Waiting what="Asking DRS and EC2 about every server" />;
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  if (!data) return null;
  const findings = [...data.problems, ...data.warnings];
  const servers = data.waves.reduce((sum, wave) => sum + wave.servers, 0);
  return (
    <SpaceBetween size="m">
      <Alert
        type={data.ready ? (data.warningCount > 0 ? "warning" : "success") : "error"}
        header={data.ready ? `It would work now: ${servers} ${servers === 1 ? "server" : "servers"} in ${data.waves.length} ${data.waves.length === 1 ? "wave" : "waves"}` : `It would not work as it is: ${data.problemCount} ${data.problemCount === 1 ? "problem" : "problems"}`}
        action={<Button iconName="refresh" loading={isFetching} onClick={() => void refetch()}>Check again</Button>}
      >
        Checked <Moment at={data.checkedAt} />. {data.waves.map((wave) => `${wave.name}: ${wave.servers} ${wave.servers === 1 ? "server" : "servers"}`).join(" · ")}
      </Alert>
      <Table
        header={<Header variant="h2" counter={`(${data.problemCount + data.warningCount})`}>Findings</Header>}
        ariaLabels={{ tableLabel: "Findings" }}
        wrapLines
        items={findings}
        empty={<Nothing title="Nothing to say">Every server could be launched, and nothing is to be weighed.</Nothing>}
        columnDefinitions={[
          { id: "severity", header: "Kind", minWidth: 110, cell: (one) => <StatusIndicator type={one.severity === "problem" ? "error" : "warning"}>{one.severity === "problem" ? "Problem" : "Warning"}</StatusIndicator> },
          { id: "problem", header: "What", isRowHeader: true, minWidth: 260, cell: (one) => one.problem },
          { id: "remedy", header: "What to do", minWidth: 240, cell: (one) => one.remedy },
          { id: "place", header: "Where", minWidth: 150, cell: (one) => placeInWords(one.place, plan) },
        ]}
      />
      {findings.length < data.problemCount + data.warningCount && <Box color="text-body-secondary">The first {findings.length} are shown.</Box>}
    </SpaceBetween>
  );
}

/** `waves[1].groupIds[0]…` → `wave app-a`. Pure. */
export function placeInWords(place: string, plan: Pick<Plan, "waves">): string {
  const found = /^waves\[(\d+)\]/.exec(place);
  const wave = found ? plan.waves[Number(found[1])] : undefined;
  return wave ? `wave ${wave.name}` : place;
}

function Runs({ plan }: { plan: Plan }) {
  const { data } = useRuns({ planId: plan.planId });
  return (
    <SpaceBetween size="m">
      {data && data.items.some((run) => run.status === "COMPLETED") && (
        <Container header={<Header variant="h2" description="Of runs that completed. The table below has the same figures.">Recovery time, measured</Header>}>
          <RtoChart runs={data.items} />
        </Container>
      )}
      <RunsTable asked={{ planId: plan.planId }} title={`Runs of ${plan.name}`} withPlan={false} />
    </SpaceBetween>
  );
}
