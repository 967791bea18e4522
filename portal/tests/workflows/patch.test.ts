import { expect, test } from "vitest";
import { patched } from "../../src/workflows/patch";
import { workflow } from "../made";

const seen = (id: string) => ({ ...workflow({ id }), heardAt: 1 });
const rows = [seen("a"), seen("b")];

test("a row is brought up to date with what a change says, and the others are the very same", () => {
  const change = { type: "workflowStatusChanged", workflowId: "b", newStatus: "FAILED", error: "Boom", durationSeconds: 12, endedAt: "2026-11-20T21:00:00.000Z" };
  const now = patched(rows, [change], 9);
  expect(now.rows[1]).toMatchObject({ status: "FAILED", error: "Boom", durationSeconds: 12, heardAt: 9 });
  expect(now.rows[0]).toBe(rows[0]);
  expect(now.readAnew).toBe(true);
  expect(patched(now.rows, [change], 9).rows).toBe(now.rows);
});

test("what is neither shown nor counted is not asked for", () => {
  expect(patched(rows, [{ type: "waveUpdated", workflowId: "elsewhere" }, { type: "indexHealth" }], 9)).toEqual({ rows, readAnew: false });
  expect(patched(rows, [{ type: "workflowStarted", workflowId: "new" }], 9)).toEqual({ rows, readAnew: true });
  expect(patched(rows, [{ type: "waveUpdated", workflowId: "a" }], 9).readAnew).toBe(true);
});

test("a word that nobody knows changes nothing", () => {
  expect(patched(rows, [{ type: "somethingNew", workflowId: "elsewhere", status: 7 }], 9)).toEqual({ rows, readAnew: false });
});

test("a target that is missed is told in its row", () => {
  expect(patched(rows, [{ type: "slaBreached", workflowId: "a" }], 9).rows[0]?.slaStatus).toBe("breached");
});
