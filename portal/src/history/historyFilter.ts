/** What of the index is looked at, as the address says it and as the API is asked. Pure. */

import type { DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";

/** Which moments the range is of; the API answers in their order. */
export type By = "started" | "ended";

export const STATUSES = ["RUNNING", "COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED", "PENDING", "PAUSED", "CANCELLING"] as const;
export const WORDS = ["agent", "namePrefix", "search", "triggeredBy", "error", "target"] as const;
export type Word = (typeof WORDS)[number];

export interface HistoryFilter {
  readonly statuses: readonly string[];
  readonly by: By;
  /** `24h`, a date or a moment; empty: without a beginning. */
  readonly from: string;
  readonly until: string;
  readonly words: Readonly<Partial<Record<Word, string>>>;
  readonly cursor: string | null;
}

const USUAL = "24h";
const RELATIVE = /^(\d{1,4})(m|h|d)$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/;
const ANY = "any";

export function filterOf(search: URLSearchParams): HistoryFilter {
  const words: Partial<Record<Word, string>> = {};
  for (const name of WORDS) {
    const value = search.get(name)?.trim().slice(0, 256);
    if (value) words[name] = value;
  }
  const from = search.get("from") ?? USUAL;
  return {
    // A word that this page does not know is asked for too: the API knows more than it, or says what is wrong.
    statuses: (search.get("status") ?? "").split(",").map((one) => one.trim()).filter(Boolean).slice(0, 20),
    by: search.get("by") === "ended" ? "ended" : "started",
    from: from === ANY ? "" : RELATIVE.test(from) || MOMENT.test(from) ? from : USUAL,
    until: MOMENT.test(search.get("until") ?? "") ? (search.get("until") ?? "") : "",
    words,
    cursor: search.get("cursor"),
  };
}

/** The parameters of an address that says the same; what is usual is left out. */
export function searchOf(filter: HistoryFilter): string {
  const search = new URLSearchParams();
  if (filter.statuses.length > 0) search.set("status", filter.statuses.join(","));
  if (filter.by === "ended") search.set("by", "ended");
  if (filter.from !== USUAL) search.set("from", filter.from || ANY);
  if (filter.until) search.set("until", filter.until);
  for (const name of WORDS) {
    const value = filter.words[name];
    if (value) search.set(name, value);
  }
  if (filter.cursor) search.set("cursor", filter.cursor);
  return search.toString();
}

/** Is this the address of another page of the same list? Of a link that was sent nobody knows the page before. */
export function isSameQuestion(address: string | null, filter: HistoryFilter): boolean {
  const [path, search = ""] = (address ?? "").split("?");
  return path === "/history" && searchOf({ ...filterOf(new URLSearchParams(search)), cursor: null }) === searchOf({ ...filter, cursor: null });
}

export interface Asked {
  status?: string;
  type?: string;
  namePrefix?: string;
  search?: string;
  triggeredBy?: string;
  error?: string;
  target?: string;
  startedFrom?: string;
  startedUntil?: string;
  endedFrom?: string;
  endedUntil?: string;
}

export function askedOf(filter: HistoryFilter): Asked {
  const { agent, ...words } = filter.words;
  const [from, until] = filter.by === "ended" ? (["endedFrom", "endedUntil"] as const) : (["startedFrom", "startedUntil"] as const);
  return {
    ...words,
    ...(agent ? { type: agent } : {}),
    ...(filter.statuses.length > 0 ? { status: filter.statuses.join(",") } : {}),
    ...(filter.from ? { [from]: filter.from } : {}),
    ...(filter.until ? { [until]: filter.until } : {}),
  };
}

const UNITS = { m: "minute", h: "hour", d: "day" } as const;

/** As Cloudscape's picker shows it; null: at any time. */
export function rangeOf(filter: Pick<HistoryFilter, "from" | "until">, now: Date): DateRangePickerProps.Value | null {
  const found = RELATIVE.exec(filter.from);
  if (found && !filter.until) {
    return { type: "relative", amount: Number(found[1]), unit: UNITS[found[2] as keyof typeof UNITS], key: filter.from };
  }
  if (!filter.from && !filter.until) return null;
  return { type: "absolute", startDate: momentOf(filter.from, now) ?? "1970-01-01T00:00:00Z", endDate: momentOf(filter.until, now) ?? now.toISOString() };
}

function momentOf(text: string, now: Date): string | null {
  const found = RELATIVE.exec(text);
  if (found) return new Date(now.getTime() - Number(found[1]) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[found[2] as "m" | "h" | "d"]).toISOString();
  return text || null;
}

/** What somebody chose, as the filter has it. Moments become UTC, so that a link means the same everywhere. */
export function chosenRange(value: DateRangePickerProps.Value | null): Pick<HistoryFilter, "from" | "until"> {
  if (value === null) return { from: "", until: "" };
  if (value.type === "absolute") return { from: utc(value.startDate), until: utc(value.endDate) };
  const letter = { second: null, minute: "m", hour: "h", day: "d", week: null, month: null, year: null }[value.unit] ?? null;
  if (letter) return { from: `${value.amount}${letter}`, until: "" };
  const days = { second: 1 / 86_400, week: 7, month: 30, year: 365 }[value.unit as "second" | "week" | "month" | "year"];
  return { from: days < 1 ? "1m" : `${value.amount * days}d`, until: "" };
}

function utc(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
