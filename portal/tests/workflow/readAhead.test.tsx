import { cleanup, fireEvent } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { isRunId } from "../../src/workflow/reading";
import { NameCell } from "../../src/workflows/cells";
import { workflow } from "../made";
import { showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function link(id: string) {
  const { calls, view } = showing(<NameCell workflow={workflow({ id })} />, {
    [`GET /workflows/${id}`]: { body: {} },
    [`GET /executions/${id}`]: { body: {} },
  });
  return { read: () => calls.map((call) => call.path), element: view.getByRole("link") };
}

test("a workflow is read from when the button goes down on its link, and pointing reads nothing", async () => {
  const { read, element } = link("custom.tests.1");
  fireEvent.pointerEnter(element);
  fireEvent.focus(element);
  expect(read()).toEqual([]);
  fireEvent.pointerDown(element);
  await vi.waitFor(() => expect(read()).toEqual(["/workflows/custom.tests.1"]));
});

test("a run is read together with its waves", async () => {
  const { read, element } = link("20261120-162732-b2745d11");
  fireEvent.pointerDown(element);
  await vi.waitFor(() => expect(read().sort()).toEqual(["/executions/20261120-162732-b2745d11", "/workflows/20261120-162732-b2745d11"]));
});

test.each(["custom.tests.1", "YXJuOmF3czpzdGF0ZXM6", "20261120-162732", "20261120-162732-b2745d11x"])("%s is no run's id", (id) => {
  expect(isRunId(id)).toBe(false);
});
