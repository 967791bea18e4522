import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { act, cleanup, fireEvent } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { REAL_RECOVERY, sorted, toggled } from "../../src/workflows/bulk/selected";
import { WorkflowsPage } from "../../src/workflows/WorkflowsPage";
import { workflow } from "../made";
import { refusal, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const CAN = { possible: true, reason: null };
const one = (id: string, more: object = {}) => workflow({ id, name: `Order ${id}`, engine: "stepFunctions", isDrill: null, capabilities: { cancel: CAN }, ...more });

test("of what is marked some cannot be acted on, and why is counted", () => {
  const over = { capabilities: { cancel: { possible: false, reason: "It is COMPLETED." } } };
  const { able, reasons } = sorted([one("a"), one("b", over), one("c", over), one("d", { isDrill: false }), one("e", { capabilities: {} })], "cancel");
  expect(able.map((it) => it.id)).toEqual(["a"]);
  expect([...reasons]).toEqual([["It is COMPLETED.", 2], [REAL_RECOVERY, 1], ["This kind of workflow does not offer it.", 1]]);
  expect(toggled(toggled(["a"], "b"), "a")).toEqual(["b"]);
});

test("x marks the row that has the focus; what is marked is cancelled one by one, and one that is refused keeps the others from nothing", async () => {
  const page = showing(<WorkflowsPage />, {
    "GET /workflows": { body: { items: [one("a"), one("b"), one("c")], nextCursor: null, partial: false, counts: null } },
    "POST /workflows/a/cancel": refusal(409, "It has ended meanwhile."),
    "POST /workflows/b/cancel": { status: 202, body: { message: "It is cancelled.", workflowId: "b", status: "done", newStatus: "CANCELLED" } },
  }, "/workflows?tab=all");
  await page.sees("Order c");
  const press = (key: string) => act(() => { fireEvent.keyDown(document.activeElement ?? document.body, { key }); });
  press("x"); // nothing has the focus: nothing is marked
  for (const key of ["j", "x", "j", "x", "j", "x", "x"]) press(key);
  await page.sees("2 marked");
  const menu = createWrapper().findAllButtonDropdowns().find((it) => it.getElement().textContent?.includes("2 marked"));
  menu?.openDropdown();
  menu?.findItemById("cancel marked")?.click();
  await page.sees("Cancel the 2 that are marked?");
  const dialog = createWrapper().findAllModals().find((it) => it.getElement().textContent?.includes("that are marked?"));
  const go = () => dialog?.findFooter()?.findAllButtons().at(-1);
  expect(go()?.getElement().hasAttribute("disabled")).toBe(true);
  act(() => dialog?.findContent().findTextarea()?.setTextareaValue("a bad release"));
  act(() => go()?.click());
  await page.sees("It has ended meanwhile.");
  await page.sees("It is cancelled.");
  const sent = page.calls.filter((call) => call.method === "POST");
  expect(sent.map((call) => call.path)).toEqual(["/workflows/a/cancel", "/workflows/b/cancel"]);
  expect(new Set(sent.map((call) => call.key)).size).toBe(2);
  expect(sent[0]?.body).toMatchObject({ reason: "a bad release" });
});
