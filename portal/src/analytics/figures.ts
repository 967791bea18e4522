/** Figures as people read them, and the list that each of them counts. Pure. */

import type { Schemas } from "../api/client";
import { type HistoryFilter, searchOf } from "../history/historyFilter";
import { addresses } from "../navigation/routes";

export type Analytics = Schemas["Analytics"];
export const PERIODS = ["24h", "7d", "30d"] as const;
export type Period = (typeof PERIODS)[number];
export const PERIOD_NAMES: Record<Period, string> = { "24h": "24 hours", "7d": "7 days", "30d": "30 days" };

/** A part of 1 as per cent. What is not all is never told as 100 %, and what is not nothing never as 0 %. */
export function percent(part: number | null | undefined): string {
  if (part === null || part === undefined || !Number.isFinite(part)) return "–";
  const hundredfold = part * 100;
  if (part <= 0) return "0 %";
  if (part >= 1) return `${trimmed(hundredfold)} %`;
  if (hundredfold < 0.1) return "< 0.1 %";
  if (hundredfold > 99.9) return "> 99.9 %";
  return `${trimmed(hundredfold)} %`;
}

function trimmed(number: number): string {
  return number.toFixed(1).replace(/\.0$/, "");
}

/** `$0.0042`, `$12.30`, `$1,234`: two digits that say something. */
export function usd(amount: number | null | undefined): string {
  if (amount === null || amount === undefined || !Number.isFinite(amount)) return "–";
  if (amount === 0) return "$0";
  if (amount < 0.000_001) return "< $0.000001";
  if (amount < 0.01) return `$${Number(amount.toPrecision(2)).toFixed(Math.min(8, 1 - Math.floor(Math.log10(amount))))}`;
  return new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: amount < 1000 ? 2 : 0 }).format(amount);
}

export function count(number: number): string {
  return new Intl.NumberFormat("en-US").format(number);
}

export interface Counted {
  readonly statuses?: readonly string[];
  readonly agent?: string | null;
  readonly error?: string | null;
  readonly target?: "met" | "missed";
}

/** The executions that a number counts: those that ended in its period, so and so. */
export function listOf(told: Pick<Analytics, "from" | "until">, counted: Counted = {}): string {
  const filter: HistoryFilter = {
    statuses: counted.statuses ?? [],
    by: "ended",
    from: told.from,
    until: told.until,
    words: {
      ...(counted.agent ? { agent: counted.agent } : {}),
      ...(counted.error ? { error: counted.error } : {}),
      ...(counted.target ? { target: counted.target } : {}),
    },
    cursor: null,
  };
  return addresses.history(searchOf(filter));
}

type Failing = Schemas["FingerprintFailures"];
/** Figures keep so much of an error; and a recovery run is listed with its own words for it. */
const LONGEST_ERROR = 100;

/** What of a fingerprint's failures a list can be asked for: it knows errors, not causes. */
export function countedBy(one: Pick<Failing, "type" | "error">): Counted {
  const error = one.type !== "recovery" && one.error !== null && one.error.length < LONGEST_ERROR ? one.error : null;
  return { agent: one.type, error, statuses: FAILED };
}

/** What the list has besides, in a word; null where it is of these failures alone. */
export function besides(one: Failing, all: readonly Failing[]): string | null {
  const { error } = countedBy(one);
  if (error === null) return "the list: all failures of its type";
  return all.filter((other) => other.type === one.type && other.error === one.error).length > 1 ? "the list: all with this error" : null;
}

export const FAILED = ["FAILED", "TIMED_OUT"] as const;

/** Where on a scale of powers a duration stands, from 0 to 1: seconds and hours fit beside each other. */
export function position(seconds: number, scale: Scale): number {
  const at = Math.log10(Math.max(seconds, scale.least) / scale.least) / Math.log10(scale.most / scale.least);
  return Math.min(1, Math.max(0, at));
}

export interface Scale {
  readonly least: number;
  readonly most: number;
}

/** Whole powers of ten around all of these; null where there is nothing to draw. */
export function scaleOf(durations: readonly (number | null)[]): Scale | null {
  const known = durations.filter((one): one is number => one !== null && Number.isFinite(one) && one > 0);
  if (known.length === 0) return null;
  const least = 10 ** Math.floor(Math.log10(Math.min(...known)));
  const most = 10 ** Math.ceil(Math.log10(Math.max(...known)));
  return { least, most: most > least ? most : least * 10 };
}

/** The last part of a state machine's ARN: its name. */
export function machineName(arn: string): string {
  return arn.split(":").at(-1) || arn;
}

/** How complete the figures are, in one sentence; null where nothing is missing. */
export function completenessInWords(told: Analytics["completeness"]): string | null {
  if (told.executions === 0 || (told.share !== null && told.share >= 1)) return null;
  const waiting = told.toBeRead > 0 ? ` ${count(told.toBeRead)} will still be read.` : "";
  return `Steps, retries and transitions are of the ${count(told.historyRead)} of ${count(told.executions)} executions (${percent(told.share)}) whose history was read.${waiting}`;
}

const WHY: Record<string, string> = {
  noBudget: "the share of AWS's quota that figures may use was spent",
  notYet: "they are read soon",
  unclear: "the history does not tell of the end",
  gone: "AWS does not keep it any more",
  denied: "a policy forbids it",
  none: "they have no history",
};

/** Why histories were not read, most first; a reason that is not known yet is told as it is. */
export function notReadInWords(told: Readonly<Record<string, number>>): string[] {
  return Object.entries(told)
    .filter(([, number]) => number > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, number]) => `${count(number)}: ${WHY[reason] ?? reason}`);
}
