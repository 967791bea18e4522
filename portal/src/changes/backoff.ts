/** When to try again: at once, then after 1, 2, 4, … at most 30 seconds, not all at the same time. Pure. */

const LONGEST_MS = 30_000;

/** @param attempt how many were in vain. @param random from 0 to 1. */
export function waitBefore(attempt: number, random: number): number {
  if (attempt === 0) return random * 250;
  const full = Math.min(1000 * 2 ** (attempt - 1), LONGEST_MS);
  return full / 2 + (full / 2) * random;
}
