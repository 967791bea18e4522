import { act, cleanup, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { COLUMNS } from "../../src/workflows/columns";
import { Rows, RowsProvider, useRow } from "../../src/workflows/rows";
import { workflow } from "../made";

afterEach(cleanup);

const row = (id: string, but: object = {}, left = false) => ({ item: { ...workflow({ id, ...but }), heardAt: 1 }, left });

test("only the row that changed renders again", () => {
  const rows = new Rows();
  rows.begin([row("a"), row("b")]);
  const rendered = vi.fn();
  function Probe({ id }: { id: string }) {
    const own = useRow(id);
    rendered(id);
    return <p>{own?.item.status}</p>;
  }
  const view = render(<RowsProvider value={rows}><Probe id="a" /><Probe id="b" /></RowsProvider>);
  rendered.mockClear();
  act(() => rows.set([row("a"), row("b", { status: "FAILED" })]));
  expect(rendered.mock.calls).toEqual([["b"]]);
  expect(view.container.textContent).toBe("RUNNINGFAILED");
});

test("the same told again later is the same row", () => {
  const rows = new Rows();
  rows.begin([row("a")]);
  const before = rows.of("a");
  const again = row("a");
  rows.set([{ ...again, item: { ...again.item, heardAt: 99 } }]);
  expect(rows.of("a")).toBe(before);
  rows.set([row("a", {}, true)]);
  expect(rows.of("a")?.left).toBe(true);
});

test("a cell shows what its row is now", () => {
  const rows = new Rows();
  rows.begin([row("a", { status: "RUNNING" })]);
  const status = COLUMNS.find((column) => column.id === "status");
  const view = render(<RowsProvider value={rows}>{status?.cell("a")}</RowsProvider>);
  expect(view.container.textContent).toContain("Running");
  act(() => rows.set([row("a", { status: "COMPLETED" })]));
  expect(view.container.textContent).toContain("Completed");
  act(() => rows.set([row("a", {}, true)]));
  expect(view.container.textContent).toContain("No longer here");
});
