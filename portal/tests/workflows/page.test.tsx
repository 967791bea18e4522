import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { act, cleanup, fireEvent } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { KnownPages } from "../../src/workflows/pages";
import { COLUMNS } from "../../src/workflows/columns";
import { Rows, RowsProvider } from "../../src/workflows/rows";
import { WorkflowsPage } from "../../src/workflows/WorkflowsPage";
import { workflow } from "../made";
import { type Call, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const found = (items: readonly object[], nextCursor: string | null = null) => ({ body: { items, nextCursor, partial: false, counts: null } });
const some = (call: Call) => {
  const status = call.query.get("status");
  if (call.query.get("cursor") === "c2") return found([workflow({ id: "second", name: "On the second page" })]);
  if (status === "active") return found([workflow({ id: "one", name: "Runs now" })], "c2");
  return found([workflow({ id: "two", name: "Has failed", status: "FAILED" })]);
};

test("who chooses another tab by keyboard keeps the focus there, and sees no row of the tab before", async () => {
  const page = showing(<WorkflowsPage />, { "GET /workflows": some }, "/workflows");
  await page.sees("Runs now");
  const tabs = createWrapper().findTabs();
  const active = tabs?.findTabLinkById("active")?.getElement();
  active?.focus();
  fireEvent.keyDown(active as HTMLElement, { key: "ArrowRight", keyCode: 39 });
  await vi.waitFor(() => expect(window.location.search).toBe("?tab=pending"));
  expect(page.text()).not.toContain("Runs now");
  await page.sees("Has failed");
  expect(document.activeElement?.getAttribute("role")).toBe("tab");
});

test("a second page is in the address, and there again when one comes back", async () => {
  const page = showing(<WorkflowsPage />, { "GET /workflows": some }, "/workflows");
  await page.sees("Runs now");
  createWrapper().findPagination()?.findNextPageButton().click();
  await page.sees("On the second page");
  expect(window.location.search).toBe("?after=c2");
  page.view.unmount();
  const back = showing(<WorkflowsPage />, { "GET /workflows": some }, "/workflows?after=c2");
  await back.sees("On the second page");
  expect(back.text()).not.toContain("Runs now");
  createWrapper().findPagination()?.findPreviousPageButton().click();
  await back.sees("Runs now");
  expect(window.location.search).toBe("");
});

test("pages before one that was sent as a link are not made up", () => {
  const known = new KnownPages();
  expect(known.of("tab=all", "x")).toEqual({ cursors: [null, "x"], page: 1 });
  const first = known.of("", null);
  expect(known.turn("", first, 1, "b")).toBe("b");
  expect(known.turn("", known.of("", "b"), 2, "c")).toBe("c");
  expect(known.of("", "c")).toEqual({ cursors: [null, "b", "c"], page: 2 });
  expect(known.of("tab=all", "c")).toEqual({ cursors: [null, "c"], page: 1 });
});

test("a question stays open although its row has left the list", () => {
  const row = (left: boolean) => ({ item: { ...workflow({ id: "a", name: "Runs now", capabilities: { cancel: { possible: true, reason: null } } }), heardAt: 1 }, left });
  const rows = new Rows();
  rows.begin([row(false)]);
  const cells = ["actions", "duration"].map((id) => COLUMNS.find((column) => column.id === id)?.cell("a"));
  const page = showing(<RowsProvider value={rows}>{cells}</RowsProvider>, {});
  createWrapper().findButtonDropdown()?.openDropdown();
  createWrapper().findButtonDropdown()?.findItemById("cancel")?.click();
  expect(createWrapper().findModal()?.findHeader().getElement().textContent).toContain("Cancel Runs now?");
  act(() => rows.set([row(true)]));
  expect(createWrapper().findModal()?.isVisible()).toBe(true);
  expect(createWrapper().findButtonDropdown()).toBeNull();
  expect(page.view.container.textContent).toBe("–"); // nobody knows whether it still runs
});

test("rows that are not shown any more are forgotten", () => {
  const rows = new Rows();
  const row = (id: string) => ({ item: { ...workflow({ id }), heardAt: 1 }, left: false });
  rows.set([row("a"), row("b")]);
  rows.set([row("b")]);
  expect(rows.of("a")).toBeUndefined();
});
