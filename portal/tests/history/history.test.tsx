import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup } from "@testing-library/react";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import HistoryPage, { askedInWords } from "../../src/history/HistoryPage";
import { factsOf } from "../../src/history/IndexHealth";
import { STATUSES, WORDS, askedOf, chosenRange, filterOf, isSameQuestion, rangeOf, searchOf } from "../../src/history/historyFilter";
import { judged } from "../../src/workflows/target";
import { workflow } from "../made";
import { refusal, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const told = (search: string) => filterOf(new URLSearchParams(search));
const HEALTHY = { body: { well: true, problems: [], record: { capturedAt: "2026-11-20T21:00:00.000Z", lagSeconds: 2.5, deadLetters: 0, lastSweepFailures: [] } } };
const list = (items: unknown[], but: object = {}) => ({ body: { items, nextCursor: null, partial: false, counts: null, ...but } });

const filters = fc.record({
  statuses: fc.uniqueArray(fc.constantFrom(...STATUSES)),
  by: fc.constantFrom("started" as const, "ended" as const),
  from: fc.constantFrom("", "24h", "7d", "15m", "2026-11-20", "2026-11-20T03:00:00.000Z"),
  until: fc.constantFrom("", "2026-11-21T00:00:00.000Z"),
  words: fc.dictionary(fc.constantFrom(...WORDS), fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.trim()).filter(Boolean)),
  cursor: fc.option(fc.string({ minLength: 1 })),
});

test("an address and what is looked at say the same", () => {
  fc.assert(fc.property(filters, (filter) => {
    const again = told(searchOf(filter));
    expect({ ...again, words: { ...again.words } }).toEqual({ ...filter, words: { ...filter.words } });
  }));
});

test("any address is readable", () => {
  fc.assert(fc.property(fc.webQueryParameters(), (text) => {
    expect(() => askedOf(told(text))).not.toThrow();
  }));
  expect(told("from=yesterday&until=later&by=odd")).toMatchObject({ from: "24h", until: "", by: "started" });
});

test("the day before is the usual range, and of ends where ends are asked for", () => {
  expect(askedOf(told(""))).toEqual({ startedFrom: "24h" });
  expect(askedOf(told("by=ended&from=7d&status=FAILED,TIMED_OUT&agent=orders&search=order.id%3DA-17"))).toEqual({ endedFrom: "7d", status: "FAILED,TIMED_OUT", type: "orders", search: "order.id=A-17" });
  expect(askedOf(told("from=any"))).toEqual({});
});

test("a range that was chosen means the same to whoever is sent the link", () => {
  expect(chosenRange({ type: "relative", amount: 6, unit: "hour" })).toEqual({ from: "6h", until: "" });
  expect(chosenRange({ type: "relative", amount: 2, unit: "week" })).toEqual({ from: "14d", until: "" });
  expect(chosenRange({ type: "absolute", startDate: "2026-11-20T01:00:00+01:00", endDate: "2026-11-20T02:00:00+01:00" })).toEqual({ from: "2026-11-20T00:00:00.000Z", until: "2026-11-20T01:00:00.000Z" });
  expect(chosenRange(null)).toEqual({ from: "", until: "" });
  expect(rangeOf(told("from=6h"), new Date())).toMatchObject({ type: "relative", amount: 6, unit: "hour" });
});

test("what was looked for is a sentence", () => {
  expect(askedInWords(told("by=ended&from=7d&status=FAILED&agent=orders"))).toBe("ended in the last 7d, Failed, Agent orders");
});

test("of the index's record what people ask about is told, and nothing odd breaks it", () => {
  expect(factsOf({ lagSeconds: 2.5, deadLetters: 0, capturedAt: "2026-11-20T21:00:00.000Z", new: {}, waiting: "x" })).toEqual([
    { label: "Last change written", at: "2026-11-20T21:00:00.000Z" },
    { label: "Behind by", text: "2.5 s" },
    { label: "Could not be indexed", text: "0" },
  ]);
});

test("executions are asked for as the address says, and older ones have an address of their own", async () => {
  const { calls, sees } = showing(<HistoryPage />, { "GET /index/health": HEALTHY, "GET /workflows": list([workflow({ name: "nightly-export", search: { "order.id": "A-17" } })], { nextCursor: "c2" }) }, "/history?agent=orders&from=7d");
  await sees("nightly-export");
  await sees("order.id = A-17");
  await sees("The index is well");
  const asked = calls.find((one) => one.path === "/workflows")?.query;
  expect(Object.fromEntries(asked ?? [])).toEqual({ type: "orders", startedFrom: "7d", counts: "false", limit: "50" });
  createWrapper().findAllButtons().find((one) => one.getElement().textContent === "Older")?.click();
  await vi.waitFor(() => expect(window.location.search).toBe("?from=7d&agent=orders&cursor=c2"));
  await vi.waitFor(() => expect(calls.at(-1)?.query.get("cursor")).toBe("c2"));
});

const button = (words: string) => createWrapper().findAllButtons().find((one) => one.getElement().textContent === words);

test("Back is the page before of the same list; a link that was sent has none, and leads to the newest", async () => {
  const answers = { "GET /index/health": HEALTHY, "GET /workflows": list([workflow({ name: "nightly-export" })], { nextCursor: "c2" }) };
  const first = showing(<HistoryPage />, answers, "/history?agent=orders");
  await first.sees("nightly-export");
  button("Older")?.click();
  await vi.waitFor(() => expect(button("Back")).toBeDefined());
  button("Back")?.click();
  await vi.waitFor(() => expect(window.location.search).toBe("?agent=orders"));
  cleanup();
  const sent = showing(<HistoryPage />, answers, "/history?agent=orders&cursor=c2");
  await sent.sees("nightly-export");
  expect(button("Back")).toBeUndefined();
  button("Newest")?.click();
  await vi.waitFor(() => expect(window.location.search).toBe("?agent=orders"));
});

test("the page before is of the same question only", () => {
  const filter = told("agent=orders&cursor=c3");
  expect(isSameQuestion("/history?agent=orders&cursor=c2", filter)).toBe(true);
  expect(isSameQuestion("/history?agent=orders", filter)).toBe(true);
  for (const other of [null, "/history", "/history?agent=orders&status=FAILED", "/workflows?agent=orders", "/analytics"]) expect(isSameQuestion(other, filter)).toBe(false);
});

test("an index that is not well says so above the list", async () => {
  const { sees } = showing(<HistoryPage />, { "GET /index/health": { body: { well: false, problems: ["3 records could not be indexed."], record: { deadLetters: 3 } } }, "GET /workflows": list([]) }, "/history");
  await sees("The index is not well: something may be missing below");
  await sees("3 records could not be indexed.");
});

test("where nothing matches, what was looked for is told with its way out", async () => {
  const { sees } = showing(<HistoryPage />, { "GET /index/health": HEALTHY, "GET /workflows": list([]) }, "/history?status=FAILED");
  await sees("Looked for: started in the last 24h, Failed.");
  createWrapper().findAllButtons().find((one) => one.getElement().textContent === "Clear the filter")?.click();
  await vi.waitFor(() => expect(window.location.search).toBe(""));
});

test("an empty index says how the past comes into it", async () => {
  const { sees } = showing(<HistoryPage />, { "GET /index/health": HEALTHY, "GET /workflows": list([]) }, "/history?from=any");
  await sees("python -m breakwater.index backfill");
});

test("a short page, a refusal and a health that is not known are told as what they are", async () => {
  const { sees } = showing(<HistoryPage />, { "GET /index/health": refusal(503, "Busy."), "GET /workflows": list([workflow()], { partial: true, nextCursor: "n" }) }, "/history?namePrefix=a");
  await sees("This page is short");
  await sees("Whether the index is well is not known");
  cleanup();
  vi.restoreAllMocks();
  const other = showing(<HistoryPage />, { "GET /index/health": HEALTHY, "GET /workflows": refusal(400, "search is 'x'; write path=value.") }, "/history?search=x");
  await other.sees("write path=value");
});

test.each([
  ["COMPLETED", "onTrack", "Met"], ["COMPLETED", "atRisk", "Met"], ["COMPLETED", "breached", "Missed"], ["FAILED", "onTrack", "Missed"],
  ["TIMED_OUT", "onTrack", "Missed"], ["CANCELLED", "onTrack", "Cancelled within it"], ["CANCELLED", "breached", "Missed"], ["RUNNING", "breached", null], ["COMPLETED", null, null],
])("what is %s and was %s has its target %s", (status, slaStatus, words) => {
  expect(judged(workflow({ status, slaStatus }))?.words ?? null).toBe(words);
});

test("a target that was missed says by how much", () => {
  const late = workflow({ status: "COMPLETED", slaStatus: "breached", slaTargetSeconds: 60, durationSeconds: 150 });
  expect(judged(late)?.words).toBe("Missed by 1 m 30 s");
});
