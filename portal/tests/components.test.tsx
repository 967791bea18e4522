import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render } from "@testing-library/react";
import { type ReactNode, Suspense } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { ApiProvider, apiOf } from "../src/api/client";
import { Refused, Unanswered } from "../src/api/problem";
import { part } from "../src/states/part";
import { Contained, Failure } from "../src/states/states";
import { ActionDialog } from "../src/workflow/actions/ActionDialog";
import { RowActions, menuOf } from "../src/workflow/actions/RowActions";
import { StepsTab } from "../src/workflow/steps/StepsTab";
import { rowsOf } from "../src/workflow/steps/tree";
import { step, workflow } from "./made";

afterEach(cleanup);

type Call = { url: string; method: string; body: unknown; key: string | null };

/** The API, answering each request with what `answer` says; calls are kept. */
function withApi(children: ReactNode, answer: (call: Call) => { status: number; body: unknown }) {
  const calls: Call[] = [];
  const fetching = vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const request = input as Request;
    const text = await request.text();
    const call = { url: request.url, method: request.method, body: text ? JSON.parse(text) : null, key: request.headers.get("Idempotency-Key") };
    calls.push(call);
    const { status, body } = answer(call);
    return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  });
  const api = apiOf({ base: "http://localhost/api", token: () => "token", answered: () => {} });
  const view = render(
    <QueryClientProvider client={new QueryClient()}>
      <ApiProvider value={api}>{children}</ApiProvider>
    </QueryClientProvider>,
  );
  return { calls, view, done: () => fetching.mockRestore() };
}

test("an action that is not possible says why", () => {
  const one = workflow({ capabilities: { pause: { possible: true, reason: null }, cancel: { possible: false, reason: "It is COMPLETED: there is nothing to cancel." } } });
  const menu = Object.fromEntries(menuOf(one).map((item) => [item.id, item]));
  expect(menu.pause).toMatchObject({ disabled: false });
  expect(menu.cancel).toMatchObject({ disabled: true, disabledReason: "It is COMPLETED: there is nothing to cancel." });
  expect(menu.retry?.disabledReason).toMatch(/does not offer/);
});

test("cancelling a drill names it, asks for a reason, and says what is rolled back", async () => {
  const closed = vi.fn();
  const one = workflow({ id: "20261120-162732-b2745d11", name: "Sample shop", engine: "recovery", isDrill: true });
  const { calls, done } = withApi(<ActionDialog workflow={one} action="cancel" close={closed} />, () => ({
    status: 202,
    body: { executionId: one.id, message: "It is cancelled.", status: "CANCELLING", takesEffectWithinSeconds: 5 },
  }));
  const dialog = createWrapper().findModal();
  expect(dialog?.findHeader().getElement().textContent).toContain("Cancel Sample shop?");
  expect(dialog?.getElement().textContent).toContain("terminate the drill instances that it launched");
  const go = () => dialog?.findFooter()?.findAllButtons().at(-1);
  expect(go()?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findTextarea()?.setTextareaValue("a test of the portal");
  go()?.click();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  expect(calls).toMatchObject([{ method: "POST", url: "http://localhost/api/executions/20261120-162732-b2745d11/cancel", body: { reason: "a test of the portal", cleanup: true } }]);
  expect(calls[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  done();
});

test("a second click after a lost answer is the same request; another reason is another one", async () => {
  const one = workflow({ id: "20261120-162732-b2745d11", engine: "recovery", isDrill: true });
  const { calls, done } = withApi(<ActionDialog workflow={one} action="retry" close={() => {}} />, () => ({ status: 504, body: { message: "Endpoint request timed out" } }));
  const send = async (times: number) => {
    createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.click();
    await vi.waitFor(() => expect(calls).toHaveLength(times));
    await vi.waitFor(() => expect(createWrapper().findModal()?.findContent().findAlert()).not.toBeNull());
  };
  createWrapper().findModal()?.findContent().findTextarea()?.setTextareaValue("the answer is lost");
  await send(1);
  await vi.waitFor(() => expect(createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.findLoadingIndicator()).toBeNull());
  await send(2);
  expect(calls[1]?.key).toBe(calls[0]?.key);
  await vi.waitFor(() => expect(createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.findLoadingIndicator()).toBeNull());
  createWrapper().findModal()?.findContent().findTextarea()?.setTextareaValue("now for something else");
  await send(3);
  expect(calls[2]?.key).not.toBe(calls[0]?.key);
  done();
});

test("a refusal stays in the dialog, in the API's own words", async () => {
  const { done } = withApi(<ActionDialog workflow={workflow({ engine: "recovery", isDrill: true })} action="pause" close={() => {}} />, () => ({
    status: 409,
    body: { error: { code: "conflict", message: "operator@example.com paused it a second ago.", details: null } },
  }));
  const dialog = createWrapper().findModal();
  dialog?.findContent().findTextarea()?.setTextareaValue("because");
  dialog?.findFooter()?.findAllButtons().at(-1)?.click();
  await vi.waitFor(() => expect(createWrapper().findModal()?.findContent().findAlert()?.getElement().textContent).toContain("paused it a second ago"));
  done();
});

test("retrying a real recovery needs the plan's name, typed", () => {
  const one = workflow({ name: "Sample shop", engine: "recovery", isDrill: false });
  const { done } = withApi(<ActionDialog workflow={one} action="retry" close={() => {}} />, () => ({ status: 500, body: {} }));
  const dialog = createWrapper().findModal();
  dialog?.findContent().findTextarea()?.setTextareaValue("because");
  const go = dialog?.findFooter()?.findAllButtons().at(-1);
  expect(go?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findInput()?.setInputValue("sample shop");
  expect(go?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findInput()?.setInputValue("Sample shop");
  expect(go?.getElement().hasAttribute("disabled")).toBe(false);
  done();
});

test("each row of the list has its own actions, by name", () => {
  render(<RowActions workflow={workflow({ name: "nightly-export" })} />);
  expect(createWrapper().findButtonDropdown()?.findNativeButton().getElement().getAttribute("aria-label")).toBe("Actions for nightly-export");
});

test("steps are a tree that the keyboard walks, opens and closes", () => {
  const tree = {
    top: [step({ id: "1", name: "Validate" }), step({ id: "2", name: "Fan out", type: "Parallel", laneCount: 1, lanes: [{ id: "0", index: 0, round: 1, status: "succeeded", startedAt: null, endedAt: null, durationSeconds: null, stepCount: 1, steps: [step({ id: "3", name: "Deep" })], stepsCursor: null }] })],
    next: null,
    parts: new Map(),
  };
  const toggled = vi.fn();
  const selected = vi.fn();
  const view = render(<StepsTab rows={rowsOf(tree, new Set())} selected="1" waiting={() => false} onSelect={selected} onToggle={toggled} runs={false} pace={1} />);
  const grid = view.getByRole("treegrid", { name: "Steps" });
  expect(view.getAllByRole("row").map((row) => row.getAttribute("aria-level"))).toEqual([null, "1", "1", "2", "3"]);
  fireEvent.keyDown(grid, { key: "ArrowDown" });
  fireEvent.keyDown(grid, { key: "ArrowLeft" });
  expect(toggled).toHaveBeenCalledWith(expect.objectContaining({ key: "2" }));
  fireEvent.keyDown(grid, { key: "Enter" });
  expect(selected).toHaveBeenCalledWith(expect.objectContaining({ key: "2" }));
});

test("Enter opens the row that has the focus, although others came above it meanwhile", () => {
  const shown = (names: string[]) => rowsOf({ top: names.map((name) => step({ id: name, name })), next: null, parts: new Map() }, new Set());
  const selected = vi.fn();
  const grid = (names: string[]) => <StepsTab rows={shown(names)} selected={null} waiting={() => false} onSelect={selected} onToggle={() => {}} runs={false} pace={1} />;
  const view = render(grid(["b", "c"]));
  fireEvent.keyDown(view.getByRole("treegrid"), { key: "ArrowDown" });
  expect(document.activeElement?.textContent).toMatch(/^c/);
  view.rerender(grid(["a", "b", "c", "d"]));
  expect(document.activeElement?.textContent).toMatch(/^c/);
  fireEvent.keyDown(document.activeElement as HTMLElement, { key: "Enter" });
  expect(selected).toHaveBeenLastCalledWith(expect.objectContaining({ key: "c" }));
  fireEvent.keyDown(document.activeElement as HTMLElement, { key: "ArrowDown" });
  expect(document.activeElement?.textContent).toMatch(/^d/);
});

test("a grid that was scrolled is still reached by Tab", () => {
  const rows = rowsOf({ top: Array.from({ length: 500 }, (_, at) => step({ id: `${at}` })), next: null, parts: new Map() }, new Set());
  const view = render(<StepsTab rows={rows} selected={null} waiting={() => false} onSelect={() => {}} onToggle={() => {}} runs={false} pace={1} />);
  const grid = view.getByRole("treegrid");
  Object.defineProperty(grid, "scrollTop", { value: 9000, writable: true });
  fireEvent.scroll(grid);
  expect(view.getAllByRole("row").filter((row) => row.tabIndex === 0)).toHaveLength(1);
});

test.each([
  [new Unanswered(null), "No connection"],
  [new Refused(403, "forbidden", "Only a commander may.", null, null), "Your role does not allow this"],
  [new Refused(410, "gone", "It goes after 90 days.", null, null), "Its history is gone"],
  [new Refused(503, "busy", "AWS is busy.", null, 5), "Busy right now"],
  [new Error("odd"), "Something is wrong with this page"],
])("%s is told as what it is", (error, title) => {
  const view = render(<Failure error={error} again={() => {}} />);
  expect(view.container.textContent).toContain(title);
  expect(view.container.textContent).toContain("Try again");
});

test("a part that breaks does not take the page with it", () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  const Broken = () => {
    throw new Error("an odd step");
  };
  const view = render(<><Contained what="Gantt"><Broken /></Contained><p>the rest</p></>);
  expect(view.container.textContent).toContain("Gantt cannot be shown");
  expect(view.container.textContent).toContain("the rest");
  quiet.mockRestore();
});

test("a part whose code did not load offers to load the page anew: trying it again would be in vain", async () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  const Missing = part<object>(() => Promise.reject(new TypeError("Failed to fetch dynamically imported module")));
  const view = render(<Contained what="This page"><Suspense fallback="waiting"><Missing /></Suspense></Contained>);
  await vi.waitFor(() => expect(view.container.textContent).toContain("a newer version has been put up"));
  expect(view.getByRole("button").textContent).toBe("Load the page anew");
  quiet.mockRestore();
});
