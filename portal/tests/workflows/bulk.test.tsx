import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { countsInWords, resultOf, statusInWords, unasked } from "../../src/workflows/bulk/bulk";
import { BulkDialog } from "../../src/workflows/bulk/BulkDialog";
import { BulkMenu } from "../../src/workflows/bulk/BulkMenu";
import { BulkProgress } from "../../src/workflows/bulk/BulkProgress";
import { READING, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const summary = {
  bulkId: "bulk-0a1b2c", action: "cancel", by: "operator@example.com", confirmation: "cancel 27", counts: {}, createdAt: "2026-11-20T21:00:00.000Z", eligible: 27, endedAt: null,
  filter: { status: "active" }, isStalled: false, notEligible: 3, perSecond: 2, percent: 0, previewUntil: "2026-11-20T21:15:00.000Z", reason: null, startedAt: null, status: "previewed", stoppedBy: null,
};
const preview = { ...summary, reasons: { "It is a real recovery: cancel it alone.": 3 }, samples: {} };

test("what can and what cannot be acted on is told before, and it begins only with the text and a reason", async () => {
  const closed = vi.fn();
  const { calls, sees } = showing(<BulkDialog action="cancel" asked={{ status: "active" }} close={closed} />, {
    "POST /bulk": { status: 201, body: preview },
    "POST /bulk/bulk-0a1b2c/start": { status: 202, body: { ...summary, status: "running" } },
  });
  await sees("27 can be acted on, 3 cannot");
  await sees("3: It is a real recovery: cancel it alone.");
  expect(calls[0]?.body).toEqual({ action: "cancel", filter: { status: "active" }, cleanup: true });
  const dialog = createWrapper().findModal();
  const go = () => dialog?.findFooter()?.findAllButtons().at(-1);
  expect(go()?.getElement().textContent).toBe("Cancel 27");
  dialog?.findContent().findTextarea()?.setTextareaValue("a bad release");
  dialog?.findContent().findInput()?.setInputValue("cancel 26");
  expect(go()?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findInput()?.setInputValue("cancel 27");
  go()?.click();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  const started = calls.find((call) => call.path.endsWith("/start"));
  expect(started?.body).toEqual({ confirmation: "cancel 27", reason: "a bad release" });
  expect(started?.key).toMatch(/^[0-9a-f-]{36}$/);
  expect(window.location.search).toBe("?bulk=bulk-0a1b2c");
});

test("where nothing can be acted on there is nothing to confirm", async () => {
  const { sees } = showing(<BulkDialog action="retry" asked={{ type: "orders" }} close={() => {}} />, { "POST /bulk": { status: 201, body: { ...preview, action: "retry", eligible: 0 } } });
  await sees("0 can be acted on, 3 cannot");
  expect(createWrapper().findModal()?.findContent().findTextarea()).toBeNull();
});

test("progress tells each result, and stops with a reason", async () => {
  const entry = { at: null, message: "It has ended meanwhile.", name: "A-17", newStatus: null, newWorkflowId: null, number: 1, result: "refused", statusBefore: "RUNNING", type: "orders", workflowId: "w-1" };
  const running = { ...summary, status: "running", percent: 40, counts: { done: 10, refused: 1 }, items: [entry], nextCursor: null };
  const { calls, sees } = showing(<BulkProgress id="bulk-0a1b2c" />, {
    "GET /bulk/bulk-0a1b2c": { body: running },
    "POST /bulk/bulk-0a1b2c/stop": { status: 202, body: { ...summary, status: "stopping" } },
  });
  await sees("It has ended meanwhile.");
  await sees("1 refused · 10 done");
  const dialog = createWrapper().findModal();
  dialog?.findContent().findInput()?.setInputValue("enough");
  dialog?.findContent().findAllButtons().find((button) => button.getElement().textContent === "Stop")?.click();
  await vi.waitFor(() => expect(calls.find((call) => call.path.endsWith("/stop"))?.body).toEqual({ reason: "enough" }));
});

test("who only reads is told why not, and so is who asks for everything", async () => {
  expect(unasked({})).toMatch(/Choose a filter/);
  expect(unasked({ status: "active" })).toBeNull();
  const { calls } = showing(<BulkMenu asked={{ status: "active" }} />, { "GET /me": { body: READING } });
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  const menu = createWrapper().findButtonDropdown();
  menu?.openDropdown();
  await vi.waitFor(() => expect(menu?.findItems().map((item) => item.getElement().textContent).join()).toContain("This needs the role operator"));
});

test("results in words, the worst first; a word that nobody knows is shown as it is", () => {
  expect(countsInWords({ done: 25, failed: 2, refused: 0, odd: 1 })).toBe("2 failed · 25 done · 1 odd");
  expect(resultOf("odd").words).toBe("odd");
  expect(statusInWords({ status: "stopped", isStalled: false, stoppedBy: "me" }).words).toBe("Stopped by me");
  expect(statusInWords({ status: "running", isStalled: true, stoppedBy: null }).type).toBe("warning");
});
