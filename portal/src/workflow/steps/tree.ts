/** The tree of steps as the API tells it in parts, put together and laid out as rows. Pure. */

import type { Schemas } from "../../api/client";

export type Step = Schemas["WorkflowStep"];
export type Lane = Schemas["WorkflowLane"];
export type Part = Schemas["WorkflowSteps"];

/** A part that has to be asked for: of the top, of a step's lanes, or of a lane's steps. */
export interface Place {
  readonly within: string | null;
  readonly lane: string | null;
  readonly cursor: string | null;
}

export type Row =
  | { readonly kind: "step"; readonly key: string; readonly depth: number; readonly step: Step; readonly open: boolean | null }
  | { readonly kind: "lane"; readonly key: string; readonly depth: number; readonly lane: Lane; readonly of: Step; readonly open: boolean | null }
  | { readonly kind: "more"; readonly key: string; readonly depth: number; readonly place: Place; readonly words: string };

/** More branches than this are shown as one counted line until somebody opens it. */
export const SIDE_BY_SIDE = 5;

export function placeKey(place: Place): string {
  return [place.within ?? "", place.lane ?? "", place.cursor ?? ""].join("\n");
}

export interface Tree {
  readonly top: readonly Step[];
  readonly next: string | null;
  /** Parts that were asked for since, by `placeKey`. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** @param toggled keys of rows that were opened or closed by hand. */
export function rowsOf(tree: Tree, toggled: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  addSteps(rows, tree, toggled, tree.top, 0, "", { within: null, lane: null, cursor: tree.next });
  return rows;
}

function addSteps(rows: Row[], tree: Tree, toggled: ReadonlySet<string>, steps: readonly Step[], depth: number, under: string, rest: Place) {
  for (const step of steps) addStep(rows, tree, toggled, step, depth, under);
  if (rest.cursor === null) return;
  const part = tree.parts.get(placeKey(rest));
  if (part) addSteps(rows, tree, toggled, part.steps, depth, under, { ...rest, cursor: part.nextCursor });
  else rows.push({ kind: "more", key: `${under}more:${placeKey(rest)}`, depth, place: rest, words: "More steps" });
}

function addStep(rows: Row[], tree: Tree, toggled: ReadonlySet<string>, step: Step, depth: number, under: string) {
  const key = `${under}${step.id}`;
  const isOpen = step.laneCount > 0 ? opensByItself(step) !== toggled.has(key) : null;
  rows.push({ kind: "step", key, depth, step, open: isOpen });
  if (isOpen) addLanes(rows, tree, toggled, step, step.lanes, depth + 1, `${key}/`, firstRest(step));
}

/** Where nothing came along, everything has still to be asked for. */
function firstRest(step: Step): Place | null {
  if (step.lanesCursor !== null) return { within: step.id, lane: null, cursor: step.lanesCursor };
  return step.lanes.length < step.laneCount ? { within: step.id, lane: null, cursor: null } : null;
}

function opensByItself(step: Step): boolean {
  const troubled = step.status === "failed" || step.status === "running" || step.status === "timedOut";
  return step.laneCount <= SIDE_BY_SIDE || (troubled && step.laneCount <= 4 * SIDE_BY_SIDE);
}

function addLanes(rows: Row[], tree: Tree, toggled: ReadonlySet<string>, step: Step, lanes: readonly Lane[], depth: number, under: string, rest: Place | null) {
  for (const lane of lanes) addLane(rows, tree, toggled, step, lane, depth, under);
  if (rest === null) return;
  const part = tree.parts.get(placeKey(rest));
  if (part) {
    const next = part.nextCursor === null ? null : { ...rest, cursor: part.nextCursor };
    addLanes(rows, tree, toggled, step, part.lanes, depth, under, next);
  } else {
    rows.push({ kind: "more", key: `${under}more:${placeKey(rest)}`, depth, place: rest, words: moreWords(step) });
  }
}

function moreWords(step: Step): string {
  if (step.type === "Wave") return `${step.counts?.total ?? ""} servers`.trim();
  return step.type === "Map" ? "More iterations" : "More branches";
}

function addLane(rows: Row[], tree: Tree, toggled: ReadonlySet<string>, of: Step, lane: Lane, depth: number, under: string) {
  const rest = { within: of.id, lane: lane.id, cursor: lane.stepsCursor };
  const key = `${under}${lane.id}`;
  if (of.type === "Wave") {
    // A wave's servers are one after the other in one lane, which says nothing by itself.
    addSteps(rows, tree, toggled, lane.steps, depth, `${key}/`, rest);
    return;
  }
  const isOpen = lane.stepCount > 0 || lane.steps.length > 0 ? (of.laneCount <= SIDE_BY_SIDE || lane.status === "failed") !== toggled.has(key) : null;
  rows.push({ kind: "lane", key, depth, lane, of, open: isOpen });
  if (!isOpen) return;
  addSteps(rows, tree, toggled, lane.steps, depth + 1, `${key}/`, rest);
  if (lane.steps.length === 0 && lane.stepsCursor === null && lane.stepCount > 0) {
    const place = { within: of.id, lane: lane.id, cursor: null };
    const part = tree.parts.get(placeKey(place));
    if (part) addSteps(rows, tree, toggled, part.steps, depth + 1, `${key}/`, { ...place, cursor: part.nextCursor });
    else rows.push({ kind: "more", key: `${key}/more`, depth: depth + 1, place, words: "Steps" });
  }
}

/** What a lane is called. */
export function laneName(of: Step, lane: Lane): string {
  const word = of.type === "Map" ? "Iteration" : "Branch";
  const round = lane.round > 1 ? `, round ${lane.round}` : "";
  return `${word} ${lane.index + 1}${round}`;
}

/** `2 of 3`: which attempt it is, of how many the policy allows. */
export function attemptsInWords(step: Step): string {
  if (step.attemptCount === 0) return "–";
  const maximum = step.attempts.at(-1)?.maximum ?? null;
  if (step.attemptCount === 1 && (maximum === null || maximum <= 1)) return "1";
  return maximum === null ? `${step.attemptCount}` : `${step.attemptCount} of ${maximum}`;
}

/** The loaded step of this id, wherever it is. */
export function stepOf(tree: Tree, id: string): Step | null {
  const waiting: Step[] = [...tree.top, ...[...tree.parts.values()].flatMap((part) => [...part.steps, ...part.lanes.flatMap((lane) => lane.steps)])];
  while (waiting.length > 0) {
    const step = waiting.pop();
    if (step === undefined) break;
    if (step.id === id) return step;
    waiting.push(...step.lanes.flatMap((lane) => lane.steps));
  }
  return null;
}
