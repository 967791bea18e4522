import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { Reader } from "../../src/changes/reader";

const KEY = ["workflow", "a"];
const clients: QueryClient[] = [];
afterEach(() => clients.splice(0).forEach((client) => client.clear()));

/** A query whose answers are given by hand, in order. */
function asked() {
  const client = new QueryClient();
  clients.push(client);
  const waiting: ((answer: string) => void)[] = [];
  const observer = new QueryObserver(client, { queryKey: KEY, queryFn: () => new Promise<string>((answer) => waiting.push(answer)) });
  observer.subscribe(() => undefined);
  return { client, waiting, now: () => client.getQueryData<string>(KEY) };
}

test("what changed while a request was under way is read after it", async () => {
  const { client, waiting, now } = asked();
  const reader = new Reader(client, [KEY]);
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  reader.read();
  waiting[0]?.("as it was before");
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  waiting[1]?.("as it is");
  await vi.waitFor(() => expect(now()).toBe("as it is"));
  expect(waiting).toHaveLength(2);
});

test("many changes during one request are one more request", async () => {
  const { client, waiting, now } = asked();
  const reader = new Reader(client, [KEY]);
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  waiting[0]?.("first");
  await vi.waitFor(() => expect(now()).toBe("first"));
  reader.read();
  for (let count = 0; count < 50; count += 1) reader.read();
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  waiting[1]?.("second");
  await vi.waitFor(() => expect(waiting).toHaveLength(3));
  waiting[2]?.("third");
  await vi.waitFor(() => expect(now()).toBe("third"));
  expect(waiting).toHaveLength(3);
});

test("who has gone reads no more", async () => {
  const { client, waiting, now } = asked();
  const reader = new Reader(client, [KEY]);
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  reader.read();
  reader.stop();
  waiting[0]?.("the last");
  await vi.waitFor(() => expect(now()).toBe("the last"));
  await new Promise((passed) => setTimeout(passed, 20));
  expect(waiting).toHaveLength(1);
});
