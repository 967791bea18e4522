/** The tree of steps: attempts, durations beside the usual ones, branches side by side. */

import { Nothing } from "../../states/states";
import { duration, secondsBetween } from "../../time/duration";
import { moment } from "../../time/moment";
import { useNow } from "../../time/now";
import { lookOf } from "../../workflows/status";
import { NameCell } from "./NameCell";
import { kindOf } from "./Sign";
import { TreeGrid } from "./TreeGrid";
import { type Row, attemptsInWords } from "./tree";

const TEMPLATE = "minmax(260px, 2.2fr) minmax(90px, 0.7fr) minmax(110px, 0.8fr) minmax(110px, 0.8fr) minmax(140px, 1fr) minmax(100px, 0.7fr) minmax(150px, 1fr)";

export interface StepsTabProps {
  rows: readonly Row[];
  selected: string | null;
  waiting: (row: Row) => boolean;
  onSelect: (row: Row) => void;
  onToggle: (row: Row) => void;
  runs: boolean;
  /** When all of it ended: then nothing goes on, not even a step whose end was never told. */
  endedAt?: string | null;
  pace: number;
}

export function StepsTab(props: StepsTabProps) {
  const now = useNow(props.runs);
  const until = props.endedAt && !props.runs ? props.endedAt : null;
  if (props.rows.length === 0) {
    return <Nothing title="No step yet">{props.runs ? "It has been accepted; its first step appears here by itself." : "Its history holds no steps."}</Nothing>;
  }
  return (
    <TreeGrid
      label="Steps"
      rows={props.rows}
      selected={props.selected}
      onSelect={props.onSelect}
      onToggle={props.onToggle}
      template={TEMPLATE}
      head={["Step", "Type", "Status", "Attempts", "Started", "Duration", "Usually"].map((name) => (
        <div role="columnheader" key={name}>{name}</div>
      ))}
      cells={(row) => <Cells row={row} now={now} until={until} pace={props.pace} waiting={props.waiting(row)} onToggle={props.onToggle} />}
    />
  );
}

function Cells({ row, now, until, pace, waiting, onToggle }: { row: Row; now: number; until: string | null; pace: number; waiting: boolean; onToggle: (row: Row) => void }) {
  const name = <NameCell row={row} onToggle={onToggle} waiting={waiting} />;
  if (row.kind === "more") return name;
  const one = row.kind === "step" ? row.step : row.lane;
  const wall = secondsBetween(one.startedAt, one.endedAt ?? until, now);
  const taken = one.durationSeconds ?? (wall === null ? null : wall * pace);
  return (
    <>
      {name}
      <div role="gridcell" className="faint">{row.kind === "step" ? row.step.type : ""}</div>
      <div role="gridcell">{lookOf(one.status).words}</div>
      <div role="gridcell">{row.kind === "step" ? <Attempts row={row} /> : <span className="faint">{row.lane.stepCount} steps</span>}</div>
      <div role="gridcell" className="numerals">{moment(one.startedAt, now)}</div>
      <div role="gridcell" className="numerals">{duration(taken)}</div>
      <div role="gridcell" className="faint numerals">{row.kind === "step" && <Usual row={row} />}</div>
    </>
  );
}

function Attempts({ row }: { row: Row & { kind: "step" } }) {
  const { step } = row;
  if (step.counts) {
    const { succeeded, running, failed, total } = step.counts;
    return (
      <span className="counts">
        <span>{succeeded} of {total}</span>
        {running > 0 && <span>{running} running</span>}
        {failed > 0 && <span>{failed} failed</span>}
      </span>
    );
  }
  if (step.attemptCount < 2) return <>{attemptsInWords(step)}</>;
  return (
    <>
      <span className="dots" aria-hidden="true">
        {step.attempts.slice(-8).map((attempt) => <i key={attempt.number} data-look={kindOf(attempt.status)} />)}
      </span>
      {attemptsInWords(step)}
    </>
  );
}

function Usual({ row }: { row: Row & { kind: "step" } }) {
  const { step } = row;
  if (step.compensation) return <span className="tag" data-kind="compensation">compensation</span>;
  if (step.p50Seconds === null) return null;
  return (
    <>
      {`${duration(step.p50Seconds)} · p95 ${duration(step.p95Seconds)} `}
      {step.isSlow && <span className="tag" data-kind="slow">slow</span>}
    </>
  );
}
