import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { act, cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Page } from "../src/app/App";
import { go } from "../src/navigation/location";
import WorkflowPage from "../src/workflow/WorkflowPage";
import { BulkDialog } from "../src/workflows/bulk/BulkDialog";
import { step, workflow } from "./made";
import { showing } from "./withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const NONE = { body: { items: [], nextCursor: null, partial: false, counts: null } };

test("updates that were held on one page are not held on the next, and each page has its title", async () => {
  const page = showing(<Page />, { "GET /workflows": NONE, "GET /recovery-plans": NONE, "GET /executions": NONE }, "/workflows");
  await page.sees("Nothing is running");
  expect(document.title).toBe("Workflows – Breakwater");
  act(() => page.changes.hold(true));
  await page.sees("Updates held");
  act(() => go("/recovery"));
  await page.sees("No recovery plan yet");
  expect(page.changes.isHeld).toBe(false);
  expect(document.title).toBe("Recovery – Breakwater");
});

test("logs are not searched anew with each change", async () => {
  const running = step({ id: "7", name: "Deploy", status: "running", endedAt: null });
  const detail = { workflow: workflow({ id: "w" }), definition: null, failure: null, segments: [], stale: null, metadata: {}, steps: { steps: [running], lanes: [], nextCursor: null, total: 1 } };
  const page = showing(<WorkflowPage id="w" />, {
    "GET /workflows/w": { body: detail },
    "GET /workflows/w/steps/7": { body: { step: running, input: null, output: null, parameters: [], details: null } },
    "GET /workflows/w/steps/7/logs": { body: { items: [{ at: null, message: "a line" }], partial: false, reason: null, logGroup: "/aws/lambda/x" } },
  }, "/workflows/w?step=7");
  await page.sees("Logs");
  act(() => page.view.getByRole("tab", { name: "Logs" }).click());
  await page.sees("a line");
  const asked = (path: string) => page.calls.filter((call) => call.path === path).length;
  const before = asked("/workflows/w");
  await act(() => page.queries.invalidateQueries({ queryKey: ["workflow", "w"] }));
  expect(asked("/workflows/w")).toBe(before + 1);
  expect(asked("/workflows/w/steps/7/logs")).toBe(1);
});

test("a text that was typed for another preview confirms nothing", async () => {
  const preview = { bulkId: "bulk-1", confirmation: "cancel 3", eligible: 3, notEligible: 0, reasons: {}, perSecond: 2 };
  const page = showing(<BulkDialog action="cancel" asked={{ status: "active" }} close={() => {}} />, { "POST /bulk": { body: preview } });
  await page.sees("3 can be acted on");
  createWrapper().findModal()?.findContent().findInput()?.setInputValue("cancel 3");
  createWrapper().findModal()?.findContent().findCheckbox()?.findNativeInput().click();
  await page.sees("3 can be acted on");
  expect(createWrapper().findModal()?.findContent().findInput()?.getInputValue()).toBe("");
});
