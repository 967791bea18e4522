/** Saving a form: what the API refuses is told at the fields, and that somebody else was faster. */

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Finding, Refused } from "../api/problem";

export interface Saving<T> {
  readonly pending: boolean;
  readonly error: unknown;
  /** What the API said of fields; gone as soon as something is changed. */
  readonly findings: readonly Finding[];
  /** What is stored now, where somebody else changed it meanwhile. */
  readonly overtaken: T | null;
  save(): void;
  changed(): void;
  /** Somebody chose between theirs and what is stored. */
  decided(): void;
}

export function useSaving<T extends { version: number }>(send: () => Promise<T>, saved: (thing: T) => void): Saving<T> {
  const [isFresh, setFresh] = useState(false);
  const sending = useMutation({ mutationFn: send, onSuccess: saved, onSettled: () => setFresh(true) });
  const error = isFresh ? sending.error : null;
  return {
    pending: sending.isPending,
    error,
    findings: error instanceof Refused ? error.findings : [],
    overtaken: overtakenBy<T>(sending.error),
    save: () => sending.mutate(),
    changed: () => setFresh(false),
    decided: () => sending.reset(),
  };
}

/** The stored thing that a conflict of versions came with; null for any other refusal. Pure. */
export function overtakenBy<T extends { version: number }>(error: unknown): T | null {
  if (!(error instanceof Refused) || error.status !== 409) return null;
  const { details } = error;
  if (typeof details !== "object" || details === null || !("stored" in details)) return null;
  const { stored } = details;
  return typeof stored === "object" && stored !== null && "version" in stored && typeof stored.version === "number" ? (stored as T) : null;
}
