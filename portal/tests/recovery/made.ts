/** Plans, groups and runs for tests: usual, but for what a test says. */

import type { Schemas } from "../../src/api/client";

export function plan(but: Partial<Schemas["Plan"]> = {}): Schemas["Plan"] {
  return {
    planId: "p-1", name: "Sample shop", version: 3, createdAt: "2026-11-19T10:00:00.000Z", updatedAt: "2026-11-20T10:00:00.000Z", updatedBy: "planner@example.com",
    onFailure: "stop", rtoMinutes: 90, rpoMinutes: 15, timeoutMinutes: 240, pauseTimeoutMinutes: 1440,
    waves: [wave({ name: "database", groupIds: ["g-db"] }), wave({ name: "web", groupIds: ["g-web"], dependsOn: ["database"], pauseBefore: true, failurePolicy: { kind: "atLeast", percent: 60 } })],
    ...but,
  };
}

export function wave(but: Partial<Schemas["WaveDraft"]> = {}): Schemas["WaveDraft"] {
  return { name: "wave", groupIds: ["g-1"], dependsOn: [], pauseBefore: false, timeoutMinutes: 120, failurePolicy: { kind: "all" }, ...but };
}

export function group(but: Partial<Schemas["Group"]> = {}): Schemas["Group"] {
  return {
    groupId: "g-db", name: "Shop databases", accountId: "111122223333", region: "eu-west-1", servers: { tags: { application: "shop", tier: "database" } },
    version: 1, createdAt: "2026-11-19T10:00:00.000Z", updatedAt: "2026-11-20T10:00:00.000Z", updatedBy: "planner@example.com", usedBy: ["p-1"], ...but,
  };
}

export function run(but: Partial<Schemas["RunSummary"]> = {}): Schemas["RunSummary"] {
  return {
    executionId: "20261120-162732-b2745d11", planId: "p-1", planName: "Sample shop", isDrill: true, status: "COMPLETED", startedAt: "2026-11-20T16:27:32.000Z", begunAt: null, endedAt: "2026-11-20T17:00:00.000Z",
    elapsedSeconds: 3600, pausedSeconds: 0, pausedSince: null, pauseEndsAt: null, polledAt: null, reason: "quarterly", requestedBy: "operator@example.com", retriedBy: null, retryOf: null,
    rtoMinutes: 90, rpoMinutes: 15, rtoAtRisk: false, rtoMissed: false, serverCount: 11, serversLaunched: 11, serversFailed: 0, waveCount: 4, wavesEnded: 4, timeScale: 1, attention: [], cause: null,
    cancelRequested: null, pauseRequested: null, cleaning: null, cleanupIncomplete: false, stateMachineExecutionArn: null, ...but,
  };
}

export const page = <T>(items: readonly T[], nextCursor: string | null = null) => ({ items, nextCursor, partial: false });
