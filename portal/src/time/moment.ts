/** Moments in the reader's zone, with UTC beside them for whoever talks to another zone. Pure. */

const SHORT: Intl.DateTimeFormatOptions = {
  day: "2-digit",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
};

/** `20 Nov, 21:04:11`; the year where it is not this one. */
export function moment(text: string | null | undefined, now: number, timeZone?: string): string {
  const at = text ? new Date(text) : null;
  if (!at || Number.isNaN(at.getTime())) return "–";
  // The year as the reader has it: near its turn that is not the one in UTC.
  const sameYear = yearOf(at, timeZone) === yearOf(new Date(now), timeZone);
  return new Intl.DateTimeFormat("en-GB", {
    ...SHORT,
    ...(sameYear ? {} : { year: "numeric" }),
    ...(timeZone ? { timeZone } : {}),
  }).format(at);
}

function yearOf(at: Date, timeZone: string | undefined): string {
  return timeZone ? new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone }).format(at) : `${at.getFullYear()}`;
}

/** `2026-11-20 21:04:11.123 UTC` */
export function inUtc(text: string | null | undefined): string {
  const at = text ? new Date(text) : null;
  if (!at || Number.isNaN(at.getTime())) return "no time";
  return `${at.toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** `just now`, `40 s ago`, `5 m ago`, `2 h ago`, `3 d ago` */
export function ago(text: string | null | undefined, now: number): string {
  const at = text ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return "–";
  const seconds = Math.floor((now - at) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
