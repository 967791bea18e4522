import { act, cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Hears } from "../../src/changes/changes";
import EventsTab, { endsEmpty } from "../../src/workflow/machine/EventsTab";
import { showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const event = (id: number) => ({ id, type: `Type${id}`, timestamp: "2026-11-20T21:00:00.000Z" });

test("while it runs only the end of the history is read on, and nothing twice", async () => {
  let last = 2;
  const page = showing(<EventsTab runId="r" runs />, {
    "GET /executions/r/step-functions": ({ query }) => {
      const after = Number(query.get("eventsAfter") ?? 0);
      return { body: { events: Array.from({ length: last - after }, (_, at) => event(after + at + 1)), nextEventsAfter: null, totalEvents: last } };
    },
  });
  await page.sees("Type2");
  const hears: Hears[] = [];
  vi.spyOn(page.changes, "watch").mockImplementation((_, one) => {
    hears.push(one);
    return () => undefined;
  });
  page.again(<EventsTab runId="r" runs={false} />);
  const changed = async () => {
    const before = page.calls.length;
    hears.at(-1)?.([{ type: "stepCompleted" }]);
    await vi.waitFor(() => expect(page.calls.length).toBe(before + 1), { timeout: 3000 });
  };
  last = 3;
  await act(changed);
  await page.sees("Type3");
  await act(changed); // nothing new
  expect(page.calls.map((call) => call.query.get("eventsAfter"))).toEqual([null, "2", "3"]);
  await vi.waitFor(() => expect(page.queries.getQueryData<{ pages: unknown[] }>(["events", "r"])?.pages).toHaveLength(2));
});

test("a look past the end leaves nothing behind", () => {
  const one = { events: [event(1)] };
  expect(endsEmpty([one, { events: [] }])).toBe(true);
  expect(endsEmpty([one, one])).toBe(false);
  expect(endsEmpty([{ events: [] }])).toBe(false);
});
