import { expect, test } from "vitest";
import { graphOf } from "../../src/workflow/diagram/graph";
import { layoutOf } from "../../src/workflow/diagram/layout";
import { waveGraph } from "../../src/workflow/waves/waveGraph";

const ODD = ["constructor", "__proto__", "toString", "hasOwnProperty", "\u0000start", "a\u0001b", "", "😀".repeat(500), "x".repeat(10_000), "\u202Eevil", "<img onerror=alert(1)>"];

test.each(ODD)("a state or a wave may be called anything: %j", (name) => {
  const rule = { Variable: "$.x", IsNull: true, Next: name };
  const states = [["A", { Type: "Pass", Next: name }], [name, { Type: "Choice", Choices: [rule], Default: "Z" }], ["Z", { Type: "Succeed" }]] as const;
  const layout = layoutOf(graphOf({ StartAt: "A", States: Object.fromEntries(states) }));
  expect(layout.boxes.map(({ box }) => box.name).sort()).toEqual(["A", "Z", name].sort());
  for (const box of layout.boxes) expect(Number.isFinite(box.x + box.y + box.width + box.height)).toBe(true);
  expect(layout.ways).toHaveLength(4);
  const graph = waveGraph([{ name, dependsOn: ["b"] }, { name: "b", dependsOn: [name] }]);
  for (const wave of graph.waves) expect(Number.isFinite(wave.x + wave.y)).toBe(true);
  expect(graph.ways.map((way) => `${way.from} → ${way.to}`).sort()).toEqual([`b → ${name}`, `${name} → b`].sort());
  expect(Object.keys(Object.prototype)).toEqual([]);
});
