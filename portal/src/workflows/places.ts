/** Where a filter is shown, and what its parts are called. Pure. */

import { addresses } from "../navigation/routes";
import { type Ended, type Filter, type Tab, searchOf } from "./filter";

export const TAB_NAMES: Record<Tab, string> = {
  active: "Active",
  pending: "Pending",
  completed: "Completed",
  failed: "Failed",
  slow: "Slow",
  all: "All",
};

export const ENDED_NAMES: Record<Ended, string> = {
  today: "Ended today (UTC)",
  "24h": "Ended in the last 24 hours",
  "7d": "Ended in the last 7 days",
  any: "Ended at any time",
};

export function withQuery(filter: Filter): string {
  const text = searchOf(filter).toString();
  return addresses.workflows(text ? `?${text}` : "");
}
