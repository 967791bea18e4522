/** Workflows and steps for tests: usual, but for what a test says. */

import type { Schemas } from "../src/api/client";

export function workflow(but: Partial<Schemas["WorkflowItem"]> = {}): Schemas["WorkflowItem"] {
  return {
    id: "custom.tests.1", type: "tests", engine: "custom", name: "A test", status: "RUNNING",
    progress: { completed: 1, total: 2, percent: 50, currentStep: "Work", estimated: false },
    startedAt: "2026-11-20T21:00:00.000Z", updatedAt: "2026-11-20T21:00:00.000Z", endedAt: null, durationSeconds: 10,
    slaTargetSeconds: null, slaStatus: null, isSlow: false, priority: null, triggeredBy: null, triggerType: null,
    tags: {}, error: null, cause: null, search: {}, stateMachineArn: null, executionArn: null, isDrill: null, capabilities: {},
    ...but,
  };
}

export function step(but: Partial<Schemas["WorkflowStep"]> = {}): Schemas["WorkflowStep"] {
  return {
    id: "1", name: "A step", type: "Task", path: null, occurrence: 1, segment: 0, status: "succeeded",
    startedAt: "2026-11-20T21:00:00.000Z", endedAt: "2026-11-20T21:00:10.000Z", durationSeconds: 10,
    p50Seconds: null, p95Seconds: null, samples: 0, isSlow: false, attemptCount: 1, attempts: [],
    error: null, cause: null, compensation: false, laneCount: 0, counts: null, lanes: [], lanesCursor: null,
    ...but,
  };
}
