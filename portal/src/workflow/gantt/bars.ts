/** What a row of the Gantt shows: attempts, waits between them, where it still runs. Pure. */

import { duration } from "../../time/duration";
import type { Lane, Row, Step } from "../steps/tree";
import type { Span } from "./scale";

export type BarKind = "attempt" | "waiting" | "backoff" | "answer" | "group";

export interface Bar extends Span {
  readonly kind: BarKind;
  readonly status: string;
  /** It goes on: the right edge is now. */
  readonly open: boolean;
  readonly words: string;
}

export function barsOf(row: Row, now: number): Bar[] {
  if (row.kind === "more") return [];
  if (row.kind === "lane") return laneBars(row.lane, now);
  const { step } = row;
  const whole = wholeOf(step.startedAt, step.endedAt, now);
  if (whole === null) return [];
  if (step.laneCount > 0) return [{ ...whole, kind: "group", status: step.status, words: step.status }];
  const bars = step.attempts.flatMap((attempt) => attemptBars(attempt, now));
  const telling = bars.filter((bar) => bar.to > bar.from || bar.open);
  if (telling.length === 0) return [{ ...whole, kind: "attempt", status: step.status, words: step.status }];
  return telling;
}

/** What is told of a row in words, beside its bars and in the table. */
export interface Told extends Span {
  readonly bars: readonly Bar[];
  readonly open: boolean;
  /** Of its own pace. */
  readonly seconds: number;
  /** When it began, from the start of the whole. */
  readonly begun: string;
  /** By how many seconds it is longer than its p95; null: it is not, or none is known. */
  readonly beyond: number | null;
}

/** @param start of the whole. */
export function toldOf(row: Row, now: number, start: number, pace: number): Told | null {
  const bars = barsOf(row, now);
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return null;
  const step = row.kind === "step" ? row.step : null;
  const seconds = step?.durationSeconds ?? ((last.to - first.from) / 1000) * pace;
  const since = ((first.from - start) / 1000) * pace;
  const over = step?.p95Seconds == null ? null : seconds - step.p95Seconds;
  return {
    from: first.from,
    to: last.to,
    open: last.open,
    bars,
    seconds,
    begun: since < 0 ? `${duration(-since)} before the start` : `${duration(since)} after the start`,
    beyond: over !== null && over > 0 ? over : null,
  };
}

/** Where the target is, for whoever sees its line or not: how long it still is, or by how much it was missed. */
export function targetInWords(target: number, until: number, pace: number): string {
  const seconds = ((target - until) / 1000) * pace;
  return seconds < 0 ? `target missed by ${duration(-seconds)}` : `target, ${duration(seconds)} left`;
}

/** When the target is missed; null: there is none. */
export function targetAt(startedAt: string, target: number | null, pace: number): number | null {
  return target === null ? null : moment(startedAt) === null ? null : Date.parse(startedAt) + (target / pace) * 1000;
}

function laneBars(lane: Lane, now: number): Bar[] {
  const whole = wholeOf(lane.startedAt, lane.endedAt, now);
  return whole === null ? [] : [{ ...whole, kind: "group", status: lane.status, words: lane.status }];
}

function attemptBars(attempt: Step["attempts"][number], now: number): Bar[] {
  const scheduled = moment(attempt.scheduledAt);
  const started = moment(attempt.startedAt) ?? scheduled;
  if (started === null) return [];
  const ended = moment(attempt.endedAt);
  const number = attempt.maximum === null ? `attempt ${attempt.number}` : `attempt ${attempt.number} of ${attempt.maximum}`;
  const bars: Bar[] = [];
  if (scheduled !== null && started > scheduled) {
    bars.push({ kind: "waiting", from: scheduled, to: started, status: attempt.status, open: false, words: `${number}: waiting to start` });
  }
  bars.push({
    kind: attempt.waitsForAnswer ? "answer" : "attempt",
    from: started,
    to: Math.max(started, ended ?? now),
    status: attempt.status,
    open: ended === null,
    words: attempt.waitsForAnswer ? `${number}: waiting for an answer` : attempt.error ? `${number}: ${attempt.error}` : number,
  });
  if (ended !== null && attempt.backoffSeconds) {
    bars.push({ kind: "backoff", from: ended, to: ended + attempt.backoffSeconds * 1000, status: attempt.status, open: false, words: `${number}: then it waited to try again` });
  }
  return bars;
}

function wholeOf(startedAt: string | null, endedAt: string | null, now: number) {
  const from = moment(startedAt);
  if (from === null) return null;
  const ended = moment(endedAt);
  return { from, to: Math.max(from, ended ?? now), open: ended === null };
}

function moment(text: string | null): number | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** From the first moment to the last, a little room on the right for what runs. */
export function wholeSpan(rows: readonly Row[], startedAt: string, endedAt: string | null, now: number): Span {
  const bars = rows.flatMap((row) => barsOf(row, now));
  const begun = Date.parse(startedAt);
  const from = bars.reduce((least, bar) => Math.min(least, bar.from), Number.isNaN(begun) ? now : begun);
  const ended = moment(endedAt) ?? now;
  const to = bars.reduce((most, bar) => Math.max(most, bar.to), ended);
  return { from, to: Math.max(to, from + 1) };
}

/** When something was under way: what idle gaps are found between. Groups say nothing by themselves. */
export function busyOf(rows: readonly Row[], now: number): Span[] {
  return rows.flatMap((row) => (row.kind === "step" && row.open !== true ? barsOf(row, now) : []));
}
