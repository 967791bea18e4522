/** How hot each state of a machine is: by how often it fails, or by how long it takes. Pure. */

import { duration } from "../time/duration";
import { type Analytics, percent } from "./figures";

export type Kind = "failures" | "latency";

export interface Heat {
  /** From 0, nothing, to 1, the hottest of this machine. */
  readonly level: number;
  readonly words: string;
}

export interface Machine {
  readonly arn: string;
  readonly type: string;
}

/** The machines of which anything is known by state, those with the most failures first. */
export function machinesOf(told: Pick<Analytics, "failures" | "slowestSteps" | "retries">): Machine[] {
  const found = new Map<string, Machine>();
  for (const one of [...told.failures.byState, ...told.slowestSteps, ...told.retries.steps]) {
    if (one.stateMachine && !found.has(one.stateMachine)) found.set(one.stateMachine, { arn: one.stateMachine, type: one.type });
  }
  return [...found.values()];
}

/** By the state's name. A state of which nothing is told is not in it: it is not known to be cold. */
export function heatOf(told: Pick<Analytics, "failures" | "slowestSteps" | "retries">, machine: string, kind: Kind): ReadonlyMap<string, Heat> {
  return kind === "failures" ? failureHeat(told, machine) : latencyHeat(told, machine);
}

/** A rate is heat as it is; where visits are not known, the share of the machine's failures is. */
function failureHeat(told: Pick<Analytics, "failures" | "slowestSteps" | "retries">, machine: string): ReadonlyMap<string, Heat> {
  const heat = new Map<string, Heat>();
  for (const step of stepsOf(told, machine)) {
    if (step.state) heat.set(step.state, { level: 0, words: `no failure in ${step.occurrences}` });
  }
  const failing = told.failures.byState.filter((one) => one.stateMachine === machine);
  const all = failing.reduce((sum, one) => sum + one.failures, 0);
  for (const one of failing) {
    if (!one.state) continue;
    const level = one.rate ?? one.failures / all;
    heat.set(one.state, { level: Math.min(1, level), words: one.rate === null || one.visits === null ? `${one.failures} failed` : `${percent(one.rate)} of ${one.visits} failed` });
  }
  return heat;
}

function latencyHeat(told: Pick<Analytics, "slowestSteps" | "retries">, machine: string): ReadonlyMap<string, Heat> {
  const steps = stepsOf(told, machine).filter((one) => one.state && one.duration.p95 !== null);
  const slowest = Math.max(...steps.map((one) => one.duration.p95 ?? 0), 0);
  return new Map(
    steps.map((one): [string, Heat] => {
      const p95 = one.duration.p95 ?? 0;
      return [one.state ?? "", { level: slowest > 0 ? Math.sqrt(p95 / slowest) : 0, words: `p95 ${duration(p95)}` }];
    }),
  );
}

function stepsOf(told: Pick<Analytics, "slowestSteps" | "retries">, machine: string) {
  const found = new Map<string | null, Analytics["slowestSteps"][number]>();
  for (const one of [...told.slowestSteps, ...told.retries.steps]) {
    if (one.stateMachine === machine && !found.has(one.state)) found.set(one.state, one);
  }
  return [...found.values()];
}
