import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allBoxes, allWays, graphOf, ruleInWords } from "../../src/workflow/diagram/graph";
import { type PlacedBox, isMark, layoutOf } from "../../src/workflow/diagram/layout";

// Beside the checkout, as the recorded histories of the Python tests.
const RECORDED = join(process.env.BREAKWATER_RECORDED ?? join(process.cwd(), "../../shared/recorded"), "definitions.json");
const recorded: Record<string, unknown> = existsSync(RECORDED) ? JSON.parse(readFileSync(RECORDED, "utf8")) : {};

type Asl = { StartAt?: string; States?: Record<string, Record<string, unknown>> };

/** Names of states and ways, counted in the definition itself and not by the code under test. */
function told(machine: Asl): { states: number; ways: number } {
  const sum = { states: 0, ways: 0 };
  for (const state of Object.values(machine.States ?? {})) {
    sum.states += 1;
    const targets = new Set<string>();
    if (state.Next) targets.add(`n${state.Next}`);
    if (state.Default) targets.add(`n${state.Default}`);
    for (const rule of (state.Choices as Asl[] | undefined) ?? []) targets.add(`n${(rule as { Next?: string }).Next}`);
    for (const rule of (state.Catch as Asl[] | undefined) ?? []) targets.add(`c${(rule as { Next?: string }).Next}`);
    sum.ways += targets.size;
    const inside = [...((state.Branches as Asl[] | undefined) ?? []), state.ItemProcessor ?? state.Iterator].filter(Boolean);
    for (const one of inside) {
      const within = told(one as Asl);
      sum.states += within.states;
      sum.ways += within.ways;
    }
  }
  return sum;
}

function overlap(a: PlacedBox, b: PlacedBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function holds(a: PlacedBox, b: PlacedBox): boolean {
  return a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height;
}

/** Two boxes may touch only where one is within the other, wholly. */
function collisions(boxes: readonly PlacedBox[]): string[] {
  const found: string[] = [];
  boxes.forEach((a, at) => {
    for (const b of boxes.slice(at + 1)) {
      const within = b.box.id.startsWith(`${a.box.id}[`) ? holds(a, b) : a.box.id.startsWith(`${b.box.id}[`) ? holds(b, a) : !overlap(a, b);
      if (!within) found.push(`${a.box.id} and ${b.box.id}`);
    }
  });
  return found;
}

describe.skipIf(Object.keys(recorded).length === 0)("the recorded definitions", () => {
  test.each(Object.keys(recorded))("%s lies without overlapping boxes, with every state and way", (name) => {
    const definition = recorded[name] as Asl;
    const graph = graphOf(definition);
    const layout = layoutOf(graph);
    const expected = told(definition);
    expect(layout.boxes).toHaveLength(expected.states);
    expect(layout.ways.filter((one) => !isMark(one.way.from) && !isMark(one.way.to))).toHaveLength(expected.ways);
    expect(allBoxes(graph)).toHaveLength(expected.states);
    expect(allWays(graph)).toHaveLength(expected.ways);
    expect(collisions(layout.boxes)).toEqual([]);
    expect(layout.boxes.filter((one) => one.isEnd).length).toBeGreaterThan(0);
    for (const one of layout.ways) expect(one.points.length).toBeGreaterThan(1);
    for (const one of layout.boxes) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(layout.width + 0.5);
      expect(one.y + one.height).toBeLessThanOrEqual(layout.height + 0.5);
    }
  });
});

/** Any machine: chains with choices, catches, loops back, and machines within machines. */
const machine: fc.Arbitrary<Asl> = fc.letrec<{ machine: Asl }>((tie) => ({
  machine: fc
    .record({
      count: fc.integer({ min: 1, max: 6 }),
      targets: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
      kinds: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 6, maxLength: 6 }),
      inside: fc.option(tie("machine"), { maxDepth: 2, depthIdentifier: "within" }),
    })
    .map(({ count, targets, kinds, inside }) => {
      const name = (index: number) => `S${index % count}`;
      const States: Record<string, Record<string, unknown>> = {};
      for (let index = 0; index < count; index += 1) {
        const to = name(targets[index] ?? 0);
        const other = name(targets[index + 6] ?? 0);
        const kind = kinds[index] ?? 0;
        if (kind === 0) States[name(index)] = { Type: "Succeed" };
        else if (kind === 1) States[name(index)] = { Type: "Choice", Choices: [{ Variable: "$.a", NumericEquals: 1, Next: to }], Default: other };
        else if (kind === 2 && inside) States[name(index)] = { Type: "Parallel", Branches: [inside, inside], Next: to };
        else if (kind === 3 && inside) States[name(index)] = { Type: "Map", ItemProcessor: inside, End: true };
        else States[name(index)] = { Type: "Task", Next: to, Catch: [{ ErrorEquals: ["States.ALL"], Next: other }] };
      }
      return { StartAt: "S0", States };
    }),
})).machine;

test("any machine lies without overlapping boxes, folded or not", () => {
  fc.assert(
    fc.property(machine, fc.boolean(), (definition, folding) => {
      const graph = graphOf(definition);
      const folded = new Set(folding ? graph.boxes.filter((box) => box.bodies.length > 0).map((box) => box.id) : []);
      const layout = layoutOf(graph, folded);
      expect(collisions(layout.boxes)).toEqual([]);
      expect(layout.boxes).toHaveLength(folding ? graph.boxes.length : told(definition).states);
    }),
    { numRuns: 60 },
  );
});

test.each([undefined, null, "text", 7, [], {}, { States: {} }, { StartAt: "gone", States: { A: null, B: { Next: "nowhere" } } }])("what is no definition, %j, is drawn as far as it goes", (odd) => {
  expect(layoutOf(graphOf(odd)).boxes.length).toBeLessThanOrEqual(2);
});

test.each([
  [{ Variable: "$.a", NumericGreaterThanEquals: 3 }, "$.a ≥ 3"],
  [{ Variable: "$.a", StringEquals: "x" }, "$.a = x"],
  [{ Variable: "$.a", IsPresent: false }, "$.a is not present"],
  [{ And: [{ Variable: "$.a", BooleanEquals: true }, { Not: { Variable: "$.b", IsNull: true } }] }, "$.a = true and not ($.b is null)"],
  [{ Condition: "{% $states.input.a > 1 %}" }, "$states.input.a > 1"],
])("a rule is told in words", (rule, words) => {
  expect(ruleInWords(rule)).toBe(words);
});
