/** The tables of the figures: by type, by failure, by step. Sorted here: they are short. */

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import Tabs from "@cloudscape-design/components/tabs";
import { type ReactNode, useState } from "react";
import type { Schemas } from "../api/client";
import { follow } from "../navigation/location";
import { Nothing } from "../states/states";
import { duration } from "../time/duration";
import { DurationRange } from "./DurationRange";
import { type Analytics, type Counted, FAILED, besides, count, countedBy, listOf, machineName, percent, scaleOf, usd } from "./figures";

const FEW = 20;
const TYPE_UNKNOWN = "all others";

function Counting({ told, number, of, what }: { told: Analytics; number: number; of: Counted; what: string }) {
  if (number === 0) return <span className="faint">0</span>;
  return <span className="numerals"><Link href={listOf(told, of)} onFollow={follow} ariaLabel={`${number} ${what}. Show them`}>{count(number)}</Link></span>;
}

interface SortedProps<T> {
  items: readonly T[];
  columns: TableProps.ColumnDefinition<T>[];
  name: string;
  empty: string;
  header?: ReactNode;
  embedded?: boolean;
}

function Sorted<T>({ items, columns, name, empty, header, embedded = false }: SortedProps<T>) {
  const [sorting, setSorting] = useState<TableProps.SortingState<T> | null>(null);
  const [all, setAll] = useState(false);
  const column = sorting?.sortingColumn;
  const compare = column?.sortingComparator;
  const ordered = compare ? [...items].sort((a, b) => compare(a, b) * (sorting?.isDescending ? -1 : 1)) : [...items];
  return (
    <Table
      variant={embedded ? "embedded" : "container"}
      wrapLines
      header={header}
      items={all ? ordered : ordered.slice(0, FEW)}
      ariaLabels={{ tableLabel: name }}
      empty={<Nothing title={empty} />}
      columnDefinitions={columns}
      {...(column ? { sortingColumn: column, sortingDescending: sorting?.isDescending ?? false } : {})}
      onSortingChange={({ detail }) => setSorting(detail)}
      footer={items.length > FEW && !all ? <Link variant="secondary" onFollow={() => setAll(true)}>{`Show all ${items.length}`}</Link> : undefined}
    />
  );
}

/** A column of numbers, which sorts; what is not known stands at the end of an ascending list. */
function byNumber<T>(of: (one: T) => number | null): (a: T, b: T) => number {
  return (a, b) => (of(a) ?? -1) - (of(b) ?? -1);
}

export function TypesTable({ told }: { told: Analytics }) {
  type One = Schemas["TypeFigures"];
  const scale = scaleOf(told.types.flatMap((one) => [one.duration.p50, one.duration.p99]));
  const numbers = (text: string) => <span className="numerals">{text}</span>;
  return (
    <Sorted<One>
      name="By type"
      empty="Nothing ended"
      header={<Header variant="h2" counter={`(${told.types.length + told.moreTypes})`} description={scale ? `Bars: median to p95, line to p99, from ${duration(scale.least)} to ${duration(scale.most)}, each step of ten the same width` : undefined}>By type</Header>}
      items={told.types}
      columns={[
        { id: "type", header: "Type", isRowHeader: true, minWidth: 150, cell: (one) => (one.type ? <Link href={listOf(told, { agent: one.type })} onFollow={follow}>{one.type}</Link> : TYPE_UNKNOWN) },
        { id: "ended", header: "Ended", minWidth: 90, sortingField: "ended", sortingComparator: byNumber((one) => one.ended), cell: (one) => <Counting told={told} number={one.ended} of={{ agent: one.type }} what={`executions of ${one.type ?? TYPE_UNKNOWN}`} /> },
        {
          id: "failed",
          header: "Failed",
          minWidth: 110,
          sortingField: "failureRate",
          sortingComparator: byNumber((one) => one.failureRate),
          cell: (one) => (
            <div>
              <Counting told={told} number={one.failed + one.timedOut} of={{ agent: one.type, statuses: FAILED }} what={`failures of ${one.type ?? TYPE_UNKNOWN}`} />
              <Box color="text-body-secondary" fontSize="body-s">{percent(one.failureRate)}</Box>
            </div>
          ),
        },
        { id: "sla", header: "Targets met", minWidth: 110, sortingField: "sla", sortingComparator: byNumber((one) => one.sla.compliance), cell: (one) => (one.sla.compliance === null ? <span className="faint">no target</span> : <div>{numbers(percent(one.sla.compliance))}<Missed told={told} one={one} /></div>) },
        { id: "range", header: "Duration", minWidth: 200, cell: (one) => <DurationRange told={one.duration} scale={scale} /> },
        { id: "p50", header: "p50", minWidth: 90, sortingField: "p50", sortingComparator: byNumber((one) => one.duration.p50), cell: (one) => numbers(duration(one.duration.p50)) },
        { id: "p95", header: "p95", minWidth: 90, sortingField: "p95", sortingComparator: byNumber((one) => one.duration.p95), cell: (one) => numbers(duration(one.duration.p95)) },
        { id: "p99", header: "p99", minWidth: 90, sortingField: "p99", sortingComparator: byNumber((one) => one.duration.p99), cell: (one) => numbers(duration(one.duration.p99)) },
        { id: "cost", header: "≈ Cost", minWidth: 90, sortingField: "cost", sortingComparator: byNumber((one) => one.cost.estimatedUsd), cell: (one) => numbers(usd(one.cost.estimatedUsd)) },
      ]}
    />
  );
}

function Missed({ told, one }: { told: Analytics; one: Schemas["TypeFigures"] }) {
  if (one.sla.missed === 0) return <Box color="text-body-secondary" fontSize="body-s">0 missed</Box>;
  return <div><Link href={listOf(told, { agent: one.type, target: "missed" })} onFollow={follow} fontSize="body-s">{`${count(one.sla.missed)} missed`}</Link></div>;
}

export function FailureTables({ told }: { told: Analytics }) {
  const { byFingerprint, byState, withoutState } = told.failures;
  return (
    <Tabs
      variant="container"
      ariaLabel="Failures"
      tabs={[
        { id: "fingerprints", label: `Failures (${byFingerprint.length})`, content: <Fingerprints told={told} /> },
        {
          id: "states",
          label: `Where they failed (${byState.length})`,
          content: (
            <>
              <States told={told} />
              {withoutState > 0 && <Box color="text-body-secondary" padding={{ top: "s" }}>{`${count(withoutState)} more failed in a state that is not known.`}</Box>}
            </>
          ),
        },
      ]}
    />
  );
}

function Fingerprints({ told }: { told: Analytics }) {
  type One = Schemas["FingerprintFailures"];
  return (
    <Sorted<One>
      embedded
      name="Failures by fingerprint"
      empty="Nothing failed"
      items={told.failures.byFingerprint}
      columns={[
        { id: "error", header: "Error", isRowHeader: true, minWidth: 200, cell: (one) => <div>{one.error ?? "no error was named"}<Box color="text-body-secondary" fontSize="body-s">{one.fingerprint}</Box></div> },
        { id: "where", header: "In", minWidth: 200, cell: (one) => <Where one={one} /> },
        { id: "failures", header: "Failures", minWidth: 100, sortingField: "failures", sortingComparator: byNumber((one) => one.failures), cell: (one) => <FailuresCounted told={told} one={one} /> },
        { id: "share", header: "Of all failures", minWidth: 120, sortingField: "share", sortingComparator: byNumber((one) => one.share), cell: (one) => <span className="numerals">{percent(one.share)}</span> },
        { id: "rate", header: "Of all that ended", minWidth: 130, sortingField: "rate", sortingComparator: byNumber((one) => one.rate), cell: (one) => <span className="numerals">{percent(one.rate)}</span> },
      ]}
    />
  );
}

function FailuresCounted({ told, one }: { told: Analytics; one: Schemas["FingerprintFailures"] }) {
  const more = besides(one, told.failures.byFingerprint);
  return (
    <div>
      <Counting told={told} number={one.failures} of={countedBy(one)} what={`failures by ${one.error ?? one.fingerprint}`} />
      {more && <Box color="text-body-secondary" fontSize="body-s">{more}</Box>}
    </div>
  );
}

function States({ told }: { told: Analytics }) {
  type One = Schemas["StateFailures"];
  return (
    <Sorted<One>
      embedded
      name="Failures by state"
      empty="Nothing failed in a state that is known"
      items={told.failures.byState}
      columns={[
        { id: "where", header: "State", isRowHeader: true, minWidth: 200, cell: (one) => <Where one={one} /> },
        { id: "failures", header: "Failures", minWidth: 100, sortingField: "failures", sortingComparator: byNumber((one) => one.failures), cell: (one) => <div><Counting told={told} number={one.failures} of={{ agent: one.type, statuses: FAILED }} what={`failures in ${one.state ?? "an unknown state"}`} /><Box color="text-body-secondary" fontSize="body-s">the list: all failures of its type</Box></div> },
        { id: "rate", header: "Of its visits", minWidth: 130, sortingField: "rate", sortingComparator: byNumber((one) => one.rate), cell: (one) => <span className="numerals">{one.visits === null ? "visits not known" : `${percent(one.rate)} of ${count(one.visits)}`}</span> },
        { id: "share", header: "Of all failures", minWidth: 120, sortingField: "share", sortingComparator: byNumber((one) => one.share), cell: (one) => <span className="numerals">{percent(one.share)}</span> },
      ]}
    />
  );
}

function Where({ one }: { one: { state: string | null; stateMachine: string; type: string } }) {
  return (
    <div>
      {one.state ?? "an unknown state"}
      <Box color="text-body-secondary" fontSize="body-s">{one.type === "recovery" ? one.type : machineName(one.stateMachine) || one.type}</Box>
    </div>
  );
}

export function StepTables({ told }: { told: Analytics }) {
  return (
    <Tabs
      variant="container"
      ariaLabel="Steps"
      tabs={[
        { id: "slow", label: "Slowest steps", content: <Steps told={told} steps={told.slowestSteps} name="Slowest steps" empty="No step is known" /> },
        { id: "retried", label: "Most retried steps", content: <Steps told={told} steps={told.retries.steps} name="Most retried steps" empty="Nothing was retried" /> },
      ]}
    />
  );
}

function Steps({ told, steps, name, empty }: { told: Analytics; steps: readonly Schemas["StepFigures"][]; name: string; empty: string }) {
  type One = Schemas["StepFigures"];
  const scale = scaleOf(steps.flatMap((one) => [one.duration.p50, one.duration.p99]));
  return (
    <Sorted<One>
      embedded
      name={name}
      empty={empty}
      items={steps}
      columns={[
        { id: "where", header: "Step", isRowHeader: true, minWidth: 200, cell: (one) => <Where one={one} /> },
        { id: "visits", header: "Visits", minWidth: 90, sortingField: "visits", sortingComparator: byNumber((one) => one.occurrences), cell: (one) => <Counting told={told} number={one.occurrences} of={{ agent: one.type }} what={`visits of ${one.state ?? "an unknown state"}, in executions of ${one.type}`} /> },
        { id: "range", header: "Duration", minWidth: 200, cell: (one) => <DurationRange told={one.duration} scale={scale} /> },
        { id: "p50", header: "p50", minWidth: 90, sortingField: "p50", sortingComparator: byNumber((one) => one.duration.p50), cell: (one) => <span className="numerals">{duration(one.duration.p50)}</span> },
        { id: "p95", header: "p95", minWidth: 90, sortingField: "p95", sortingComparator: byNumber((one) => one.duration.p95), cell: (one) => <span className="numerals">{duration(one.duration.p95)}</span> },
        { id: "failed", header: "Failed", minWidth: 90, sortingField: "failed", sortingComparator: byNumber((one) => one.failed), cell: (one) => <span className="numerals">{count(one.failed)}</span> },
        { id: "retries", header: "Retries", minWidth: 120, sortingField: "retryRate", sortingComparator: byNumber((one) => one.retryRate), cell: (one) => <span className="numerals">{one.retries === 0 ? "none" : `${count(one.retries)}, ${percent(one.retryRate)}`}</span> },
      ]}
    />
  );
}
