import fc from "fast-check";
import { expect, test } from "vitest";
import { amended } from "../../src/navigation/location";
import { routeOf } from "../../src/navigation/routes";
import { connectionOf, heardAnswer, heardNothing } from "../../src/changes/connection";
import { refusalOf } from "../../src/api/problem";
import { configOf } from "../../src/session/config";
import { wanted } from "../../src/session/Session";
import { settled } from "../../src/workflows/arrivals";
import { ENDED, PROPERTIES, TABS, askedOf, filterOf, searchOf } from "../../src/workflows/filter";
import { propertiesOf, tokensOf } from "../../src/workflows/tokens";
import { lookOf } from "../../src/workflows/status";
import { next } from "../../src/workflows/useKeys";

const filter = fc.record({
  tab: fc.constantFrom(...TABS),
  ended: fc.constantFrom(...ENDED),
  properties: fc.dictionary(fc.constantFrom(...PROPERTIES), fc.string({ minLength: 1 }).map((text) => text.trim()).filter(Boolean)),
});

test("an address says the whole filter: whoever is sent it sees the same", () => {
  fc.assert(
    fc.property(filter, (one) => {
      const again = filterOf(new URLSearchParams(searchOf(one).toString()));
      expect(askedOf(again, "2026-11-20")).toEqual(askedOf(one, "2026-11-20"));
      expect(propertiesOf(tokensOf(one))).toEqual(one.properties);
    }),
  );
});

test("an address that nobody made is the usual list", () => {
  expect(filterOf(new URLSearchParams("tab=odd&ended=never&type=  "))).toEqual({ tab: "active", ended: "today", properties: {} });
});

test("what failed is looked for by its end", () => {
  expect(askedOf({ tab: "failed", ended: "24h", properties: { startedFrom: "7d" } }, "2026-11-20")).toEqual({ status: "failed", endedFrom: "24h" });
});

test("rows that are read stay where they are, whatever arrives or leaves", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
  fc.assert(
    fc.property(ids, ids, (before, fresh) => {
      const shown = settled(before, fresh, String);
      if (before.length > 0) expect(shown.rows.map((row) => row.item)).toEqual(before);
      expect(shown.rows.length - shown.left + shown.arrived).toBe(fresh.length);
    }),
  );
});

test.each([
  ["/", "workflows"],
  ["/workflows", "workflows"],
  ["/workflows/custom.billing.7", "workflow"],
  ["/executions/20261120-162732-b2745d11", "workflow"],
  ["/recovery/plans/a%20b", "plan"],
  ["/workflows/%", "workflow"],
  ["/odd/place", "nowhere"],
])("%s is the page %s", (path, page) => {
  expect(routeOf(path).page).toBe(page);
});

test("a parameter of the address is set and removed, the others stay", () => {
  expect(amended("/a", new URLSearchParams("tab=x&step=1"), { step: null, zoom: "2" })).toBe("/a?tab=x&zoom=2");
});

test("after sign-in one comes back to this page and to no other", () => {
  expect(wanted("/workflows?tab=all")).toBe("/workflows?tab=all");
  for (const odd of ["//evil.example.com", "https://evil.example.com", "", null, 7]) expect(wanted(odd)).toBe("/");
});

test("the connection is live, then reconnecting, then stale since the last answer", () => {
  let heard = heardAnswer(1000);
  expect(connectionOf(heard, 9000).kind).toBe("live");
  heard = heardNothing(heardNothing(heard, 10_000), 15_000);
  expect(connectionOf(heard, 16_000)).toEqual({ kind: "reconnecting", since: 10_000 });
  expect(connectionOf(heard, 40_000)).toEqual({ kind: "stale", since: 1000 });
  expect(connectionOf(heardAnswer(41_000), 41_000).kind).toBe("live");
});

test("a refusal is told in the API's words, the gateway's, or ours", () => {
  expect(refusalOf(409, { error: { code: "conflict", message: "Somebody was faster.", details: [{ place: "a", problem: "b", remedy: "c" }] } }, null)).toMatchObject({ code: "conflict", message: "Somebody was faster.", findings: [{ place: "a" }] });
  expect(refusalOf(401, { message: "Unauthorized" }, null).message).toBe("Unauthorized");
  expect(refusalOf(503, "<html>", "7")).toMatchObject({ retryAfterSeconds: 7, findings: [] });
});

test("a configuration that lacks something says what", () => {
  expect(() => configOf({ api: "/api" })).toThrow(/authority, clientId/);
  expect(() => configOf(null)).toThrow(/api/);
});

test("a status that nobody knows is shown as it is", () => {
  expect(lookOf("PENDING_REDRIVE").words).toBe("PENDING_REDRIVE");
});

test("j and k stop at the ends", () => {
  expect([next(-1, 1, 3), next(-1, -1, 3), next(2, 1, 3), next(0, -1, 3)]).toEqual([0, 2, 2, 0]);
});
