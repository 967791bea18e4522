import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { FailureCard } from "../../src/workflow/FailureCard";
import { wordsAt } from "../../src/workflow/gantt/scale";
import { statesOf } from "../../src/workflow/machine/EventsTab";
import { ErrorCell } from "../../src/workflows/cells";
import { workflow } from "../made";

afterEach(cleanup);

const failure = { status: "FAILED", error: "FAILED", cause: null, message: "Wave app: 1 of 3 servers did not launch.", stepId: null, stepName: null, stepPath: null, means: null, advice: "Mend the cause, then retry.", functionError: null, levels: [], fingerprint: null };

test("what was stopped on purpose is no alarm, and a status is not told twice as an error", () => {
  const shown = render(<FailureCard failure={failure} onJump={() => {}} />);
  expect(createWrapper().findAlert()?.findRootElement().getElement().className).toMatch(/type-error/);
  expect(shown.container.textContent).toContain("What to do: Mend the cause");
  expect(shown.container.textContent).not.toContain("FAILED");
  shown.rerender(<FailureCard failure={{ ...failure, status: "ABORTED", error: "Cancelled by olga", message: "Stopped in Ship: Cancelled by olga" }} onJump={() => {}} />);
  expect(createWrapper().findAlert()?.findRootElement().getElement().className).toMatch(/type-info/);
});

test("the list tells an error once, and of what was cancelled who did it", () => {
  const { container, rerender } = render(<ErrorCell workflow={workflow({ status: "CANCELLED", error: "CANCELLED", cause: "Cancelled by olga: enough" })} />);
  expect(container.textContent).toBe("Cancelled by olga: enough");
  rerender(<ErrorCell workflow={workflow({ status: "FAILED", error: "NoCard", cause: null })} />);
  expect(container.textContent).toBe("NoCard");
  rerender(<ErrorCell workflow={workflow({ status: "RUNNING", error: null, cause: null })} />);
  expect(container.textContent).toBe("–");
});

test("an event tells of the state that it, or the event before it, names", () => {
  const told = statesOf([
    { id: 1, type: "ExecutionStarted", previousEventId: 0 },
    { id: 2, type: "TaskStateEntered", previousEventId: 0, stateEnteredEventDetails: { name: "Charge" } },
    { id: 3, type: "ParallelStateEntered", previousEventId: 0, stateEnteredEventDetails: { name: "Ship" } },
    { id: 4, type: "TaskScheduled", previousEventId: 2 },
    { id: 5, type: "TaskFailed", previousEventId: 4 },
    { id: 6, type: "TaskStateExited", previousEventId: 5, stateExitedEventDetails: { name: "Charge" } },
    { id: 7, type: "ExecutionFailed", previousEventId: 6 },
    { id: 8, type: "TaskStateEntered", previousEventId: 0, stateEnteredEventDetails: { name: "Refund" } },
    { id: 9, type: "TaskScheduled" },
    { type: null, previousEventId: {}, stateEnteredEventDetails: 7 },
  ]);
  expect([...told]).toEqual([["2", "Charge"], ["3", "Ship"], ["4", "Charge"], ["5", "Charge"], ["6", "Charge"], ["8", "Refund"], ["9", "Refund"]]);
});

test("the words of a bar are never beyond the edge", () => {
  expect([wordsAt(0, 0.5), wordsAt(0.5, 1), wordsAt(0.02, 1), wordsAt(-3, 0.97)]).toEqual(["after", "before", "on", "on"]);
});
