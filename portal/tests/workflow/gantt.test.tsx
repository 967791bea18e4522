import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import GanttTab, { targetInWords } from "../../src/workflow/gantt/GanttTab";
import { StepsTab } from "../../src/workflow/steps/StepsTab";
import { rowsOf } from "../../src/workflow/steps/tree";
import { step } from "../made";

afterEach(cleanup);

const START = "2026-01-01T00:00:00.000Z";
const rows = (but: object) => rowsOf({ top: [step({ id: "1", name: "Wait", startedAt: START, ...but })], next: null, parts: new Map() }, new Set());
const gantt = (but: object, also: object = {}) =>
  render(<GanttTab rows={rows(but)} startedAt={START} endedAt="2026-01-01T00:10:00.000Z" target={null} pace={1} marks={[]} selected={null} waiting={() => false} onSelect={() => {}} onToggle={() => {}} window={null} onWindow={() => {}} {...also} />);

test("a step whose end was never told ends with the whole, not today", () => {
  const open = { endedAt: null, durationSeconds: null, status: "unknown", attempts: [] };
  expect(gantt(open).container.textContent).toMatch(/10 m/);
  cleanup();
  const view = render(<StepsTab rows={rows(open)} selected={null} waiting={() => false} onSelect={() => {}} onToggle={() => {}} runs={false} endedAt="2026-01-01T00:10:00.000Z" pace={1} />);
  expect(view.container.textContent).toMatch(/10 m/);
});

test("the target is told although its line is far outside of what is shown", () => {
  const ended = { endedAt: "2026-01-01T00:05:00.000Z", durationSeconds: 300 };
  expect(gantt(ended, { target: 365 * 86_400 }).container.textContent).toContain("target, 364 d 23 h left →");
  cleanup();
  expect(gantt(ended, { target: 60 }).container.textContent).toContain("target missed by 9 m");
  expect(targetInWords(1000, 1000, 1)).toBe("target, 0 ms left");
});

test("a bar says in words what it shows: when it began, and that it is a rollback", () => {
  const text = gantt({ startedAt: "2026-01-01T00:02:00.000Z", endedAt: "2026-01-01T00:03:00.000Z", durationSeconds: 60, compensation: true }).container.textContent;
  expect(text).toContain("begun 2 m after the start");
  expect(text).toContain("rollback");
});

test.each([["0 ms", START], ["a year", "2027-01-01T00:00:00.000Z"]])("a Gantt of %s is drawn", (_, endedAt) => {
  const view = gantt({ endedAt, durationSeconds: null }, { endedAt });
  for (const bar of view.container.querySelectorAll<HTMLElement>(".bar, .gantt-window")) expect(bar.style.cssText).not.toMatch(/NaN|Infinity/);
});
