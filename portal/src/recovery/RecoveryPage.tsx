/** Recovery: what runs now, the plans, the groups, and past runs with what they measured. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Tabs from "@cloudscape-design/components/tabs";
import TextFilter from "@cloudscape-design/components/text-filter";
import { type ReactNode, useEffect, useState } from "react";
import { Shell } from "../app/Shell";
import { ConnectionChip } from "../changes/ConnectionChip";
import { amend, follow, go, usePlace } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { useBarred } from "../session/permissions";
import { Failure, Nothing } from "../states/states";
import { Moment } from "../time/Moment";
import { duration } from "../time/duration";
import { Status } from "../workflows/Status";
import { Paging, usePages } from "./Paging";
import { type Plan, useGroups, usePlans, useRuns } from "./queries";
import { selectionInWords } from "./selection";
import { OpenRuns } from "./runs/OpenRuns";
import { RunsTable } from "./runs/RunsTable";
import { StartDialog } from "./runs/StartDialog";
import { measuredSeconds, verdictOf } from "./runs/objective";
import { stagesOf } from "./plans/waveChecks";

const TABS = ["plans", "groups", "runs"] as const;

export default function RecoveryPage() {
  const { search } = usePlace();
  const tab = TABS.find((one) => one === search.get("tab")) ?? "plans";
  return (
    <Shell crumbs={[{ text: "Recovery", href: "/recovery" }]}>
      <SpaceBetween size="l">
        <Header variant="h1" description="Plans say in which waves servers are recovered. A drill proves that it works, and how long it takes." actions={<ConnectionChip />}>
          Recovery
        </Header>
        <OpenRuns />
        <Tabs
          activeTabId={tab}
          ariaLabel="What of recovery"
          onChange={({ detail }) => amend({ tab: detail.activeTabId === "plans" ? null : detail.activeTabId }, { replace: false })}
          tabs={[
            { id: "plans", label: "Plans", content: <Plans /> },
            { id: "groups", label: "Protection groups", content: <Groups /> },
            { id: "runs", label: "Runs", content: <RunsTable asked={{}} title="Runs of all plans" /> },
          ]}
        />
      </SpaceBetween>
    </Shell>
  );
}

/** How long somebody has stopped typing before it is asked: not with each letter, or the API calls it too much. */
const STOPPED_MS = 250;

function useSought(): [string, string, (text: string) => void] {
  const [text, setText] = useState("");
  const [sought, setSought] = useState("");
  useEffect(() => {
    const stopped = setTimeout(() => setSought(text.trim().slice(0, 80)), STOPPED_MS);
    return () => clearTimeout(stopped);
  }, [text]);
  return [text, sought, setText];
}

function Plans() {
  const [text, prefix, setText] = useSought();
  return <PlansTable prefix={prefix} filter={<TextFilter filteringText={text} filteringPlaceholder="Names that begin with …" filteringAriaLabel="Filter plans by name" onChange={({ detail }) => setText(detail.filteringText)} />} />;
}

function PlansTable({ prefix, filter }: { prefix: string; filter: ReactNode }) {
  const pages = usePages(prefix);
  const { data, error, isPending, refetch } = usePlans(prefix, pages.cursor);
  const runs = useRuns({});
  const planning = useBarred("plan");
  const drilling = useBarred("runDrill");
  const [starting, setStarting] = useState<Plan | null>(null);
  const lastOf = (plan: Plan) => runs.data?.items.find((run) => run.planId === plan.planId);
  const empty = prefix ? (
    <Nothing title="Nothing matches">{`No plan's name begins with ${prefix}.`}</Nothing>
  ) : (
    <Nothing title="No recovery plan yet" action={<Button onClick={() => go(addresses.newPlan)} {...planning}>Create a plan</Button>}>
      A plan needs protection groups: which servers belong together. Make those first.
    </Nothing>
  );
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  return (
    <>
      <Table
        header={<Header variant="h2" actions={<Button variant="primary" onClick={() => go(addresses.newPlan)} {...planning}>Create plan</Button>}>Plans</Header>}
        filter={filter}
        items={[...(data?.items ?? [])]}
        loading={isPending}
        loadingText="Loading plans"
        trackBy="planId"
        wrapLines
        ariaLabels={{ tableLabel: "Recovery plans" }}
        pagination={<Paging pages={pages} next={data?.nextCursor} what="plans" />}
        empty={empty}
        columnDefinitions={[
          { id: "name", header: "Name", isRowHeader: true, minWidth: 180, cell: (plan) => <Link href={addresses.plan(plan.planId)} onFollow={follow}>{plan.name}</Link> },
          { id: "waves", header: "Waves", minWidth: 170, cell: (plan) => <Waves plan={plan} /> },
          { id: "rto", header: "Objective (RTO)", minWidth: 120, cell: (plan) => (plan.rtoMinutes ? <span className="numerals">{duration(plan.rtoMinutes * 60)}</span> : <span className="faint">none</span>) },
          {
            id: "last",
            header: "Last run",
            minWidth: 200,
            cell: (plan) => {
              const run = lastOf(plan);
              if (!run) return <span className="faint">{runs.isPending ? "…" : runs.data?.nextCursor ? "not lately" : "never"}</span>;
              const measured = measuredSeconds(run);
              const verdict = verdictOf(run);
              return (
                <div>
                  <Link href={addresses.workflow(run.executionId)} onFollow={follow}><Status status={run.status} /></Link>
                  <Box color="text-body-secondary" fontSize="body-s">
                    <Moment at={run.startedAt} />
                    {measured !== null && <span className="numerals">{` · ${duration(measured)}${verdict ? `, ${verdict.words.toLowerCase()}` : ""}`}</span>}
                  </Box>
                </div>
              );
            },
          },
          { id: "changed", header: "Changed", minWidth: 150, cell: (plan) => <><Moment at={plan.updatedAt} /><Box color="text-body-secondary" fontSize="body-s">{plan.updatedBy}</Box></> },
          { id: "drill", header: "Drill", minWidth: 110, cell: (plan) => <Button variant="inline-link" ariaLabel={`Start a drill of ${plan.name}`} {...drilling} onClick={() => setStarting(plan)}>Start a drill</Button> },
        ]}
      />
      {starting && <StartDialog plan={starting} isDrill close={() => setStarting(null)} />}
    </>
  );
}

function Waves({ plan }: { plan: Plan }) {
  const stages = stagesOf(plan.waves);
  return (
    <div>
      <span className="numerals">{plan.waves.length}</span>
      <Box color="text-body-secondary" fontSize="body-s">{stages.map((stage) => stage.join(" + ")).join(" → ")}</Box>
    </div>
  );
}

function Groups() {
  const [text, prefix, setText] = useSought();
  return <GroupsTable prefix={prefix} filter={<TextFilter filteringText={text} filteringPlaceholder="Names that begin with …" filteringAriaLabel="Filter groups by name" onChange={({ detail }) => setText(detail.filteringText)} />} />;
}

function GroupsTable({ prefix, filter }: { prefix: string; filter: ReactNode }) {
  const pages = usePages(prefix);
  const { data, error, isPending, refetch } = useGroups(prefix, pages.cursor);
  const planning = useBarred("plan");
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  return (
    <Table
      header={<Header variant="h2" actions={<Button variant="primary" onClick={() => go(addresses.newGroup)} {...planning}>Create group</Button>}>Protection groups</Header>}
      filter={filter}
      items={[...(data?.items ?? [])]}
      loading={isPending}
      loadingText="Loading groups"
      trackBy="groupId"
      wrapLines
      ariaLabels={{ tableLabel: "Protection groups" }}
      pagination={<Paging pages={pages} next={data?.nextCursor} what="groups" />}
      empty={
        prefix ? (
          <Nothing title="Nothing matches">{`No group's name begins with ${prefix}.`}</Nothing>
        ) : (
          <Nothing title="No protection group yet" action={<Button onClick={() => go(addresses.newGroup)} {...planning}>Create a group</Button>}>
            A group says which source servers of one account and Region belong together.
          </Nothing>
        )
      }
      columnDefinitions={[
        { id: "name", header: "Name", isRowHeader: true, minWidth: 180, cell: (group) => <Link href={addresses.group(group.groupId)} onFollow={follow}>{group.name}</Link> },
        { id: "servers", header: "Servers", minWidth: 220, cell: (group) => selectionInWords(group.servers) },
        { id: "place", header: "Account, Region", minWidth: 180, cell: (group) => `${group.accountId}, ${group.region}` },
        { id: "used", header: "Used by", minWidth: 100, cell: (group) => (group.usedBy.length === 0 ? <span className="faint">no plan</span> : `${group.usedBy.length} ${group.usedBy.length === 1 ? "plan" : "plans"}`) },
        { id: "changed", header: "Changed", minWidth: 150, cell: (group) => <><Moment at={group.updatedAt} /><Box color="text-body-secondary" fontSize="body-s">{group.updatedBy}</Box></> },
      ]}
    />
  );
}
