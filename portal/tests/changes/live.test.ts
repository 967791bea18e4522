import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { waitBefore } from "../../src/changes/backoff";
import { LiveChanges } from "../../src/changes/LiveChanges";
import { Pacer } from "../../src/changes/pacer";

class Line {
  readyState: number = WebSocket.CONNECTING;
  sent: { action: string; topics?: unknown; cursors?: unknown }[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  constructor(readonly address: string) {}
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  opens() {
    this.readyState = WebSocket.OPEN;
    this.onopen?.();
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  close() {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.onclose?.();
  }
}

let lines: Line[];
let tickets: number;
let refusing: boolean;
let changes: LiveChanges;

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  tickets = 0;
  refusing = false;
  changes = new LiveChanges({
    ticket: async () => {
      tickets += 1;
      if (refusing) throw new Error("no ticket");
      return { ticket: `t${tickets}`, url: "ws://localhost:1/live", pingSeconds: 240, reconnectSeconds: 3300 };
    },
    open: (address) => {
      const line = new Line(address);
      lines.push(line);
      return line as unknown as WebSocket;
    },
    random: () => 0.5,
  });
});
afterEach(() => vi.useRealTimers());

const line = () => lines.at(-1) as Line;
const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function connected(heard = vi.fn()) {
  changes.watch("workflows", heard);
  await passes(0);
  line().opens();
  line().says({ type: "subscribed", topic: "list", cursor: 5 });
  return heard;
}

test("what is pushed is heard at once, and nothing is polled meanwhile", async () => {
  const heard = await connected();
  expect(line().address).toBe("ws://localhost:1/live?ticket=t1");
  expect(line().sent).toEqual([{ action: "subscribe", topics: [{ topic: "list" }] }]);
  expect(heard.mock.calls).toEqual([[null]]);
  line().says({ type: "deltas", topic: "list", after: 5, cursor: 6, deltas: [{ type: "waveUpdated" }] });
  expect(heard).toHaveBeenLastCalledWith([{ type: "waveUpdated" }]);
  await passes(50_000);
  expect(heard).toHaveBeenCalledTimes(2);
  expect(changes.connection()).toEqual({ kind: "live" });
});

test("a lost connection is told, polled meanwhile, and taken up again where it was", async () => {
  const heard = await connected();
  await passes(20_000);
  line().close();
  expect(changes.connection().kind).toBe("reconnecting");
  refusing = true;
  await passes(6000);
  expect(heard.mock.calls.filter(([said]) => said === null).length).toBeGreaterThan(1);
  refusing = false;
  await passes(30_000);
  line().opens();
  expect(line().sent).toEqual([{ action: "subscribe", topics: [{ topic: "list", cursor: 5 }] }]);
  expect(changes.connection()).toEqual({ kind: "live" });
  expect(tickets).toBeGreaterThan(2);
});

test("a socket that cannot be had is no socket: it is polled, and told after some seconds", async () => {
  refusing = true;
  const heard = vi.fn();
  changes.watch("workflow:a", heard);
  expect(changes.connection().kind).toBe("live");
  await passes(11_000);
  expect(changes.connection().kind).toBe("reconnecting");
  expect(heard).toHaveBeenCalledTimes(2);
});

test("a gap is asked for again after two seconds, from the cursor", async () => {
  await connected();
  line().says({ type: "deltas", topic: "list", after: 8, cursor: 9, deltas: [] });
  await passes(2100);
  expect(line().sent.at(-1)).toEqual({ action: "subscribe", topics: [{ topic: "list", cursor: 5 }] });
});

test("a subscription that got lost is asked for again; until it is there, what it is about is polled", async () => {
  const heard = await connected();
  line().close();
  await passes(1000);
  line().opens();
  const before = heard.mock.calls.length;
  line().says({ message: "Internal server error" });
  await passes(2100);
  expect(line().sent.at(-1)).toEqual({ action: "subscribe", topics: [{ topic: "list", cursor: 5 }] });
  await passes(5000);
  expect(heard.mock.calls.length).toBeGreaterThan(before);
  line().says({ type: "subscribed", topic: "list", cursor: 5 });
  const asked = line().sent.length;
  await passes(10_000);
  expect(line().sent).toHaveLength(asked);
});

test("a topic that the server refuses is polled; the connection stays", async () => {
  await connected();
  const heard = vi.fn();
  changes.watch("workflow:a", heard);
  line().says({ type: "error", code: "unknownTopic", message: "There is no such workflow.", topic: "workflow:a" });
  await passes(11_000);
  expect(heard).toHaveBeenCalledWith(null);
  expect(lines).toHaveLength(1);
});

test("who does not answer a ping is gone", async () => {
  await connected();
  await passes(61_000);
  expect(line().sent.at(-1)).toEqual({ action: "ping", cursors: { list: 5 } });
  await passes(10_000);
  expect(changes.connection().kind).toBe("reconnecting");
  await passes(1000);
  expect(lines).toHaveLength(2);
});

test("before a connection ends the next one is there: nothing is missed and nothing is told", async () => {
  await connected();
  const first = line();
  for (let minute = 0; minute < 55; minute += 1) {
    await passes(60_000);
    first.says({ type: "pong", at: "2026-11-20T21:00:00.000Z" });
  }
  expect(lines).toHaveLength(2);
  expect(first.readyState).toBe(WebSocket.OPEN);
  line().opens();
  expect(first.readyState).toBe(WebSocket.CLOSED);
  expect(line().sent).toEqual([{ action: "subscribe", topics: [{ topic: "list", cursor: 5 }] }]);
  expect(changes.connection()).toEqual({ kind: "live" });
});

test("held updates wait, and are read anew afterwards", async () => {
  const heard = await connected();
  changes.hold(true);
  line().says({ type: "deltas", topic: "list", after: 5, cursor: 6, deltas: [{ type: "waveUpdated" }] });
  expect(heard).toHaveBeenCalledTimes(1);
  changes.hold(false);
  expect(heard.mock.calls).toEqual([[null], [null]]);
});

test("without a network nothing is tried; with it, at once", async () => {
  await connected();
  window.dispatchEvent(new Event("offline"));
  expect(changes.connection().kind).toBe("reconnecting");
  await passes(60_000);
  expect(changes.connection().kind).toBe("stale");
  expect(tickets).toBe(1);
  window.dispatchEvent(new Event("online"));
  await passes(0);
  line().opens();
  changes.answered(201);
  expect(changes.connection()).toEqual({ kind: "live" });
});

test("when nobody watches any more the connection ends; from page to page it stays", async () => {
  const unwatch = changes.watch("workflows", vi.fn());
  await passes(0);
  line().opens();
  unwatch();
  const next = changes.watch("runs", vi.fn());
  await passes(5000);
  expect(line().readyState).toBe(WebSocket.OPEN);
  next();
  await passes(5000);
  expect(line().readyState).toBe(WebSocket.CLOSED);
  await passes(60_000);
  expect(lines).toHaveLength(1);
});

test("attempts are ever rarer, at most every thirty seconds, and not all at the same time", () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const wait = waitBefore(attempt, random);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(30_000);
      if (attempt > 0) expect(wait).toBeGreaterThanOrEqual(500);
      expect(waitBefore(attempt + 1, random)).toBeGreaterThanOrEqual(wait);
    }),
  );
});

test("many changes are few readings, and one more when they have ended", async () => {
  const read = vi.fn();
  const pacer = new Pacer(read);
  for (let turn = 0; turn < 100; turn += 1) {
    pacer.tell();
    await passes(30);
  }
  expect(read.mock.calls.length).toBeLessThanOrEqual(4);
  const before = read.mock.calls.length;
  await passes(10_000);
  expect(read.mock.calls.length - before).toBeGreaterThanOrEqual(1);
  expect(read.mock.calls.length - before).toBeLessThanOrEqual(3);
});

test("where nobody watched for a while nothing was lost, and who comes next is not told that it was", async () => {
  const gone = changes.watch("workflows", vi.fn());
  await passes(0);
  line().opens();
  line().says({ type: "subscribed", topic: "list", cursor: 5 });
  gone();
  await passes(60_000);
  expect(line().readyState).toBe(WebSocket.CLOSED);
  expect(changes.connection().kind).toBe("live");
  changes.watch("workflow:a", vi.fn());
  expect(changes.connection().kind).toBe("live");
  await passes(4000);
  expect(changes.connection().kind).toBe("live");
  await passes(20_000);
  expect(changes.connection().kind).toBe("reconnecting");
});

test("of what has ended nothing is asked, but what is pushed is heard: somebody else may redrive it", async () => {
  const heard = vi.fn();
  refusing = true;
  changes.watch("workflow:ended", heard, { polls: false });
  await passes(60_000);
  expect(heard).not.toHaveBeenCalled();
  refusing = false;
  await passes(60_000);
  line().opens();
  line().says({ type: "subscribed", topic: "workflow:ended", cursor: 4 });
  heard.mockClear();
  line().says({ type: "deltas", topic: "workflow:ended", after: 4, cursor: 5, deltas: [{ type: "workflowStatusChanged", newStatus: "RUNNING" }] });
  expect(heard).toHaveBeenCalledWith([{ type: "workflowStatusChanged", newStatus: "RUNNING" }]);
});
