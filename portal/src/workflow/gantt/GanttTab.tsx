/** When each step ran: the same rows as the tree of steps, in time. */

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { type CSSProperties, useEffect, useMemo, useRef, useState } from "react";
import { Nothing } from "../../states/states";
import { duration } from "../../time/duration";
import { inUtc } from "../../time/moment";
import { useNow } from "../../time/now";
import { NameCell } from "../steps/NameCell";
import { kindOf } from "../steps/Sign";
import { TreeGrid } from "../steps/TreeGrid";
import type { Row } from "../steps/tree";
import { type Bar, barsOf, busyOf, wholeSpan } from "./bars";
import "./gantt.css";
import { type Scale, type Span, idleGaps, kept, scaleOf, ticksOf, zoomed } from "./scale";
import { Strip } from "./Strip";

const TEMPLATE = "minmax(170px, 260px) minmax(420px, 1fr)";

export interface GanttTabProps {
  rows: readonly Row[];
  startedAt: string;
  endedAt: string | null;
  /** Seconds of its own pace until the target is missed; null: it has none. */
  target: number | null;
  pace: number;
  /** Redrives and the like: moments that deserve a line. */
  marks: readonly { readonly at: string; readonly words: string }[];
  selected: string | null;
  waiting: (row: Row) => boolean;
  onSelect: (row: Row) => void;
  onToggle: (row: Row) => void;
  window: Span | null;
  onWindow: (span: Span | null) => void;
}

export default function GanttTab(props: GanttTabProps) {
  const runs = props.endedAt === null;
  // Of what has ended nothing goes on, not even a step whose end was never told.
  const clock = useNow(runs);
  const now = endOf(props.endedAt) ?? clock;
  const [short, setShort] = useState(true);
  const whole = useMemo(() => wholeSpan(props.rows, props.startedAt, props.endedAt, now), [props.rows, props.startedAt, props.endedAt, now]);
  const begun = Date.parse(props.startedAt);
  const begunAt = Number.isNaN(begun) ? whole.from : begun;
  const span = props.window ? kept(props.window, whole) : whole;
  const scale = useMemo(() => scaleOf(span, short ? idleGaps(busyOf(props.rows, now), span) : []), [span.from, span.to, short, props.rows, now]);
  const area = useZoom((factor, place) => props.onWindow(zoomed(span, whole, factor, scale.when(place))));
  if (props.rows.length === 0) return <Nothing title="No step yet">There is nothing to draw until its first step begins.</Nothing>;
  const ticks = ticksOf(span, whole.from, 8, props.pace).filter((tick) => !scale.gaps.some((gap) => gap.from < tick.moment && tick.moment < gap.to));
  return (
    <div ref={area}>
      <div className="gantt-tools">
        <Strip rows={props.rows} whole={whole} span={span} now={now} pace={props.pace} onChange={props.onWindow} />
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Button iconName="zoom-in" variant="icon" ariaLabel="Zoom in" onClick={() => props.onWindow(zoomed(span, whole, 0.5, (span.from + span.to) / 2))} />
          <Button iconName="zoom-out" variant="icon" ariaLabel="Zoom out" onClick={() => props.onWindow(zoomed(span, whole, 2, (span.from + span.to) / 2))} />
          <Button iconName="zoom-to-fit" variant="icon" ariaLabel="Show all" disabled={props.window === null} onClick={() => props.onWindow(null)} />
          <Toggle checked={short} onChange={({ detail }) => setShort(detail.checked)}>Idle stretches short</Toggle>
        </SpaceBetween>
      </div>
      <TreeGrid
        label="Gantt: when each step ran"
        rows={props.rows}
        selected={props.selected}
        onSelect={props.onSelect}
        onToggle={props.onToggle}
        template={TEMPLATE}
        head={
          <>
            <div role="columnheader">Step</div>
            <div role="columnheader" className="gantt-axis" aria-label="Time since the start">
              {ticks.map((tick) => <span key={tick.seconds} style={{ insetInlineStart: percent(scale.at(tick.moment)) }}>{tick.seconds === 0 ? "0" : duration(tick.seconds)}</span>)}
            </div>
          </>
        }
        cells={(row) => (
          <>
            <NameCell row={row} onToggle={props.onToggle} waiting={props.waiting(row)} />
            <div role="gridcell" className="gantt-lane">
              <Bars row={row} scale={scale} now={now} pace={props.pace} start={begunAt} />
            </div>
          </>
        )}
        over={<Over {...props} scale={scale} ticks={ticks.map((tick) => tick.moment)} now={runs ? now : null} whole={whole} />}
      />
      <Legend />
    </div>
  );
}

function endOf(endedAt: string | null): number | null {
  const at = endedAt === null ? Number.NaN : Date.parse(endedAt);
  return Number.isNaN(at) ? null : at;
}

function percent(place: number): string {
  return `${(place * 100).toFixed(3)}%`;
}

function Bars({ row, scale, now, pace, start }: { row: Row; scale: Scale; now: number; pace: number; start: number }) {
  const bars = barsOf(row, now);
  const last = bars.at(-1);
  if (!last) return null;
  const begun = bars[0]?.from ?? last.from;
  const step = row.kind === "step" ? row.step : null;
  const seconds = step?.durationSeconds ?? ((last.to - begun) / 1000) * pace;
  const end = scale.at(last.to);
  const isRoomLeft = end < 0.86;
  const words = [duration(seconds), bars.length > 1 && step ? `${step.attemptCount} attempts` : "", step?.compensation ? "rollback" : ""].filter(Boolean).join(" · ");
  const since = ((begun - start) / 1000) * pace;
  return (
    <>
      {bars.map((bar, index) => <BarOf key={index} bar={bar} scale={scale} pace={pace} name={step?.name ?? ""} />)}
      {step?.p95Seconds != null && <span className="usual" title={`p95 ${duration(step.p95Seconds)}`} style={{ insetInlineStart: percent(scale.at(begun + (step.p95Seconds / pace) * 1000)) }} />}
      <span className="bar-words numerals" style={isRoomLeft ? { insetInlineStart: `calc(${percent(end)} + 6px)` } : { insetInlineEnd: `calc(${percent(1 - scale.at(begun))} + 6px)` }}>{words}</span>
      <span className="visually-hidden">{`begun ${since < 0 ? `${duration(-since)} before` : `${duration(since)} after`} the start${last.open ? ", goes on" : ""}. ${bars.map((bar) => bar.words).join(", ")}`}</span>
    </>
  );
}

function BarOf({ bar, scale, pace, name }: { bar: Bar; scale: Scale; pace: number; name: string }) {
  const from = scale.at(bar.from);
  const to = scale.at(bar.to);
  if (to < 0 || from > 1) return null;
  const style: CSSProperties = { insetInlineStart: percent(from), inlineSize: percent(Math.max(to - from, 0)) };
  const long = duration(((bar.to - bar.from) / 1000) * pace);
  return <span className="bar" data-kind={bar.kind} data-look={kindOf(bar.status)} data-open={bar.open} style={style} title={`${name}: ${bar.words}, ${long}, from ${inUtc(new Date(bar.from).toISOString())}`} />;
}

function Over(props: GanttTabProps & { scale: Scale; ticks: readonly number[]; now: number | null; whole: Span }) {
  const { scale } = props;
  const sla = props.target === null ? null : Date.parse(props.startedAt) + (props.target / props.pace) * 1000;
  const until = props.now ?? endOf(props.endedAt) ?? props.whole.to;
  const inside = (moment: number) => moment >= scale.span.from && moment <= scale.span.to;
  return (
    <div className="gantt-over" style={{ gridTemplateColumns: TEMPLATE }} aria-hidden="true">
      <div />
      <div>
        {scale.gaps.map((gap) => (
          <b key={gap.from} style={{ insetInlineStart: percent(scale.at(gap.from)), inlineSize: percent(scale.at(gap.to) - scale.at(gap.from)) }} title={`idle for ${duration(((gap.to - gap.from) / 1000) * props.pace)}`} />
        ))}
        {props.ticks.map((tick) => <i key={tick} style={{ insetInlineStart: percent(scale.at(tick)) }} />)}
        {props.marks.map((mark) => ({ ...mark, moment: Date.parse(mark.at) })).filter((mark) => inside(mark.moment)).map((mark) => (
          <span key={mark.at + mark.words}>
            <i data-kind="mark" style={{ insetInlineStart: percent(scale.at(mark.moment)) }} />
            <em style={{ insetInlineStart: `calc(${percent(scale.at(mark.moment))} + 2px)` }}>{mark.words}</em>
          </span>
        ))}
        {sla !== null && inside(sla) && (
          <>
            <i data-kind="sla" style={{ insetInlineStart: percent(scale.at(sla)) }} />
            <em style={{ insetInlineStart: `calc(${percent(scale.at(sla))} + 4px)` }}>{targetInWords(sla, until, props.pace)}</em>
          </>
        )}
        {sla !== null && sla > scale.span.to && <em style={{ insetInlineEnd: 4 }}>{`${targetInWords(sla, until, props.pace)} →`}</em>}
        {sla !== null && sla < scale.span.from && <em style={{ insetInlineStart: 4 }}>{`← ${targetInWords(sla, until, props.pace)}`}</em>}
        {props.now !== null && inside(props.now) && <i data-kind="now" style={{ insetInlineStart: `calc(${percent(scale.at(props.now))} - 2px)` }} />}
      </div>
    </div>
  );
}

/** Where the target is, for whoever sees its line or not: how long it still is, or by how much it was missed. Pure. */
export function targetInWords(target: number, until: number, pace: number): string {
  const seconds = ((target - until) / 1000) * pace;
  return seconds < 0 ? `target missed by ${duration(-seconds)}` : `target, ${duration(seconds)} left`;
}

function Legend() {
  const kinds = [
    ["attempt", "attempt"],
    ["waiting", "waits to start"],
    ["backoff", "waits to try again"],
    ["answer", "waits for an answer"],
    ["group", "with steps of its own"],
  ] as const;
  return (
    <div className="legend">
      {kinds.map(([kind, words]) => <span key={kind}><i className="bar" data-kind={kind} />{words}</span>)}
      <span><i style={{ inlineSize: 2, blockSize: 12, background: "var(--bw-text)" }} />p95 of earlier visits</span>
    </div>
  );
}

/** Ctrl and the wheel zoom around the pointer. Not by React, whose wheel listeners cannot prevent. */
function useZoom(zoom: (factor: number, place: number) => void) {
  const area = useRef<HTMLDivElement>(null);
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const turned = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      const lane = element.querySelector(".gantt-axis")?.getBoundingClientRect();
      if (!lane) return;
      event.preventDefault();
      latest.current(event.deltaY < 0 ? 0.8 : 1.25, Math.min(Math.max((event.clientX - lane.left) / lane.width, 0), 1));
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  });
  return area;
}
