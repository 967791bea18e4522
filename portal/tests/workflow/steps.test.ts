import fc from "fast-check";
import { expect, test } from "vitest";
import type { Schemas } from "../../src/api/client";
import { barsOf, wholeSpan } from "../../src/workflow/gantt/bars";
import { idOfExecution } from "../../src/workflow/useWorkflow";
import { windowOf } from "../../src/workflow/WorkflowPage";
import { matching } from "../../src/workflow/machine/EventsTab";
import { standingOf } from "../../src/workflow/diagram/standing";
import { type Step, type Tree, attemptsInWords, placeKey, rowsOf, stepOf } from "../../src/workflow/steps/tree";
import { phasesOf } from "../../src/workflow/waves/phases";
import { WAVE_HEIGHT, WAVE_WIDTH, waveGraph } from "../../src/workflow/waves/waveGraph";
import { step } from "../made";

const NONE = new Set<string>();

function lane(id: string, steps: Step[], but: Partial<Schemas["WorkflowLane"]> = {}): Schemas["WorkflowLane"] {
  return { id, index: Number(id), round: 1, status: "succeeded", startedAt: null, endedAt: null, durationSeconds: null, stepCount: steps.length, steps, stepsCursor: null, ...but };
}

function tree(top: Step[], parts: Tree["parts"] = new Map(), next: string | null = null): Tree {
  return { top, next, parts };
}

function parallel(count: number, but: Partial<Step> = {}): Step {
  return step({ id: "p", name: "Fan out", type: "Parallel", laneCount: count, lanes: Array.from({ length: count }, (_, at) => lane(`${at}`, [step({ id: `s${at}` })])), ...but });
}

test("up to five branches stand side by side; more are one line until somebody opens it", () => {
  expect(rowsOf(tree([parallel(5)]), NONE)).toHaveLength(1 + 5 * 2);
  expect(rowsOf(tree([parallel(6)]), NONE)).toHaveLength(1);
  expect(rowsOf(tree([parallel(6)]), new Set(["p"])).filter((row) => row.kind === "lane")).toHaveLength(6);
  expect(rowsOf(tree([parallel(12, { status: "failed" })]), NONE).length).toBeGreaterThan(1);
});

test("what did not come along is asked for, and is then in its place", () => {
  const one = step({ id: "m", type: "Map", laneCount: 3, lanes: [lane("0", [])], lanesCursor: "next" });
  const place = { within: "m", lane: null, cursor: "next" };
  const before = rowsOf(tree([one, step({ id: "z", name: "After" })]), NONE);
  expect(before.map((row) => row.kind)).toEqual(["step", "lane", "more", "step"]);
  expect(before[2]).toMatchObject({ place });
  const parts = new Map([[placeKey(place), { steps: [], lanes: [lane("1", []), lane("2", [])], nextCursor: null, total: 3 }]]);
  expect(rowsOf(tree([one], parts), NONE).map((row) => row.kind)).toEqual(["step", "lane", "lane", "lane"]);
  expect(rowsOf(tree([], new Map(), "c"), NONE)).toMatchObject([{ kind: "more", place: { within: null, cursor: "c" } }]);
});

const anyStep: fc.Arbitrary<Step> = fc.letrec<{ step: Step }>((tie) => ({
  step: fc
    .record({ id: fc.uuid(), status: fc.constantFrom("running", "succeeded", "failed", "odd"), started: fc.option(fc.integer({ min: 0, max: 1e9 })), ended: fc.option(fc.integer({ min: 0, max: 1e9 })), inside: fc.oneof({ maxDepth: 2, depthIdentifier: "steps" }, fc.constant<Step[]>([]), fc.array(tie("step"), { minLength: 1, maxLength: 2 })) })
    .map(({ id, status, started, ended, inside }) =>
      step({ id, status, startedAt: started === null ? null : new Date(started).toISOString(), endedAt: ended === null ? null : new Date(ended).toISOString(), laneCount: inside.length, lanes: inside.map((one, at) => lane(`${at}`, [one])) })),
})).step;

test("any steps give rows with keys of their own, each found again, and bars that never end before they begin", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 4 }), (steps) => {
      const whole = tree(steps);
      const rows = rowsOf(whole, NONE);
      expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
      for (const row of rows) {
        if (row.kind === "step") expect(stepOf(whole, row.step.id)?.id).toBe(row.step.id);
        for (const bar of barsOf(row, 2e9)) expect(bar.to).toBeGreaterThanOrEqual(bar.from);
      }
      const span = wholeSpan(rows, "1970-01-01T00:00:00.000Z", null, 2e9);
      expect(span.to).toBeGreaterThan(span.from);
    }),
    { numRuns: 30 },
  );
});

function attempt(but: Partial<Step["attempts"][number]>): Step["attempts"][number] {
  return { number: 1, maximum: 3, status: "failed", resource: null, scheduledAt: null, startedAt: null, endedAt: null, durationSeconds: null, backoffSeconds: null, waitsForAnswer: false, error: null, cause: null, requestId: null, executionArn: null, ...but };
}

test("each attempt is a bar, with the waits before and after it", () => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const one = step({ attemptCount: 2, startedAt: at(0), endedAt: null, attempts: [attempt({ scheduledAt: at(0), startedAt: at(1), endedAt: at(2), backoffSeconds: 3 }), attempt({ number: 2, status: "running", scheduledAt: at(5), startedAt: at(5), waitsForAnswer: true })] });
  const bars = barsOf({ kind: "step", key: "1", depth: 0, step: one, open: null }, 9000);
  expect(bars.map((bar) => [bar.kind, bar.from / 1000, bar.to / 1000, bar.open])).toEqual([["waiting", 0, 1, false], ["attempt", 1, 2, false], ["backoff", 2, 5, false], ["answer", 5, 9, true]]);
  expect(attemptsInWords(one)).toBe("2 of 3");
});

test("of a state that was visited often what runs counts, then what failed in any branch, of each its last visit", () => {
  const standing = standingOf([[{ name: "A", status: "succeeded" }, { name: "B", status: "failed" }, { name: "A", status: "running" }], [{ name: "B", status: "succeeded" }]]);
  expect(standing.byName.get("A")).toEqual({ status: "running", visits: 2 });
  expect(standing.byName.get("B")?.status).toBe("failed");
  expect([...standing.taken]).toEqual(["A\nB", "B\nA"]);
});

test("waves stand beside each other without touching, whatever depends on what", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  fc.assert(
    fc.property(fc.array(fc.subarray([...names, "nobody"]), { minLength: 6, maxLength: 6 }), (dependsOn) => {
      const { waves } = waveGraph(names.map((name, at) => ({ name, dependsOn: dependsOn[at] ?? [] })));
      expect(waves).toHaveLength(names.length);
      waves.forEach((one, at) => {
        for (const other of waves.slice(at + 1)) expect(Math.abs(one.x - other.x) >= WAVE_WIDTH || Math.abs(one.y - other.y) >= WAVE_HEIGHT).toBe(true);
      });
    }),
    { numRuns: 40 },
  );
});

test("the phases of a launch are done, now, failed or ahead", () => {
  const seen = { SNAPSHOT_START: "t", SNAPSHOT_END: "t", CONVERSION_START: "t" };
  const states = (status: string, phases: Record<string, string>) => phasesOf({ status, phases, launchedAt: null, confirmedAt: null }).map((phase) => phase.state);
  expect(states("LAUNCHING", seen)).toEqual(["done", "now", "ahead", "ahead"]);
  expect(states("FAILED", seen)).toEqual(["done", "failed", "ahead", "ahead"]);
  expect(states("LAUNCHED", {})).toEqual(["done", "done", "done", "done"]);
});

test("events are found by any word in them, and failures apart", () => {
  const events = [{ id: 1, type: "TaskFailed", cause: "Timeout" }, { id: 2, type: "TaskSucceeded" }];
  expect(matching(events, "timeout", false)).toHaveLength(1);
  expect(matching(events, "", true)).toMatchObject([{ id: 1 }]);
});

test("a window of the Gantt in an address is of the run; an odd one is none", () => {
  expect(windowOf("1000-2000", 500)).toEqual({ from: 1500, to: 2500 });
  for (const odd of [null, "", "2000-1000", "a-b", "1-99999999999999999"]) expect(windowOf(odd, 0)).toBeNull();
});

test("an execution is looked at under its ARN in base64url", () => {
  expect(idOfExecution("arn:aws:states:eu-west-1:111122223333:execution:Orders:one>?")).toBe(Buffer.from("arn:aws:states:eu-west-1:111122223333:execution:Orders:one>?").toString("base64url"));
});
