import fc from "fast-check";
import { expect, test } from "vitest";
import { errorAt, elsewhere } from "../../src/recovery/findings";
import { bodyOfGroup, formOfGroup, groupProblems, NEW_GROUP } from "../../src/recovery/groups/groupForm";
import { NEW_PLAN, bodyOf, changedWave, formOf, numberOf, wavesOf, withWave, withoutWave } from "../../src/recovery/plans/planForm";
import { planProblems, problemsAtOnce } from "../../src/recovery/plans/planProblems";
import { type Waiting, cycleInWords, cyclesOf, dependantsOf, isOnCycle, stagesOf } from "../../src/recovery/plans/waveChecks";
import { measuredRuns, measuredSeconds, noCleanup, verdictOf } from "../../src/recovery/runs/objective";
import { fileName } from "../../src/recovery/runs/report";
import { idsOf, matches, selectionOf, selectionProblems } from "../../src/recovery/selection";
import { overtakenBy } from "../../src/recovery/useSaving";
import { Refused } from "../../src/api/problem";
import { addresses, routeOf } from "../../src/navigation/routes";
import { group, plan, run, wave } from "./made";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const graphs = fc
  .subarray(NAMES, { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((name) => fc.subarray(NAMES).map((dependsOn): Waiting => ({ name, dependsOn })))));

test("every wave is in a stage, or on a cycle or behind one", () => {
  fc.assert(fc.property(graphs, (waves) => {
    const staged = stagesOf(waves).flat();
    expect(new Set(staged).size).toBe(staged.length);
    expect(staged.length === waves.length).toBe(cyclesOf(waves).length === 0);
  }));
});

test("a stage starts when all that it waits for was in an earlier one", () => {
  fc.assert(fc.property(graphs, (waves) => {
    const known = new Set(waves.map((one) => one.name));
    const done = new Set<string>();
    for (const stage of stagesOf(waves)) {
      for (const name of stage) {
        const needs = waves.find((one) => one.name === name)?.dependsOn.filter((one) => known.has(one) && one !== name) ?? [];
        expect(needs.every((one) => done.has(one))).toBe(true);
      }
      for (const name of stage) done.add(name);
    }
  }));
});

test("each cycle is one, and without one dependency of each none is left at last", () => {
  fc.assert(fc.property(graphs, (drawn) => {
    let waves: Waiting[] = drawn;
    for (let round = 0; cyclesOf(waves).length > 0; round += 1) {
      expect(round).toBeLessThan(40);
      const cycles = cyclesOf(waves);
      for (const cycle of cycles) {
        cycle.forEach((name, index) => {
          const next = cycle[(index + 1) % cycle.length] ?? "";
          expect(waves.find((one) => one.name === name)?.dependsOn).toContain(next);
          expect(isOnCycle(cycles, name, next)).toBe(true);
        });
      }
      const [first, second] = cycles[0] ?? [];
      waves = waves.map((one) => (one.name === first ? { ...one, dependsOn: one.dependsOn.filter((other) => other !== second) } : one));
    }
  }));
});

test("a cycle reads as a way that comes back", () => {
  const waves = [wave({ name: "web", dependsOn: ["app"] }), wave({ name: "app", dependsOn: ["web"] }), wave({ name: "later", dependsOn: ["app"] })];
  expect(cyclesOf(waves).map(cycleInWords)).toEqual(["web → app → web"]);
  expect(dependantsOf(waves, "web")).toEqual(["app", "later"]);
});

test("a plan that was loaded is sent as it was", () => {
  const { planId: _1, version: _2, createdAt: _3, updatedAt: _4, updatedBy: _5, ...draft } = plan({
    waves: [wave({ name: "database" }), wave({ name: "app", groupIds: ["g-2"], dependsOn: ["database"], failurePolicy: { kind: "critical", servers: { ids: ["s-0123456789abcdef0"] } } }), wave({ name: "web", groupIds: ["g-3"], dependsOn: ["database", "app"], failurePolicy: { kind: "atLeast", percent: 60 } })],
  });
  expect(bodyOf(formOf(draft))).toEqual(draft);
  expect(planProblems(formOf(draft))).toEqual([]);
});

test("what depends on a wave still does when it is renamed", () => {
  const form = changedWave(formOf(plan()), 0, { name: "storage" });
  expect(bodyOf(form).waves.map((one) => [one.name, one.dependsOn])).toEqual([["storage", []], ["web", ["storage"]]]);
});

test("a wave that goes leaves the order of the others as it was", () => {
  const three = withWave(withWave(changedWave(NEW_PLAN, 0, { name: "one" })));
  const named = changedWave(changedWave(three, 1, { name: "two" }), 2, { name: "three" });
  expect(wavesOf(withoutWave(named, 1))).toEqual([{ name: "one", dependsOn: [] }, { name: "three", dependsOn: ["one"] }]);
});

test("a dependency on a wave that does not exist is shown, and kept until somebody removes it", () => {
  const form = formOf(plan({ waves: [wave({ name: "web", dependsOn: ["gone"] })] }));
  expect(bodyOf(form).waves[0]?.dependsOn).toEqual(["gone"]);
  expect(errorAt(planProblems(form), "waves[0].dependsOn")).toContain("The plan has no wave gone.");
});

test("a cycle is told at once, an empty name only when it is to be saved", () => {
  const form = { ...formOf(plan()), name: "" };
  const turned = changedWave(form, 0, { dependsOn: [1] });
  expect(problemsAtOnce(turned).map((one) => one.problem)).toEqual(["These waves wait for each other: database → web → database."]);
  expect(planProblems(turned).map((one) => one.place)).toContain("name");
});

test.each([["", null], [" 12 ", 12], ["0", 0], ["1.5", Number.NaN], ["-3", Number.NaN], ["ten", Number.NaN]])("%j is the number %j", (text, number) => {
  expect(numberOf(text)).toEqual(number);
});

test.each([["rto", "0", "rtoMinutes"], ["timeout", "", "timeoutMinutes"], ["timeout", "5000", "timeoutMinutes"], ["pauseTimeout", "soon", "pauseTimeoutMinutes"]])("%s of %j is told at %s", (field, text, place) => {
  expect(planProblems({ ...formOf(plan()), [field]: text }).map((one) => one.place)).toEqual([place]);
});

test("a group in two waves, and two waves of one name, are told at the second", () => {
  const form = formOf(plan({ waves: [wave({ name: "Web" }), wave({ name: "web" })] }));
  expect(planProblems(form).map((one) => one.place)).toEqual(["waves[1].name", "waves[1].groupIds"]);
});

test("what the API says of a place stands at its field, and nothing gets lost", () => {
  const told = [{ place: "waves[1].dependsOn[0]", problem: "A.", remedy: "" }, { place: "waves[10].name", problem: "B.", remedy: "" }, { place: "odd", problem: "C.", remedy: "" }];
  expect(errorAt(told, "waves[1].dependsOn")).toBe("A.");
  expect(errorAt(told, "waves[1].name")).toBeUndefined();
  expect(elsewhere(told, ["waves[1].dependsOn", "waves[10].name"]).map((one) => one.problem)).toEqual(["C."]);
});

test("a selection is either ids or tags, and means no server when it is empty", () => {
  const server = { sourceServerId: "s-0123456789abcdef0", tags: { tier: "database", application: "shop" } };
  expect(idsOf("s-1, s-2\n\ns-1")).toEqual(["s-1", "s-2"]);
  expect(matches({ tags: { tier: "database" } }, server)).toBe(true);
  expect(matches({ tags: { tier: "database", site: "x" } }, server)).toBe(false);
  expect(matches({ tags: {} }, server)).toBe(false);
  expect(selectionOf({ by: "ids", ids: "s-0123456789abcdef0", tags: [{ key: "a", value: "b" }] })).toEqual({ ids: ["s-0123456789abcdef0"] });
  expect(selectionProblems({ by: "ids", ids: "i-123", tags: [] }, "servers")[0]?.problem).toContain("i-123");
  expect(selectionProblems({ by: "tags", ids: "", tags: [{ key: "a", value: "1" }, { key: "a", value: "2" }] }, "servers")[0]?.problem).toContain("twice");
});

test("a group that was loaded is sent as it was", () => {
  const { name, accountId, region, servers } = group();
  expect(bodyOfGroup(formOfGroup(group()))).toEqual({ name, accountId, region, servers });
  expect(groupProblems(formOfGroup(group()))).toEqual([]);
  expect(groupProblems(NEW_GROUP).map((one) => one.place)).toEqual(["name", "accountId", "region", "servers.tags"]);
});

test.each([
  [{}, "Met"],
  [{ elapsedSeconds: 5401 }, "Missed"],
  [{ elapsedSeconds: 5400 }, "Met"],
  [{ status: "FAILED" }, "Not met"],
  [{ status: "CANCELLED" }, null],
  [{ rtoMinutes: null }, null],
  [{ status: "RUNNING", elapsedSeconds: 10 }, "On track"],
  [{ status: "RUNNING", elapsedSeconds: 5000, rtoAtRisk: true }, "At risk"],
  [{ status: "PAUSED", elapsedSeconds: 6000 }, "Missed already"],
  [{ status: "RUNNING", elapsedSeconds: 10, rtoMissed: true }, "Missed already"],
] as const)("a run of %j has its target %s", (but, words) => {
  expect(verdictOf(run(but))?.words ?? null).toBe(words);
});

test("only what completed has a recovery time, and is drawn, the oldest first", () => {
  const late = run({ executionId: "b", startedAt: "2026-11-20T10:00:00.000Z" });
  const early = run({ executionId: "a", startedAt: "2026-11-19T10:00:00.000Z" });
  expect(measuredSeconds(run({ status: "FAILED" }))).toBeNull();
  expect(measuredRuns([late, run({ status: "CANCELLED" }), early]).map((one) => one.executionId)).toEqual(["a", "b"]);
});

test("a real recovery is never offered for cleanup, nor a drill that runs", () => {
  expect(noCleanup(run())).toBeNull();
  expect(noCleanup(run({ isDrill: false }))).toContain("production");
  expect(noCleanup(run({ status: "RUNNING" }))).toContain("still runs");
});

test("a report's file has a name that any disk takes", () => {
  fc.assert(fc.property(fc.string(), (planName) => {
    expect(fileName({ planName, startedAt: "2026-11-20T16:27:32.000Z" }, "html")).toMatch(/^breakwater-\w[\w-]*-2026-11-20T1627\.html$/);
  }));
  expect(fileName({ planName: "Größe: süd/1", startedAt: "2026-11-20T16:27:32.000Z" }, "json")).toMatch(/^breakwater-[\w-]+-2026-11-20T1627\.json$/);
});

test("only a conflict of versions has somebody else's save in it", () => {
  const stored = plan({ version: 4 });
  expect(overtakenBy(new Refused(409, "conflict", "m", { yours: {}, stored }, null))).toEqual(stored);
  expect(overtakenBy(new Refused(409, "conflict", "name taken", { planId: "p-2" }, null))).toBeNull();
  expect(overtakenBy(new Refused(422, "invalid", "m", { stored }, null))).toBeNull();
});

test.each([
  [addresses.recovery(), { page: "recovery" }],
  [addresses.plan("a/b"), { page: "plan", id: "a/b" }],
  [addresses.editPlan("new-plan"), { page: "planForm", id: "new-plan" }],
  [addresses.newPlan, { page: "planForm", id: null }],
  [addresses.group("g 1"), { page: "group", id: "g 1" }],
  [addresses.editGroup("g 1"), { page: "groupForm", id: "g 1" }],
  [addresses.newGroup, { page: "groupForm", id: null }],
  ["/history", { page: "history" }],
  ["/analytics", { page: "analytics" }],
  ["/recovery/plans/x/odd", { page: "nowhere" }],
  ["/history/x", { page: "nowhere" }],
])("%s is a page of its own", (address, route) => {
  expect(routeOf(address)).toEqual(route);
});
