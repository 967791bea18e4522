/** A plan as it is typed, and as the API takes it. Pure: numbers are text until they are sent. */

import type { Schemas } from "../../api/client";
import { NO_SELECTION, type SelectionForm, formOfSelection, selectionOf } from "../selection";

export type Plan = Schemas["Plan"];
export type PlanDraft = Schemas["PlanDraft"];
type Policy = Schemas["WaveDraft"]["failurePolicy"];

export interface WaveForm {
  /** Stays the same when the wave is renamed, so that what depends on it still does. */
  readonly key: number;
  readonly name: string;
  readonly groupIds: readonly string[];
  readonly dependsOn: readonly number[];
  /** Names that are no wave's, as a stored plan might have: shown, and kept until they are removed. */
  readonly unknown: readonly string[];
  readonly pauseBefore: boolean;
  readonly timeout: string;
  readonly policy: Policy["kind"];
  readonly percent: string;
  readonly critical: SelectionForm;
}

export interface PlanForm {
  readonly name: string;
  readonly onFailure: Schemas["OnFailure"];
  readonly rto: string;
  readonly rpo: string;
  readonly timeout: string;
  readonly pauseTimeout: string;
  readonly waves: readonly WaveForm[];
}

export function newWave(key: number, name = "", dependsOn: readonly number[] = []): WaveForm {
  return { key, name, groupIds: [], dependsOn, unknown: [], pauseBefore: false, timeout: "120", policy: "all", percent: "80", critical: NO_SELECTION };
}

export const NEW_PLAN: PlanForm = {
  name: "",
  onFailure: "stop",
  rto: "",
  rpo: "",
  timeout: "1440",
  pauseTimeout: "1440",
  waves: [newWave(0)],
};

/** After the last wave, depending on it: what a plan written from top to bottom means. */
export function withWave(form: PlanForm): PlanForm {
  const last = form.waves.at(-1);
  const key = Math.max(-1, ...form.waves.map((wave) => wave.key)) + 1;
  return { ...form, waves: [...form.waves, newWave(key, "", last ? [last.key] : [])] };
}

/** What depended on it depends on what it depended on, so that the order of the others stays. */
export function withoutWave(form: PlanForm, key: number): PlanForm {
  const gone = form.waves.find((wave) => wave.key === key);
  return {
    ...form,
    waves: form.waves
      .filter((wave) => wave.key !== key)
      .map((wave) =>
        wave.dependsOn.includes(key)
          ? { ...wave, dependsOn: [...new Set([...wave.dependsOn.filter((one) => one !== key), ...(gone?.dependsOn ?? [])])].filter((one) => one !== wave.key && one !== key) }
          : wave,
      ),
  };
}

export function changedWave(form: PlanForm, key: number, change: Partial<WaveForm>): PlanForm {
  return { ...form, waves: form.waves.map((wave) => (wave.key === key ? { ...wave, ...change } : wave)) };
}

/** Waves by name, as a graph is drawn of them; a wave without a name yet has its place for one. */
export function wavesOf(form: PlanForm): { name: string; dependsOn: string[] }[] {
  const names = new Map(form.waves.map((wave, index) => [wave.key, nameOfWave(wave, index)]));
  return form.waves.map((wave, index) => ({
    name: nameOfWave(wave, index),
    dependsOn: wave.dependsOn.flatMap((key) => names.get(key) ?? []),
  }));
}

export function nameOfWave(wave: WaveForm, index: number): string {
  return wave.name.trim() || `wave ${index + 1}`;
}

export function formOf(plan: PlanDraft): PlanForm {
  const keys = new Map(plan.waves.map((wave, index) => [wave.name, index] as const).reverse());
  return {
    name: plan.name,
    onFailure: plan.onFailure,
    rto: textOf(plan.rtoMinutes),
    rpo: textOf(plan.rpoMinutes),
    timeout: textOf(plan.timeoutMinutes),
    pauseTimeout: textOf(plan.pauseTimeoutMinutes),
    waves: plan.waves.map((wave, key) => ({
      ...newWave(key, wave.name),
      groupIds: wave.groupIds,
      dependsOn: [...new Set(wave.dependsOn.flatMap((name) => keys.get(name) ?? []))],
      unknown: wave.dependsOn.filter((name) => !keys.has(name)),
      pauseBefore: wave.pauseBefore,
      timeout: textOf(wave.timeoutMinutes),
      policy: wave.failurePolicy.kind,
      ...(wave.failurePolicy.kind === "atLeast" ? { percent: textOf(wave.failurePolicy.percent) } : {}),
      ...(wave.failurePolicy.kind === "critical" ? { critical: formOfSelection(wave.failurePolicy.servers) } : {}),
    })),
  };
}

export function bodyOf(form: PlanForm): PlanDraft {
  const names = new Map(form.waves.map((wave) => [wave.key, wave.name]));
  return {
    name: form.name.trim(),
    onFailure: form.onFailure,
    rtoMinutes: numberOf(form.rto),
    rpoMinutes: numberOf(form.rpo),
    timeoutMinutes: numberOf(form.timeout) ?? Number.NaN,
    pauseTimeoutMinutes: numberOf(form.pauseTimeout) ?? Number.NaN,
    waves: form.waves.map((wave) => ({
      name: wave.name.trim(),
      groupIds: [...wave.groupIds],
      dependsOn: [...wave.dependsOn.flatMap((key) => names.get(key)?.trim() ?? []), ...wave.unknown],
      pauseBefore: wave.pauseBefore,
      timeoutMinutes: numberOf(wave.timeout) ?? Number.NaN,
      failurePolicy: policyOf(wave),
    })),
  };
}

function policyOf(wave: WaveForm): Policy {
  if (wave.policy === "atLeast") return { kind: "atLeast", percent: numberOf(wave.percent) ?? Number.NaN };
  if (wave.policy === "critical") return { kind: "critical", servers: selectionOf(wave.critical) };
  return { kind: "all" };
}

function textOf(number: number | null | undefined): string {
  return number === null || number === undefined ? "" : String(number);
}

/** null where nothing is typed; NaN where it is no whole number. */
export function numberOf(text: string): number | null {
  const typed = text.trim();
  if (typed === "") return null;
  return /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
}
