/** What is looked for, as the address says it and as the API is asked. Pure. */

export type Tab = "active" | "pending" | "completed" | "failed" | "slow" | "all";
export const TABS: readonly Tab[] = ["active", "pending", "completed", "failed", "slow", "all"];

/** Which moments of the end count; only where a tab is of what has ended. */
export type Ended = "today" | "24h" | "7d" | "any";
export const ENDED: readonly Ended[] = ["today", "24h", "7d", "any"];

export const PROPERTIES = ["type", "namePrefix", "triggeredBy", "error", "target", "search", "startedFrom"] as const;
export type Property = (typeof PROPERTIES)[number];

export interface Filter {
  readonly tab: Tab;
  readonly ended: Ended;
  readonly properties: Partial<Record<Property, string>>;
}

export function filterOf(search: URLSearchParams): Filter {
  const properties: Partial<Record<Property, string>> = {};
  for (const name of PROPERTIES) {
    const value = search.get(name)?.trim().slice(0, 256);
    if (value) properties[name] = value;
  }
  return {
    tab: oneOf(TABS, search.get("tab"), "active"),
    ended: oneOf(ENDED, search.get("ended"), "today"),
    properties,
  };
}

function oneOf<T extends string>(known: readonly T[], said: string | null, otherwise: T): T {
  return known.find((one) => one === said) ?? otherwise;
}

/** The parameters of an address that says the same; what is usual is left out. */
export function searchOf(filter: Filter): URLSearchParams {
  const search = new URLSearchParams();
  if (filter.tab !== "active") search.set("tab", filter.tab);
  if (isOfEnds(filter.tab) && filter.ended !== "today") search.set("ended", filter.ended);
  for (const name of PROPERTIES) {
    const value = filter.properties[name];
    if (value) search.set(name, value);
  }
  return search;
}

export function isOfEnds(tab: Tab): boolean {
  return tab === "completed" || tab === "failed";
}

export interface Asked {
  status?: string;
  endedFrom?: string;
  type?: string;
  namePrefix?: string;
  triggeredBy?: string;
  error?: string;
  target?: string;
  search?: string;
  startedFrom?: string;
}

const STATUS: Record<Tab, string | null> = {
  active: "active",
  pending: "PENDING",
  completed: "COMPLETED",
  failed: "failed",
  slow: "slow",
  all: null,
};

/** @param today the day in UTC, as the figures mean it. */
export function askedOf(filter: Filter, today: string): Asked {
  const status = STATUS[filter.tab];
  const asked: Asked = { ...filter.properties };
  if (status) asked.status = status;
  if (isOfEnds(filter.tab) && filter.ended !== "any") asked.endedFrom = filter.ended === "today" ? today : filter.ended;
  // The API answers in the order of starts or of ends, not both.
  if (asked.endedFrom) delete asked.startedFrom;
  return asked;
}
