/** What is wrong with a plan, said while it is typed; with the API's places. The API says the rest. Pure. */

import type { Finding } from "../../api/problem";
import { selectionProblems } from "../selection";
import { type PlanForm, type WaveForm, nameOfWave, numberOf, wavesOf } from "./planForm";
import { cycleInWords, cyclesOf } from "./waveChecks";

const DAY = 24 * 60;

export function planProblems(form: PlanForm): Finding[] {
  return [
    ...(form.name.trim() ? [] : [{ place: "name", problem: "The plan has no name.", remedy: "Give it one: a real recovery is confirmed by typing it." }]),
    ...minutes("rtoMinutes", form.rto, 30 * DAY, true),
    ...minutes("rpoMinutes", form.rpo, 30 * DAY, true),
    ...minutes("timeoutMinutes", form.timeout, 3 * DAY),
    ...minutes("pauseTimeoutMinutes", form.pauseTimeout, 364 * DAY),
    ...(form.waves.length === 0 ? [{ place: "waves", problem: "The plan has no wave.", remedy: "Add one." }] : []),
    ...form.waves.flatMap((wave, index) => waveProblems(form, wave, index)),
    ...cycleProblems(form),
  ];
}

/** Those that matter while one types: nobody is scolded for what they have not come to yet. */
export function problemsAtOnce(form: PlanForm): Finding[] {
  return planProblems(form).filter((one) => /dependsOn/.test(one.place) || one.problem.startsWith("Not a") || /also the name/.test(one.problem));
}

function waveProblems(form: PlanForm, wave: WaveForm, index: number): Finding[] {
  const place = `waves[${index}]`;
  const found: Finding[] = [];
  const name = wave.name.trim().toLowerCase();
  const before = form.waves.findIndex((other) => other.name.trim().toLowerCase() === name);
  if (name === "") found.push({ place: `${place}.name`, problem: "This wave has no name.", remedy: "Name what it recovers." });
  else if (before < index) found.push({ place: `${place}.name`, problem: `${wave.name.trim()} is also the name of wave ${before + 1}.`, remedy: "Give each a name of its own; upper and lower case are the same." });
  if (wave.groupIds.length === 0) found.push({ place: `${place}.groupIds`, problem: "This wave has no protection group.", remedy: "Add one, or remove the wave." });
  for (const one of wave.unknown) found.push({ place: `${place}.dependsOn`, problem: `The plan has no wave ${one}.`, remedy: "Choose another, or none." });
  const elsewhere = form.waves.slice(0, index).find((other) => other.groupIds.some((id) => wave.groupIds.includes(id)));
  if (elsewhere) found.push({ place: `${place}.groupIds`, problem: `One of these groups is also in ${nameOfWave(elsewhere, form.waves.indexOf(elsewhere))}.`, remedy: "A server is launched once in a run: leave the group in one wave." });
  found.push(...minutes(`${place}.timeoutMinutes`, wave.timeout, 3 * DAY));
  if (wave.policy === "atLeast") found.push(...whole(`${place}.failurePolicy.percent`, wave.percent, 100, false));
  if (wave.policy === "critical") found.push(...selectionProblems(wave.critical, `${place}.failurePolicy.servers`));
  return found;
}

function cycleProblems(form: PlanForm): Finding[] {
  const waves = wavesOf(form);
  return cyclesOf(waves).map((cycle) => ({
    place: `waves[${waves.findIndex((wave) => wave.name === cycle[0])}].dependsOn`,
    problem: `These waves wait for each other: ${cycleInWords(cycle)}.`,
    remedy: "Remove one of these dependencies, or none of them can ever start.",
  }));
}

function minutes(place: string, text: string, most: number, optional = false): Finding[] {
  return whole(place, text, most, optional);
}

function whole(place: string, text: string, most: number, optional: boolean): Finding[] {
  const number = numberOf(text);
  if (number === null) return optional ? [] : [{ place, problem: "Nothing is given.", remedy: `Give a whole number from 1 to ${most}.` }];
  if (Number.isInteger(number) && number >= 1 && number <= most) return [];
  return [{ place, problem: `Not a whole number from 1 to ${most}: ${text.trim()}.`, remedy: "" }];
}
