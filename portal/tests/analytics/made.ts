/** Figures for tests: usual, but for what a test says. */

import type { Schemas } from "../../src/api/client";

const times = { count: 100, mean: 12, p50: 10, p95: 40, p99: 120 };
const MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders";
const cost = { estimatedUsd: 0.0421, perExecutionUsd: 0.000_4, notPriced: 0, perThousandTransitionsUsd: 0.025, priceAsOf: "2026-11-01" };

export function step(but: Partial<Schemas["StepFigures"]> = {}): Schemas["StepFigures"] {
  return { type: "orders", stateMachine: MACHINE, state: "Charge", occurrences: 100, failed: 2, attempts: 110, retries: 10, retryRate: 10 / 110, duration: times, ...but };
}

export function analytics(but: Partial<Schemas["Analytics"]> = {}): Schemas["Analytics"] {
  return {
    period: "24h", from: "2026-11-19T21:00:00.000Z", until: "2026-11-20T21:13:00.000Z",
    executions: { ended: 100, completed: 95, failed: 3, timedOut: 1, cancelled: 1, other: 0, redrives: 0, failureRate: 0.04 },
    sla: { met: 47, missed: 3, compliance: 0.94 }, duration: times, moreTypes: 0,
    types: [{ type: "orders", ended: 100, completed: 95, failed: 3, timedOut: 1, cancelled: 1, other: 0, redrives: 0, failureRate: 0.04, sla: { met: 47, missed: 3, compliance: 0.94 }, duration: times, completedDuration: times, transitions: { counted: 1000, estimated: 1100, perExecution: 11 }, cost }],
    failures: {
      byState: [{ type: "orders", stateMachine: MACHINE, state: "Charge", failures: 2, visits: 100, rate: 0.02, share: 0.5 }],
      byFingerprint: [{ fingerprint: "a1b2c3", type: "orders", stateMachine: MACHINE, state: "Charge", error: "CardDeclined", failures: 2, rate: 0.02, share: 0.5 }],
      withoutState: 1,
    },
    slowestSteps: [step(), step({ state: "Pack", failed: 0, retries: 0, retryRate: 0, duration: { ...times, p95: 10 } })],
    retries: { attempts: 210, retries: 10, retryRate: 10 / 210, steps: [step()] },
    transitions: { counted: 1000, estimated: 1100, perExecution: 11 }, cost,
    completeness: { executions: 100, historyRead: 91, share: 0.91, toBeRead: 4, notRead: { noBudget: 4, gone: 5, none: 0 }, leftOut: { type: 0, step: 0, state: 0, failure: 0 }, firstPeriod: null, updatedAt: "2026-11-20T21:12:00.000Z" },
    ...but,
  };
}
