/**
 * What time it is at the server. Moments that it tells are compared with it, and never with the
 * clock of this machine, which may be minutes away from it.
 */

/** Answers take a while, and tell whole seconds: below this nothing is wrong with a clock. */
const NOTHING_MS = 5000;
const TREMBLE_MS = 2500;

let ahead = 0;

/** How far the server is ahead of this machine, by one answer's `Date`; 0 where that says nothing. Pure. */
export function aheadBy(date: string | null, now: number): number {
  const told = date === null ? Number.NaN : Date.parse(date);
  const difference = told - now;
  return Number.isNaN(told) || Math.abs(difference) < NOTHING_MS ? 0 : difference;
}

/** Told of each answer of the API. Where there is no date, what is known stays. */
export function heardDate(date: string | null) {
  if (date === null) return;
  const told = aheadBy(date, Date.now());
  // Each answer says it a little differently: a clock that trembles is of no use.
  if (told === 0 || Math.abs(told - ahead) >= TREMBLE_MS) ahead = told;
}

/** The server's time at a moment of this machine's. */
export function atServer(here: number): number {
  return here + ahead;
}

export function serverNow(): number {
  return atServer(Date.now());
}
