/** What all workflows of a day, a week or a month come to; each number leads to what it counts. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense } from "react";
import { answerOf, useApi } from "../api/client";
import { Shell } from "../app/Shell";
import { amend, follow, usePlace } from "../navigation/location";
import { part } from "../states/part";
import { Contained, Failure, Nothing, Waiting, inWords } from "../states/states";
import { Moment } from "../time/Moment";
import { duration } from "../time/duration";
import { ago } from "../time/moment";
import { useNow } from "../time/now";
import { Gauge } from "./Gauge";
import { FailureTables, StepTables, TypesTable } from "./Tables";
import "./analytics.css";
import { type Analytics, FAILED, PERIODS, PERIOD_NAMES, completenessInWords, count, listOf, notReadInWords, percent, usd } from "./figures";

const HeatDiagram = part(() => import("./HeatDiagram"));

export default function AnalyticsPage() {
  const { search } = usePlace();
  const period = PERIODS.find((one) => one === search.get("period")) ?? "24h";
  const api = useApi();
  const { data, error, isPending, isPlaceholderData, dataUpdatedAt, refetch } = useQuery({
    queryKey: ["analytics", period],
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchInterval: 60_000,
    queryFn: ({ signal }) => answerOf(api.GET("/analytics", { params: { query: { period } }, signal })),
  });
  return (
    <Shell crumbs={[{ text: "Analytics", href: "/analytics" }]}>
      <SpaceBetween size="l">
        <Header
          variant="h1"
          description={data ? <>What ended from <Moment at={data.from} /> to <Moment at={data.until} />. Every number opens the list that it counts.</> : "What all workflows come to"}
          actions={
            <SegmentedControl
              label="Period"
              selectedId={period}
              options={PERIODS.map((id) => ({ id, text: PERIOD_NAMES[id] }))}
              onChange={({ detail }) => amend({ period: detail.selectedId === "24h" ? null : detail.selectedId }, { replace: false })}
            />
          }
        >
          Analytics
        </Header>
        {error && data && !isPlaceholderData && (
          <Alert type="warning" header={`These figures are of ${ago(new Date(dataUpdatedAt).toISOString(), Date.now())}`} action={<Button onClick={() => void refetch()}>Try again</Button>}>{inWords(error).text}</Alert>
        )}
        {error && (!data || isPlaceholderData) ? <Failure error={error} again={() => void refetch()} /> : isPending || !data ? <Waiting what="Reading the figures" /> : <Figures told={data} />}
      </SpaceBetween>
    </Shell>
  );
}

function Figures({ told }: { told: Analytics }) {
  if (told.executions.ended === 0) {
    return (
      <SpaceBetween size="l">
        <Nothing title={`Nothing ended in the last ${PERIOD_NAMES[told.period as keyof typeof PERIOD_NAMES] ?? told.period}`}>Figures are of what has ended. Choose a longer period, or come back when something has.</Nothing>
        <Completeness told={told} />
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="l">
      <Tiles told={told} />
      <Completeness told={told} />
      <TypesTable told={told} />
      <FailureTables told={told} />
      <StepTables told={told} />
      <Container header={<Header variant="h2" description="The definition as it is now, over all executions of the period">Where it fails, and where the time goes</Header>}>
        <Contained what="The diagram">
          <Suspense fallback={<Waiting what="Loading the diagram" />}><HeatDiagram told={told} /></Suspense>
        </Contained>
      </Container>
    </SpaceBetween>
  );
}

function Tile({ name, figure, href, children }: { name: string; figure?: string; href?: string; children?: ReactNode }) {
  return (
    <Container fitHeight>
      <div className="tile">
        <Box variant="h3" padding="n" fontSize="heading-s">{name}</Box>
        {figure !== undefined && <div className="figure">{href ? <Link href={href} onFollow={follow} ariaLabel={`${name}: ${figure}. Show them`}>{figure}</Link> : figure}</div>}
        <div className="under">{children}</div>
      </div>
    </Container>
  );
}

function Counting({ told, number, statuses, word }: { told: Analytics; number: number; statuses: readonly string[]; word: string }) {
  if (number === 0) return null;
  return <div><Link href={listOf(told, { statuses })} onFollow={follow} fontSize="body-s">{`${count(number)} ${word}`}</Link></div>;
}

function Tiles({ told }: { told: Analytics }) {
  const { executions, sla, duration: times, retries, transitions, cost } = told;
  const judged = sla.met + sla.missed;
  const failed = executions.failed + executions.timedOut;
  return (
    <div className="tiles-room"><div className="tiles">
      <Tile name="Targets met (SLA)">
        <Gauge part={sla.compliance} words={`${sla.met} of ${judged} with a target were met`} />
        {judged > 0 ? <div><Link href={listOf(told)} onFollow={follow} fontSize="body-s">{`${count(sla.met)} met, ${count(sla.missed)} missed`}</Link>: see the column SLA</div> : <div>Nothing with a target has ended.</div>}
      </Tile>
      <Tile name="Ended" figure={count(executions.ended)} href={listOf(told)}>
        <Counting told={told} number={executions.completed} statuses={["COMPLETED"]} word="completed" />
        <Counting told={told} number={executions.cancelled} statuses={["CANCELLED"]} word="cancelled" />
        {executions.redrives > 0 && <div>{`${count(executions.redrives)} redriven: each counts again`}</div>}
        {executions.other > 0 && <div>{`${count(executions.other)} in a status that is not known here`}</div>}
      </Tile>
      <Tile name="Failure rate" figure={percent(executions.failureRate)} href={listOf(told, { statuses: FAILED })}>
        <Counting told={told} number={executions.failed} statuses={["FAILED"]} word="failed" />
        <Counting told={told} number={executions.timedOut} statuses={["TIMED_OUT"]} word="timed out" />
        {failed === 0 && <div>Nothing failed.</div>}
      </Tile>
      <Tile name="Duration, median" figure={duration(times.p50)} href={listOf(told)}>
        <div className="numerals">{`p95 ${duration(times.p95)}`}</div>
        <div className="numerals">{`p99 ${duration(times.p99)}`}</div>
        <div>{`of ${count(times.count)}`}</div>
      </Tile>
      <Tile name="Retry rate" figure={percent(retries.retryRate)}>{`${count(retries.retries)} of ${count(retries.attempts)} attempts were retries`}</Tile>
      <Tile name="Cost, estimated" figure={`≈ ${usd(cost.estimatedUsd)}`}>
        <div>{`≈ ${count(transitions.estimated)} state transitions at list price of ${cost.priceAsOf}`}</div>
        {cost.perExecutionUsd !== null && <div>{`${usd(cost.perExecutionUsd)} per execution`}</div>}
        {cost.notPriced > 0 && <div>{`${count(cost.notPriced)} are not billed by transitions`}</div>}
      </Tile>
    </div></div>
  );
}

function Completeness({ told }: { told: Analytics }) {
  const now = useNow();
  const { completeness } = told;
  const words = completenessInWords(completeness);
  const leftOut = Object.entries(completeness.leftOut).filter(([, number]) => number > 0);
  return (
    <ExpandableSection
      variant="footer"
      headerText={words ?? (completeness.executions > 0 ? "Complete: every history was read" : "How figures are counted")}
      headerDescription={completeness.updatedAt ? `Counted last ${ago(completeness.updatedAt, now)}` : "Nothing was counted yet"}
    >
      <Box color="text-body-secondary">
        <ul>
          <li>Counted by when they ended, in whole hours or days of UTC. Percentiles are right within 1 %; means and counts are exact.</li>
          {completeness.firstPeriod && <li>The first figures are of <Moment at={completeness.firstPeriod} />: nothing before it was counted.</li>}
          {notReadInWords(completeness.notRead).map((one) => <li key={one}>{`Without steps: ${one}.`}</li>)}
          {leftOut.map(([what, number]) => <li key={what}>{`${count(number)} are in the sums, but without the name of their ${what}: there was no room.`}</li>)}
          <li>{`Transitions counted: ${count(told.transitions.counted)}; the estimate takes the others to have made as many each.`}</li>
        </ul>
      </Box>
    </ExpandableSection>
  );
}
