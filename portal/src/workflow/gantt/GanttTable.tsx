/** What the bars show, as a table: for whoever cannot see them, and for exact moments. Its values are the bars'. */

import { duration } from "../../time/duration";
import { inUtc, moment } from "../../time/moment";
import { lookOf } from "../../workflows/status";
import { NameCell } from "../steps/NameCell";
import { TreeGrid } from "../steps/TreeGrid";
import { type Row, attemptsInWords } from "../steps/tree";
import { type Told, targetInWords, toldOf } from "./bars";

const COLUMNS = ["Step", "Status", "Entered", "Exited", "Duration", "Attempts", "p95", "Target"];
const TEMPLATE = "minmax(220px, 2fr) minmax(100px, 0.7fr) minmax(130px, 0.9fr) minmax(130px, 0.9fr) minmax(90px, 0.6fr) minmax(190px, 1.3fr) minmax(160px, 1fr) minmax(180px, 1.1fr)";

export interface GanttTableProps {
  rows: readonly Row[];
  now: number;
  /** When the whole began, and when its target is missed. */
  start: number;
  target: number | null;
  /** When the whole ended; then nothing goes on. */
  endedAt: string | null;
  pace: number;
  selected: string | null;
  waiting: (row: Row) => boolean;
  onSelect: (row: Row) => void;
  onToggle: (row: Row) => void;
}

export function GanttTable(props: GanttTableProps) {
  return (
    <TreeGrid
      label="Gantt as a table: when each step ran"
      rows={props.rows}
      selected={props.selected}
      onSelect={props.onSelect}
      onToggle={props.onToggle}
      template={TEMPLATE}
      head={COLUMNS.map((name) => <div role="columnheader" key={name}>{name}</div>)}
      cells={(row) => (
        <>
          <NameCell row={row} onToggle={props.onToggle} waiting={props.waiting(row)} />
          {row.kind !== "more" && <Cells {...props} row={row} />}
        </>
      )}
    />
  );
}

function Cells({ row, now, start, target, endedAt, pace }: GanttTableProps & { row: Exclude<Row, { kind: "more" }> }) {
  const told = toldOf(row, now, start, pace);
  const one = row.kind === "step" ? row.step : row.lane;
  const attempts = row.kind === "step" ? [attemptsInWords(row.step), ...waitsOf(told, pace)].join(", ") : "";
  const usual = row.kind === "step" ? usualOf(row.step.p95Seconds, told) : "";
  return (
    <>
      <div role="gridcell">{lookOf(one.status).words}</div>
      <div role="gridcell" className="numerals" title={told ? `${inUtc(isoOf(told.from))}, ${told.begun}` : ""}>{told ? moment(isoOf(told.from), now) : "–"}</div>
      <div role="gridcell" className="numerals" title={one.endedAt ? inUtc(one.endedAt) : ""}>{one.endedAt ? moment(one.endedAt, now) : !told ? "–" : endedAt === null ? "goes on" : "not told"}</div>
      <div role="gridcell" className="numerals">{duration(told?.seconds)}</div>
      <div role="gridcell" className="numerals" title={attempts}>{attempts}</div>
      <div role="gridcell" className="numerals" title={usual}>{usual}</div>
      <div role="gridcell" className="numerals">{told && target !== null ? targetInWords(target, told.to, pace) : ""}</div>
    </>
  );
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** The waits between attempts, and those for a place to run: as long as their bars. Pure. */
export function waitsOf(told: Told | null, pace: number): string[] {
  const long = (kind: "backoff" | "waiting") => (told?.bars ?? []).filter((bar) => bar.kind === kind).map((bar) => duration(((bar.to - bar.from) / 1000) * pace));
  const [between, before] = [long("backoff"), long("waiting")];
  return [
    ...(between.length > 0 ? [`waited ${between.join(" and ")} to try again`] : []),
    ...(before.length > 0 ? [`${before.join(" and ")} to start`] : []),
  ];
}

function usualOf(p95: number | null, told: Told | null): string {
  if (p95 === null) return "";
  if (!told) return duration(p95);
  return told.beyond === null ? `${duration(p95)}, within` : `${duration(p95)}, ${duration(told.beyond)} beyond`;
}
