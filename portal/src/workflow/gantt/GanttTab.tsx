/** When each step ran: the same rows as the tree of steps, in time. */

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { type CSSProperties, useEffect, useMemo, useRef, useState } from "react";
import { useNarrow } from "../../app/narrow";
import { amend, usePlace } from "../../navigation/location";
import { Nothing } from "../../states/states";
import { duration } from "../../time/duration";
import { inUtc } from "../../time/moment";
import { useNow } from "../../time/now";
import { NameCell } from "../steps/NameCell";
import { kindOf } from "../steps/Sign";
import { TreeGrid } from "../steps/TreeGrid";
import type { Row } from "../steps/tree";
import { type Bar, busyOf, targetAt, targetInWords, toldOf, wholeSpan } from "./bars";
import "./gantt.css";
import { GanttTable } from "./GanttTable";
import { type Scale, type Span, idleGaps, kept, scaleOf, ticksOf, wordsAt, zoomed } from "./scale";
import { Strip } from "./Strip";

const TEMPLATE = "minmax(170px, 260px) minmax(420px, 1fr)";
/** On a telephone the names leave room for the bars. */
const NARROW_TEMPLATE = "150px minmax(420px, 1fr)";

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
  const template = useNarrow() ? NARROW_TEMPLATE : TEMPLATE;
  const whole = useMemo(() => wholeSpan(props.rows, props.startedAt, props.endedAt, now), [props.rows, props.startedAt, props.endedAt, now]);
  const begun = Date.parse(props.startedAt);
  const begunAt = Number.isNaN(begun) ? whole.from : begun;
  const span = props.window ? kept(props.window, whole) : whole;
  const scale = useMemo(() => scaleOf(span, short ? idleGaps(busyOf(props.rows, now), span) : []), [span.from, span.to, short, props.rows, now]);
  const area = useZoom((factor, place) => props.onWindow(zoomed(span, whole, factor, scale.when(place))));
  const isTable = usePlace().search.get("as") === "table";
  if (props.rows.length === 0) return <Nothing title="No step yet">There is nothing to draw until its first step begins.</Nothing>;
  const asTable = <Toggle checked={isTable} onChange={({ detail }) => amend({ as: detail.checked ? "table" : null })}>As a table</Toggle>;
  if (isTable) {
    return (
      <>
        <div className="gantt-tools">{asTable}</div>
        <GanttTable {...props} now={now} start={begunAt} target={targetAt(props.startedAt, props.target, props.pace)} />
      </>
    );
  }
  const ticks = ticksOf(span, whole.from, 8, props.pace).filter((tick) => !scale.gaps.some((gap) => gap.from < tick.moment && tick.moment < gap.to));
  return (
    <div ref={area} className="gantt" style={{ "--ticks": linesOf(ticks.map((tick) => scale.at(tick.moment))) } as CSSProperties}>
      <div className="gantt-tools">
        <Strip rows={props.rows} whole={whole} span={span} now={now} pace={props.pace} onChange={props.onWindow} />
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Button iconName="zoom-in" variant="icon" ariaLabel="Zoom in" onClick={() => props.onWindow(zoomed(span, whole, 0.5, (span.from + span.to) / 2))} />
          <Button iconName="zoom-out" variant="icon" ariaLabel="Zoom out" onClick={() => props.onWindow(zoomed(span, whole, 2, (span.from + span.to) / 2))} />
          <Button iconName="zoom-to-fit" variant="icon" ariaLabel="Show all" disabled={props.window === null} onClick={() => props.onWindow(null)} />
          <Toggle checked={short} onChange={({ detail }) => setShort(detail.checked)}>Idle stretches short</Toggle>
          {asTable}
        </SpaceBetween>
      </div>
      <TreeGrid
        label="Gantt: when each step ran"
        rows={props.rows}
        selected={props.selected}
        onSelect={props.onSelect}
        onToggle={props.onToggle}
        template={template}
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
        over={<Over {...props} template={template} scale={scale} now={runs ? now : null} whole={whole} />}
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

/** Lines behind the bars, as a background of each row's lane. */
function linesOf(places: readonly number[]): string {
  return places.filter((place) => place > 0 && place < 1).map((place) => `linear-gradient(var(--bw-grid), var(--bw-grid)) ${percent(place)} 0 / 1px 100% no-repeat`).join(", ") || "none";
}

function Bars({ row, scale, now, pace, start }: { row: Row; scale: Scale; now: number; pace: number; start: number }) {
  const told = toldOf(row, now, start, pace);
  if (!told) return null;
  const { bars } = told;
  const step = row.kind === "step" ? row.step : null;
  const end = scale.at(told.to);
  const at = wordsAt(scale.at(told.from), end);
  const words = [duration(told.seconds), bars.length > 1 && step ? `${step.attemptCount} attempts` : "", step?.compensation ? "rollback" : ""].filter(Boolean).join(" · ");
  const beyond = told.beyond === null ? "" : `, ${duration(told.beyond)} beyond its p95`;
  return (
    <>
      {bars.map((bar, index) => <BarOf key={index} bar={bar} scale={scale} pace={pace} name={step?.name ?? ""} />)}
      {step?.p95Seconds != null && <span className="usual" title={`p95 ${duration(step.p95Seconds)}`} style={{ insetInlineStart: percent(scale.at(told.from + (step.p95Seconds / pace) * 1000)) }} />}
      <span className="bar-words numerals" data-at={at} style={at === "before" ? { insetInlineEnd: `calc(${percent(1 - scale.at(told.from))} + 6px)` } : { insetInlineStart: `calc(${percent(at === "after" ? end : Math.max(scale.at(told.from), 0))} + 6px)` }}><span>{words}</span></span>
      <span className="visually-hidden">{`begun ${told.begun}${told.open ? ", goes on" : ""}${beyond}. ${bars.map((bar) => bar.words).join(", ")}`}</span>
    </>
  );
}

function BarOf({ bar, scale, pace, name }: { bar: Bar; scale: Scale; pace: number; name: string }) {
  const from = scale.at(bar.from);
  const to = scale.at(bar.to);
  if (to < 0 || from > 1) return null;
  // At the very end the least width would be beyond it.
  const style: CSSProperties = { insetInlineStart: from > 0.99 ? `min(${percent(from)}, calc(100% - 3px))` : percent(from), inlineSize: percent(Math.max(to - from, 0)) };
  const long = duration(((bar.to - bar.from) / 1000) * pace);
  return <span className="bar" data-kind={bar.kind} data-look={kindOf(bar.status)} data-open={bar.open} style={style} title={`${name}: ${bar.words}, ${long}, from ${inUtc(new Date(bar.from).toISOString())}`} />;
}

function Over(props: GanttTabProps & { template: string; scale: Scale; now: number | null; whole: Span }) {
  const { scale } = props;
  const sla = targetAt(props.startedAt, props.target, props.pace);
  const until = props.now ?? endOf(props.endedAt) ?? props.whole.to;
  const inside = (moment: number) => moment >= scale.span.from && moment <= scale.span.to;
  return (
    <div className="gantt-over" style={{ gridTemplateColumns: props.template }} aria-hidden="true">
      <div />
      <div>
        {scale.gaps.map((gap) => (
          <b key={gap.from} style={{ insetInlineStart: percent(scale.at(gap.from)), inlineSize: percent(scale.at(gap.to) - scale.at(gap.from)) }} title={`idle for ${duration(((gap.to - gap.from) / 1000) * props.pace)}`} />
        ))}
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
