import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { CloneDialog, noJson } from "../../src/workflow/actions/CloneDialog";
import { ExportMenu, formsOf } from "../../src/workflow/actions/ExportMenu";
import { workflow } from "../made";
import { refusal, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const one = workflow({ id: "e-1", name: "A-1041", engine: "stepFunctions", capabilities: { export: { possible: true, reason: null } } });

test("a clone has the very same input unless another is written, and leads to the new one", async () => {
  const { calls, sees } = showing(<CloneDialog workflow={one} close={() => {}} />, {
    "GET /workflows/e-1/clone": { body: { message: "A new execution of orders begins.", input: '{"a":"<redacted>"}', inputRedacted: true, newName: "A-1041-2", fromSteps: [], runsAgain: [] } },
    "POST /workflows/e-1/clone": { status: 202, body: { status: "done", newStatus: "RUNNING", message: "It has begun.", workflowId: "e-2" } },
  });
  await sees("A new execution of orders begins.");
  const dialog = createWrapper().findModal();
  dialog?.findContent().findTextarea()?.setTextareaValue("once more");
  dialog?.findFooter()?.findAllButtons().at(-1)?.click();
  await vi.waitFor(() => expect(window.location.pathname).toBe("/workflows/e-2"));
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({ reason: "once more" });
});

test("another input is checked before it is sent", async () => {
  const { calls, sees } = showing(<CloneDialog workflow={one} close={() => {}} />, {
    "GET /workflows/e-1/clone": { body: { message: "It begins.", input: "{}", fromSteps: [], runsAgain: [] } },
    "POST /workflows/e-1/clone": refusal(422, "input still has <redacted> in it."),
  });
  await sees("It begins.");
  const content = createWrapper().findModal()?.findContent();
  content?.findTextarea()?.setTextareaValue("once more");
  content?.findCheckbox()?.findNativeInput().click();
  content?.findAllTextareas().at(-1)?.setTextareaValue("{");
  await sees("This is no JSON");
  content?.findAllTextareas().at(-1)?.setTextareaValue('{"b": 2}');
  createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.click();
  await sees("input still has <redacted> in it.");
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({ reason: "once more", input: { b: 2 } });
  expect(noJson("[]")).toBeNull();
});

test("another input is sent with every digit of its numbers", async () => {
  const { calls, sees } = showing(<CloneDialog workflow={one} close={() => {}} />, {
    "GET /workflows/e-1/clone": { body: { message: "It begins.", input: '{"orderId": 12345678901234567890}', fromSteps: [], runsAgain: [] } },
    "POST /workflows/e-1/clone": refusal(422, "no"),
  });
  await sees("It begins.");
  const content = createWrapper().findModal()?.findContent();
  content?.findTextarea()?.setTextareaValue("once more");
  content?.findCheckbox()?.findNativeInput().click();
  createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.click();
  await vi.waitFor(() => expect(calls.find((call) => call.method === "POST")?.text).toBe('{"reason":"once more","input":{"orderId": 12345678901234567890}}'));
});

test("forms that a workflow does not have say why", () => {
  expect(formsOf(one).every((form) => !form.disabled)).toBe(true);
  const custom = Object.fromEntries(formsOf(workflow({ engine: "custom" })).map((form) => [form.id, form]));
  expect(custom.csv?.disabled).toBe(false);
  expect(custom.otlp?.disabledReason).toMatch(/publishes its own events/);
  const barred = formsOf(workflow({ capabilities: { export: { possible: false, reason: "It is archived." } } }));
  expect(barred.map((form) => form.disabledReason)).toEqual(Array(4).fill("It is archived."));
});

test("an export is asked for in its form, and saved under its name", async () => {
  const { calls } = showing(<ExportMenu workflow={one} />, { "GET /workflows/e-1/export": { body: { steps: [] } } });
  const kept = vi.fn();
  URL.createObjectURL = vi.fn(() => "blob:made");
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(this: HTMLAnchorElement) {
    kept(this.download);
  });
  const menu = createWrapper().findButtonDropdown();
  menu?.openDropdown();
  menu?.findItemById("otlp")?.click();
  await vi.waitFor(() => expect(kept).toHaveBeenCalledWith("breakwater-A-1041.otlp.json"));
  expect(calls.at(-1)?.query.get("format")).toBe("otlp");
});
