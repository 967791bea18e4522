/** Where to look further: links that the API tells, of which only those to AWS are followed. Pure. */

import type { Detail } from "./useWorkflow";

export interface Further {
  readonly words: string;
  readonly href: string;
}

const WORDS: readonly (readonly [string, string])[] = [
  ["console", "Console"],
  ["logsInsights", "Logs Insights"],
  ["logs", "Log group"],
];

export function furtherOf(links: unknown): Further[] {
  if (typeof links !== "object" || links === null) return [];
  const told = links as Record<string, unknown>;
  return WORDS.flatMap(([name, words]) => {
    const href = told[name];
    return typeof href === "string" && href.startsWith("https://") ? [{ words, href }] : [];
  });
}

/** `p50 12.0 s, p95 40 s of 37`: how long others of the same machine took; null where that is not known. */
export function usualOf(detail: Pick<Detail, "metadata">): { readonly p50: number; readonly p95: number | null; readonly samples: number } | null {
  const { usual } = detail.metadata;
  if (typeof usual !== "object" || usual === null) return null;
  const { p50Seconds, p95Seconds, samples } = usual as Record<string, unknown>;
  if (typeof p50Seconds !== "number") return null;
  return { p50: p50Seconds, p95: typeof p95Seconds === "number" ? p95Seconds : null, samples: typeof samples === "number" ? samples : 0 };
}
