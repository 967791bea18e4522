import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup, render } from "@testing-library/react";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import AnalyticsPage from "../../src/analytics/AnalyticsPage";
import { Drawn } from "../../src/analytics/HeatDiagram";
import { besides, completenessInWords, countedBy, listOf, notReadInWords, percent, position, scaleOf, usd } from "../../src/analytics/figures";
import { heatOf, machinesOf } from "../../src/analytics/heat";
import { filterOf } from "../../src/history/historyFilter";
import { graphOf } from "../../src/workflow/diagram/graph";
import { refusal, showing } from "../withApi";
import { analytics, step } from "./made";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test.each([[null, "–"], [0, "0 %"], [0.0004, "< 0.1 %"], [0.04, "4 %"], [0.9425, "94.3 %"], [0.9996, "> 99.9 %"], [1, "100 %"]])("%j of one is %s", (part, words) => {
  expect(percent(part)).toBe(words);
});

test("only all is 100 %, and only nothing is 0 %", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
    expect(percent(part) === "100 %").toBe(part === 1);
    expect(percent(part) === "0 %").toBe(part === 0);
  }));
});

test.each([[null, "–"], [0, "$0"], [0.000_000_1, "< $0.000001"], [0.000_4, "$0.00040"], [0.0421, "$0.04"], [12.3, "$12.30"], [1234.5, "$1,235"]])("%j dollars are %s", (amount, words) => {
  expect(usd(amount)).toBe(words);
});

test("every duration stands on the scale, in its order", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0.001, max: 1e7, noNaN: true }), { minLength: 1 }), (durations) => {
    const scale = scaleOf(durations);
    if (!scale) throw new Error("there is a scale");
    const places = [...durations].sort((a, b) => a - b).map((one) => position(one, scale));
    places.forEach((place, index) => {
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThanOrEqual(1);
      expect(place).toBeGreaterThanOrEqual(places[index - 1] ?? 0);
    });
  }));
  expect(scaleOf([null, 0])).toBeNull();
});

test("a number leads to the executions that it counts", () => {
  const address = new URL(listOf(analytics(), { statuses: ["FAILED", "TIMED_OUT"], agent: "orders" }), "http://x");
  expect(address.pathname).toBe("/history");
  expect(filterOf(address.searchParams)).toMatchObject({ by: "ended", from: "2026-11-19T21:00:00.000Z", until: "2026-11-20T21:13:00.000Z", statuses: ["FAILED", "TIMED_OUT"], words: { agent: "orders" } });
});

test("a failure leads to those with its error; where others share it, the page says so", () => {
  const [one] = analytics().failures.byFingerprint;
  if (!one) throw new Error("there is one");
  expect(countedBy(one)).toEqual({ agent: "orders", error: "CardDeclined", statuses: ["FAILED", "TIMED_OUT"] });
  expect(besides(one, [one])).toBeNull();
  expect(besides(one, [one, { ...one, type: "returns" }])).toBeNull();
  expect(besides(one, [one, { ...one, fingerprint: "other" }])).toBe("the list: all with this error");
  for (const but of [{ error: null }, { type: "recovery" }, { error: "E".repeat(100) }]) {
    expect(countedBy({ ...one, ...but }).error).toBeNull();
    expect(besides({ ...one, ...but }, [{ ...one, ...but }])).toBe("the list: all failures of its type");
  }
});

test("what is missing is told, with its reasons, most first", () => {
  const { completeness } = analytics();
  expect(completenessInWords(completeness)).toContain("91 of 100 executions (91 %)");
  expect(completenessInWords({ ...completeness, share: 1 })).toBeNull();
  expect(notReadInWords({ noBudget: 1, gone: 5, none: 0, odd: 2 })).toEqual(["5: AWS does not keep it any more", "2: odd", "1: the share of AWS's quota that figures may use was spent"]);
});

test("heat is a rate of failure, or p95 beside the slowest; what is not told of is not cold", () => {
  const told = analytics();
  const [machine] = machinesOf(told);
  const failures = heatOf(told, machine?.arn ?? "", "failures");
  expect(failures.get("Charge")).toEqual({ level: 0.02, words: "2 % of 100 failed" });
  expect(failures.get("Pack")).toEqual({ level: 0, words: "no failure in 100" });
  expect(failures.has("Ship")).toBe(false);
  const latency = heatOf(told, machine?.arn ?? "", "latency");
  expect(latency.get("Charge")).toEqual({ level: 1, words: "p95 40 s" });
  expect(latency.get("Pack")?.level).toBeCloseTo(0.5);
  expect(heatOf({ ...told, slowestSteps: [step({ duration: { count: 0, mean: null, p50: null, p95: null, p99: null } })], retries: { ...told.retries, steps: [] } }, machine?.arn ?? "", "latency").size).toBe(0);
});

test("the diagram has every state, and a glow only where there is heat", () => {
  const graph = graphOf({ StartAt: "Charge", States: { Charge: { Type: "Task", Next: "Pack" }, Pack: { Type: "Task", End: true } } });
  const { container } = render(<Drawn graph={graph} heat={heatOf(analytics(), analytics().failures.byState[0]?.stateMachine ?? "", "failures")} kind="failures" name="orders" />);
  expect([...container.querySelectorAll("title")].map((one) => one.textContent)).toEqual(["Charge: 2 % of 100 failed", "Pack: no failure in 100"]);
  expect(container.querySelectorAll(".glow").length).toBe(1);
});

test("the page tells targets, failures, durations and cost, each with its list", async () => {
  const { sees, calls } = showing(<AnalyticsPage />, { "GET /analytics": { body: analytics() }, "GET /workflows": { body: { items: [], nextCursor: null, partial: false, counts: null } } }, "/analytics?period=7d");
  await sees("94 %");
  await sees("47 met");
  const missed = [...document.querySelectorAll("a")].filter((one) => one.textContent === "3 missed").map((one) => filterOf(new URL(one.href).searchParams).words);
  expect(missed).toEqual([{ target: "missed" }, { agent: "orders", target: "missed" }]);
  await sees("CardDeclined");
  await sees("≈ $0.04");
  await sees("91 of 100 executions (91 %) whose history was read");
  expect(calls.find((one) => one.path === "/analytics")?.query.get("period")).toBe("7d");
  const hrefs = [...document.querySelectorAll<HTMLAnchorElement>("a[href^='/history']")].map((one) => new URL(one.href).searchParams.get("status"));
  expect(hrefs).toContain("FAILED");
  expect(hrefs).toContain("FAILED,TIMED_OUT");
  expect(document.querySelector("svg.gauge")?.getAttribute("aria-label")).toBe("94 %. 47 of 50 with a target were met");
});

test("where nothing ended the page says so, and what was counted at all", async () => {
  const none = { ended: 0, completed: 0, failed: 0, timedOut: 0, cancelled: 0, other: 0, redrives: 0, failureRate: null };
  const { sees } = showing(<AnalyticsPage />, { "GET /analytics": { body: analytics({ executions: none, completeness: { ...analytics().completeness, executions: 0, updatedAt: null } }) } }, "/analytics");
  await sees("Nothing ended in the last 24 hours");
  await sees("Nothing was counted yet");
});

test("a refusal is told, and a new period is a new address", async () => {
  const { sees } = showing(<AnalyticsPage />, { "GET /analytics": refusal(403, "Ask for viewer.") }, "/analytics");
  await sees("Ask for viewer.");
  createWrapper().findSegmentedControl()?.findSegmentById("30d")?.click();
  await vi.waitFor(() => expect(window.location.search).toBe("?period=30d"));
});
