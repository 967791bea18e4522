import { expect, test } from "vitest";
import { chainsOf, standingOf } from "../../src/workflow/diagram/standing";
import { type Lane, placeKey } from "../../src/workflow/steps/tree";
import { step } from "../made";

const lane = (id: string, status: string, name = "Deploy"): Lane => ({
  id, index: Number(id), round: 1, status: "succeeded", startedAt: null, endedAt: null, durationSeconds: null, stepCount: 1, stepsCursor: null,
  steps: [step({ id: `${id}.1`, name, status: status as "failed" })],
});
const tree = (lanes: Lane[]) => ({ top: [step({ id: "1", name: "Each", type: "Map", laneCount: lanes.length, lanes })], next: null, parts: new Map() });

test.each([[["failed", "succeeded", "succeeded"]], [["succeeded", "failed", "succeeded"]], [["succeeded", "succeeded", "failed"]]])("one iteration of %s that failed is not hidden by those that did not", (statuses) => {
  const standing = standingOf(chainsOf(tree(statuses.map((status, at) => lane(String(at), status)))));
  expect(standing.byName.get("Deploy")).toEqual({ status: "failed", visits: 3 });
});

test("a branch that was begun again counts as it went at last", () => {
  const standing = standingOf(chainsOf(tree([lane("0", "failed"), { ...lane("0", "succeeded"), id: "0.2", round: 2 }])));
  expect(standing.byName.get("Deploy")).toEqual({ status: "succeeded", visits: 2 });
});

test("of a loop, and of what was redriven, the last visit counts", () => {
  const visits = ["failed", "failed", "succeeded"].map((status) => ({ name: "Ask", status }));
  expect(standingOf([visits]).byName.get("Ask")).toEqual({ status: "succeeded", visits: 3 });
});

test("a page that was read later goes on where the first one ended", () => {
  const place = { within: null, lane: null, cursor: "50" };
  const parts = new Map([[placeKey(place), { steps: [step({ id: "51", name: "Ask", status: "succeeded" })], lanes: [], nextCursor: null, total: 51 }]]);
  const standing = standingOf(chainsOf({ top: [step({ id: "50", name: "Ask", status: "failed" })], next: "50", parts }));
  expect(standing.byName.get("Ask")?.status).toBe("succeeded");
  expect(standing.taken.has("Ask\nAsk")).toBe(true);
});
