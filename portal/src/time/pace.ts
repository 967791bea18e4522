/** How long something has taken until now, as its own clock runs. Pure. */

/**
 * A trial on a laptop passes faster than wall time, and paused time may not count: so what the API
 * said is carried on, at the pace that it has had so far.
 *
 * @param said seconds, as the API told at `heardAt`.
 * @param pace how many of its seconds pass in one of ours.
 */
export function soFar(said: number, heardAt: number, now: number, pace: number): number {
  return said + (Math.max(0, now - heardAt) / 1000) * pace;
}

/** The pace so far: 1, unless it is plainly faster. */
export function paceOf(said: number | null, startedAt: string, heardAt: number): number {
  const wall = (heardAt - Date.parse(startedAt)) / 1000;
  if (said === null || !(wall > 0)) return 1;
  const pace = Math.round(said / wall);
  return pace >= 2 ? pace : 1;
}
