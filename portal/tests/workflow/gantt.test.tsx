import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { targetInWords } from "../../src/workflow/gantt/bars";
import GanttTab from "../../src/workflow/gantt/GanttTab";
import { StepsTab } from "../../src/workflow/steps/StepsTab";
import { rowsOf } from "../../src/workflow/steps/tree";
import { step } from "../made";

beforeEach(() => window.history.replaceState(null, "", "/"));
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

const asked = (search: string) => window.history.replaceState(null, "", `/workflows/w-1${search}`);
const attempt = (number: number, startedAt: string, endedAt: string, backoffSeconds: number | null) =>
  ({ number, maximum: 3, status: "failed", scheduledAt: startedAt, startedAt, endedAt, durationSeconds: null, backoffSeconds, error: "E", cause: null, waitsForAnswer: false }) as const;
const RETRIED = {
  startedAt: "2026-01-01T00:02:00.000Z", endedAt: "2026-01-01T00:03:00.000Z", durationSeconds: 60, p95Seconds: 45, attemptCount: 2, status: "failed",
  attempts: [attempt(1, "2026-01-01T00:02:00.000Z", "2026-01-01T00:02:20.000Z", 10), attempt(2, "2026-01-01T00:02:30.000Z", "2026-01-01T00:03:00.000Z", null)],
};

test("the table says what the bars show: moments, attempts with their waits, p95 and target", () => {
  asked("?tab=gantt&as=table");
  const view = gantt(RETRIED, { target: 120 });
  const cells = view.getAllByRole("gridcell").map((cell) => cell.textContent);
  expect(view.getAllByRole("columnheader").map((head) => head.textContent)).toEqual(["Step", "Status", "Entered", "Exited", "Duration", "Attempts", "p95", "Target"]);
  expect(view.container.querySelector(".bar")).toBeNull();
  expect(cells).toEqual([
    "Failed", expect.stringMatching(/02:00$/), expect.stringMatching(/03:00$/), "1 m", "2 of 3, waited 10 s to try again", "45 s, 15 s beyond", "target missed by 1 m",
  ]);
  cleanup();
  asked("?tab=gantt");
  expect(gantt(RETRIED).container.textContent).toContain("begun 2 m after the start, 15 s beyond its p95");
});

test("the switch is in the address, and leaves the rest of it alone", () => {
  asked("?tab=gantt&step=1");
  const view = gantt(RETRIED, { selected: "1" });
  fireEvent.click(view.getByLabelText("As a table"));
  expect(window.location.search).toBe("?tab=gantt&step=1&as=table");
  expect(view.getByRole("treegrid", { name: "Gantt as a table: when each step ran" }).querySelector('[aria-selected="true"]')?.textContent).toContain("Wait");
  fireEvent.click(view.getByLabelText("As a table"));
  expect(window.location.search).toBe("?tab=gantt&step=1");
  expect(view.container.querySelector(".bar")).not.toBeNull();
});

test("a row of the table is selected as its bar is, and of thousands those in sight are there", () => {
  asked("?as=table");
  const many = rowsOf({ top: Array.from({ length: 3000 }, (_, at) => step({ id: `${at}`, name: `Step ${at}`, startedAt: START })), next: null, parts: new Map() }, new Set());
  const onSelect = vi.fn();
  const view = gantt({}, { rows: many, onSelect });
  const table = view.getByRole("treegrid");
  expect(table.getAttribute("aria-rowcount")).toBe("3001");
  expect(view.getAllByRole("row").length).toBeLessThan(60);
  fireEvent.keyDown(table, { key: "ArrowDown" });
  fireEvent.keyDown(table, { key: "Enter" });
  expect(onSelect.mock.calls[0]?.[0]).toBe(many[1]);
});

test("what goes on has no end yet, and what never began no moments", () => {
  asked("?as=table");
  const open = gantt({ startedAt: START, endedAt: null, durationSeconds: null, status: "running" }, { endedAt: null });
  expect(open.getAllByRole("gridcell")[2]?.textContent).toBe("goes on");
  cleanup();
  const never = gantt({ startedAt: null, endedAt: null, durationSeconds: null, status: "notStarted", attemptCount: 0 }, { target: 60 });
  expect(never.getAllByRole("gridcell").map((cell) => cell.textContent).slice(1)).toEqual(["–", "–", "–", "–", "", ""]);
});
