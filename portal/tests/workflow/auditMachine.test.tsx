import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import AuditTab from "../../src/workflow/AuditTab";
import { MachinePanel, useMachine } from "../../src/workflow/machine/MachinePanel";
import type { Run } from "../../src/workflow/useWorkflow";
import { useKeys } from "../../src/workflows/useKeys";
import { run } from "../recovery/made";
import { showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const entry = (at: number) => ({ recordedAt: `2026-11-20T21:00:0${at}.000Z`, sequence: `${at}`, actor: "operator@example.com", address: null, action: "runPaused", reason: `reason ${at}`, subject: "EXECUTION#x", details: {} });

test("an audit trail of more than a page is read on, not cut off", async () => {
  const page = showing(<AuditTab subject="EXECUTION#x" />, {
    "GET /audit": ({ query }) => ({ body: query.get("cursor") ? { items: [entry(2)], nextCursor: null, partial: false } : { items: [entry(1)], nextCursor: "more", partial: false } }),
  });
  await page.sees("reason 1");
  createWrapper().findAllButtons().find((button) => button.getElement().textContent === "More entries")?.click();
  await page.sees("reason 2");
  expect(page.text()).toContain("reason 1");
  expect(page.text()).not.toContain("More entries");
});

test("a run without an execution says so, and does not load for ever", async () => {
  const told = run({ status: "PENDING", endedAt: null, stateMachineExecutionArn: null }) as unknown as Run;
  const Panel = () => <MachinePanel run={told} machine={useMachine("x", false)} />;
  await showing(<Panel />, {}).sees("No execution yet");
});

test("letters typed in a dialog or a menu move nothing in the list behind", () => {
  const help = vi.fn();
  const List = () => {
    useKeys({ rows: [], help, mark: () => {} });
    return <div role="dialog"><button type="button">In the dialog</button></div>;
  };
  const view = render(<List />);
  fireEvent.keyDown(view.getByRole("button"), { key: "?" });
  expect(help).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "?" });
  expect(help).toHaveBeenCalled();
});
