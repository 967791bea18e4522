/** Lengths of time as people read them: 840 ms · 12.4 s · 3 m 20 s · 2 h 05 m · 3 d 4 h. Pure. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Two units at most; nothing is ever rounded up to the next unit's "60". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `−${duration(-seconds)}`;
  const milliseconds = Math.floor(seconds * 1000 + 1e-6);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (seconds < 10) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  const whole = Math.floor(milliseconds / 1000);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return twoOf(whole, MINUTE, "m", 1, "s");
  if (whole < DAY) return twoOf(whole, HOUR, "h", MINUTE, "m");
  return twoOf(whole, DAY, "d", HOUR, "h");
}

function twoOf(whole: number, large: number, largeName: string, small: number, smallName: string) {
  const rest = Math.floor((whole % large) / small);
  const first = `${Math.floor(whole / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${String(rest).padStart(2, "0")} ${smallName}`;
}

/** Seconds between two moments; to `now` where there is no end yet. */
export function secondsBetween(
  from: string | null | undefined,
  until: string | null | undefined,
  now: number,
): number | null {
  if (!from) return null;
  const begun = Date.parse(from);
  const ended = until ? Date.parse(until) : now;
  return Number.isNaN(begun) || Number.isNaN(ended) ? null : Math.max(0, (ended - begun) / 1000);
}
