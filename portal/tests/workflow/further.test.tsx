import { cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { furtherOf, usualOf } from "../../src/workflow/further";
import WorkflowPage from "../../src/workflow/WorkflowPage";
import { step, workflow } from "../made";
import { showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("links of an answer are followed to AWS only, in the same order", () => {
  const links = { logs: "https://eu-west-1.console.aws.amazon.com/cloudwatch", console: "https://eu-west-1.console.aws.amazon.com/states", logsInsights: "https://eu-west-1.console.aws.amazon.com/insights" };
  expect(furtherOf(links).map((one) => one.words)).toEqual(["Console", "Logs Insights", "Log group"]);
  expect(furtherOf({ console: "javascript:alert(1)", logs: null, logsInsights: 7 })).toEqual([]);
  for (const odd of [null, undefined, "https://x", 7]) expect(furtherOf(odd)).toEqual([]);
});

test("what is usual is told only where it is known", () => {
  expect(usualOf({ metadata: { usual: { p50Seconds: 12, p95Seconds: 40, samples: 37 } } })).toEqual({ p50: 12, p95: 40, samples: 37 });
  expect(usualOf({ metadata: { usual: { p50Seconds: null, p95Seconds: null, samples: 0 } } })).toBeNull();
  expect(usualOf({ metadata: {} })).toBeNull();
});

test("a workflow stands beside its usual durations, and a step leads to the console and to Logs Insights", async () => {
  const links = { console: "https://eu-west-1.console.aws.amazon.com/states", logsInsights: "https://eu-west-1.console.aws.amazon.com/insights", logs: null };
  const detail = {
    workflow: workflow({ id: "w", engine: "stepFunctions", status: "COMPLETED", durationSeconds: 95, isSlow: true, endedAt: "2026-11-20T21:01:35.000Z" }),
    definition: null, failure: null, segments: [], stale: null, metadata: { links, usual: { p50Seconds: 12, p95Seconds: 40, samples: 37 } },
    steps: { steps: [step({ id: "1" })], lanes: [], nextCursor: null, total: 1 },
  };
  const one = { step: step({ id: "7", name: "Deep down" }), input: null, output: null, parameters: [], details: null };
  const page = showing(<WorkflowPage id="w" />, { "GET /workflows/w": { body: detail }, "GET /workflows/w/steps/7": { body: one } }, "/workflows/w?step=7");
  await page.sees("usually p50 12 s, p95 40 s (37 runs)");
  expect(page.text()).toContain("1 m 35 s slow");
  await page.sees("Deep down"); // its own name, although the tree has not loaded it
  expect(page.view.getByRole("link", { name: /Logs Insights/ }).getAttribute("href")).toBe(links.logsInsights);
  expect(page.view.getByRole("link", { name: /Console/ }).getAttribute("rel")).toContain("noopener");
});

test("a step that is told oddly does not take the page with it", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const detail = { workflow: workflow({ id: "w", name: "The rest" }), definition: null, failure: null, segments: [], stale: null, metadata: {}, steps: { steps: [], lanes: [], nextCursor: null, total: 0 } };
  const page = showing(<WorkflowPage id="w" />, { "GET /workflows/w": { body: detail }, "GET /workflows/w/steps/7": { body: { odd: true } } }, "/workflows/w?step=7");
  await page.sees("This step cannot be shown");
  expect(page.text()).toContain("The rest");
});
