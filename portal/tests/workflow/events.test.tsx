import { act, cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Hears } from "../../src/changes/changes";
import EventsTab from "../../src/workflow/machine/EventsTab";
import RunPayloads, { endsOf } from "../../src/workflow/machine/RunPayloads";
import { type Page, settled } from "../../src/workflow/machine/useEvents";
import { showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const event = (id: number) => ({ id, type: `Type${id}`, timestamp: "2026-11-20T21:00:00.000Z" });
const pageOf = (events: Page["events"], more: Partial<Page> = {}): Page => ({ events, nextAfter: null, total: events.length, reason: null, stale: null, ...more });
const BUSY = { reason: "Step Functions is asked too much.", asOf: "2026-11-20T21:00:00.000Z", retryAfterSeconds: 5 };
const STARTED = { ...event(1), type: "ExecutionStarted", executionStartedEventDetails: { input: '{"plan":"shop"}' } };
const ENDED = { ...event(3), type: "ExecutionSucceeded", executionSucceededEventDetails: { output: '{"launched":4}' } };

test("while it runs only the end of the history is read on, and nothing twice", async () => {
  let last = 2;
  const page = showing(<EventsTab workflowId="r" runs />, {
    "GET /workflows/r/events": ({ query }) => {
      const after = Number(query.get("after") ?? 0);
      return { body: pageOf(Array.from({ length: last - after }, (_, at) => event(after + at + 1)), { total: last }) };
    },
  });
  await page.sees("Type2");
  const hears: Hears[] = [];
  vi.spyOn(page.changes, "watch").mockImplementation((_, one) => {
    hears.push(one);
    return () => undefined;
  });
  page.again(<EventsTab workflowId="r" runs={false} />);
  const changed = async () => {
    const before = page.calls.length;
    hears.at(-1)?.([{ type: "stepCompleted" }]);
    await vi.waitFor(() => expect(page.calls.length).toBe(before + 1));
  };
  last = 3;
  await act(changed);
  await page.sees("Type3");
  await act(changed); // nothing new
  expect(page.calls.map((call) => call.query.get("after"))).toEqual([null, "2", "3"]);
  await vi.waitFor(() => expect(page.queries.getQueryData<{ pages: unknown[] }>(["events", "r"])?.pages).toHaveLength(2));
});

test("a look past the end leaves nothing behind but how new that is", () => {
  const one = pageOf([event(1)], { stale: BUSY });
  const known = (...pages: Page[]) => ({ pages, pageParams: pages.map(() => null) });
  expect(settled(known(one, pageOf([])))).toEqual({ pages: [{ ...one, stale: null, total: 0 }], pageParams: [null] });
  for (const kept of [known(one, one), known(pageOf([]))]) expect(settled(kept)).toBe(kept);
});

test("where no events are kept it says why", async () => {
  const page = showing(<EventsTab workflowId="custom.billing.1" />, { "GET /workflows/custom.billing.1/events": { body: pageOf([], { reason: "billing publishes how it stands." }) } });
  await page.sees("No events");
  await page.sees("billing publishes how it stands.");
});

test("what AWS did not tell yet is asked for again, and until then it says how old it is", async () => {
  let busy = true;
  const page = showing(<EventsTab workflowId="r" />, {
    "GET /workflows/r/events": () => ({ body: busy ? pageOf([], { nextAfter: 0, total: null, stale: BUSY }) : pageOf([event(1)]) }),
  });
  await page.sees("As of 2026-11-20T21:00:00.000Z");
  busy = false;
  await act(async () => [...document.querySelectorAll("button")].find((one) => one.textContent === "More events")?.click());
  await page.sees("Type1");
  expect(page.text()).not.toContain("AWS is busy");
});

test("of a run the input is in its first event and the output in its last", async () => {
  const page = showing(<RunPayloads workflowId="r" runs={false} />, {
    "GET /workflows/r/events": ({ query }) => ({ body: query.get("after") === "2" ? pageOf([ENDED]) : pageOf([STARTED, event(2)], { nextAfter: 2, total: null }) }),
  });
  await page.sees("shop");
  await page.sees("long history");
  await act(async () => [...document.querySelectorAll("button")].find((one) => one.textContent === "Read on")?.click());
  await page.sees("launched");
});

test("a run that has no execution yet says so, one that failed has no output", async () => {
  const page = showing(<RunPayloads workflowId="r" runs />, { "GET /workflows/r/events": { body: pageOf([], { reason: "It is PENDING and has no execution yet." }) } });
  await page.sees("It is PENDING and has no execution yet.");
  expect(endsOf([STARTED, { ...ENDED, type: "ExecutionFailed" }])).toEqual({ input: '{"plan":"shop"}', output: null });
  expect(endsOf([{ id: 1, type: "ExecutionStarted" }])).toEqual({ input: null, output: null });
});
