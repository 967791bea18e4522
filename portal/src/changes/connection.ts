/** Is what is shown what is so? Pure: time is a parameter. */

export type Connection =
  | { readonly kind: "live" }
  | { readonly kind: "reconnecting"; readonly since: number }
  | { readonly kind: "stale"; readonly since: number };

/** After so long without an answer what is shown must not be believed any more. */
export const STALE_AFTER_MS = 30_000;

export interface Heard {
  /** When somebody answered last. */
  readonly answeredAt: number;
  /** When it was first asked in vain since then; null while all is well. */
  readonly vainSince: number | null;
}

export function heardAnswer(now: number): Heard {
  return { answeredAt: now, vainSince: null };
}

export function heardNothing(before: Heard, now: number): Heard {
  return { ...before, vainSince: before.vainSince ?? now };
}

export function connectionOf(heard: Heard, now: number): Connection {
  if (heard.vainSince === null) return { kind: "live" };
  if (now - heard.vainSince < STALE_AFTER_MS) return { kind: "reconnecting", since: heard.vainSince };
  return { kind: "stale", since: heard.answeredAt };
}
