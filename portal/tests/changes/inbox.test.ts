import fc from "fast-check";
import { expect, test } from "vitest";
import { type Delta, type Frame, frameOf } from "../../src/changes/frames";
import { Inbox } from "../../src/changes/inbox";

/** Frames of a topic as the server numbers them: without gaps, but not one by one. */
function framesOf(topic: string, from: number, steps: readonly number[]): Frame[] {
  let cursor = from;
  return steps.map((step, at) => {
    const after = cursor;
    cursor += step;
    return { type: "deltas", topic, after, cursor, deltas: [{ type: "stepStarted", number: at }] };
  });
}

const steps = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });

test("each delta is applied once and in order, however often and in whatever order frames come", () => {
  fc.assert(
    fc.property(steps, fc.nat(1000), fc.array(fc.nat()), fc.nat(), (sizes, from, noise, early) => {
      const sent = framesOf("list", from, sizes);
      const inbox = new Inbox();
      inbox.wanted(["list"]);
      const applied: Delta[] = [];
      const arrived = noise.map((number) => sent[number % sent.length] as Frame);
      arrived.splice(early % (arrived.length + 1), 0, { type: "subscribed", topic: "list", cursor: from });
      for (const frame of arrived) applied.push(...inbox.take(frame).deltas);
      expect(applied.map((delta) => delta.number)).toEqual(applied.map((_, at) => at));
      // Whatever is missing is sent again, from the cursor on.
      const mine = inbox.cursors.list ?? from;
      for (const frame of sent.filter(({ after = 0 }) => after >= mine)) applied.push(...inbox.take(frame).deltas);
      expect(applied.map((delta) => delta.number)).toEqual(sizes.map((_, at) => at));
      expect(inbox.gaps()).toEqual([]);
    }),
  );
});

test("what comes before `subscribed` is kept, and what is older than it is dropped", () => {
  fc.assert(
    fc.property(steps, fc.nat(19), (sizes, cut) => {
      const sent = framesOf("list", 0, sizes);
      const first = sent[cut % sent.length] as Frame;
      const inbox = new Inbox();
      inbox.wanted(["list"]);
      for (const frame of sent) expect(inbox.take(frame).deltas).toEqual([]);
      expect(inbox.gaps()).toEqual(["list"]);
      const { deltas, reload } = inbox.take({ type: "subscribed", topic: "list", cursor: first.after ?? 0 });
      expect(reload).toBe(true);
      expect(deltas.map((delta) => delta.number)).toEqual(sizes.map((_, at) => at).slice(cut % sent.length));
    }),
  );
});

test("`reload` goes on from its cursor, also back, and says to read anew", () => {
  const inbox = new Inbox();
  inbox.wanted(["list"]);
  inbox.take({ type: "subscribed", topic: "list", cursor: 10 });
  inbox.take({ type: "deltas", topic: "list", after: 15, cursor: 16, deltas: [{ type: "old" }] });
  inbox.take({ type: "deltas", topic: "list", after: 40, cursor: 41, deltas: [{ type: "next" }] });
  expect(inbox.take({ type: "reload", topic: "list", cursor: 40 })).toEqual({ deltas: [{ type: "next" }], reload: true });
  expect(inbox.take({ type: "reload", topic: "list", cursor: 5 })).toEqual({ deltas: [], reload: true });
  expect(inbox.cursors).toEqual({ list: 5 });
  expect(inbox.take({ type: "deltas", topic: "list", after: 5, cursor: 6, deltas: [{ type: "anew" }] }).deltas).toEqual([{ type: "anew" }]);
});

test("a gap is told, and `subscribe` asks from the cursor; a second `subscribed` moves nothing", () => {
  const inbox = new Inbox();
  expect(inbox.wanted(["list"])).toEqual([{ topic: "list" }]);
  expect(inbox.take({ type: "subscribed", topic: "list", cursor: 3 }).reload).toBe(true);
  inbox.take({ type: "deltas", topic: "list", after: 5, cursor: 6, deltas: [] });
  expect(inbox.gaps()).toEqual(["list"]);
  expect(inbox.wanted(["list"])).toEqual([{ topic: "list", cursor: 3 }]);
  expect(inbox.take({ type: "subscribed", topic: "list", cursor: 6 }).reload).toBe(false);
  expect(inbox.cursors).toEqual({ list: 3 });
  inbox.forget("list");
  expect(inbox.gaps()).toEqual([]);
});

test("topics do not touch each other, and what nobody subscribed to brings nothing", () => {
  const inbox = new Inbox();
  inbox.wanted(["list", "workflow:a"]);
  inbox.take({ type: "subscribed", topic: "list", cursor: 1 });
  expect(inbox.take({ type: "deltas", topic: "workflow:b", after: 1, cursor: 2, deltas: [{ type: "x" }] })).toEqual({ deltas: [], reload: false });
  expect(inbox.cursors).toEqual({ list: 1 });
  expect(inbox.gaps()).toEqual(["workflow:a"]);
});

test("what is no frame is none, and nothing throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(undefined)), (text) => {
    const frame = frameOf(text);
    const inbox = new Inbox();
    inbox.wanted(["list"]);
    if (frame) inbox.take(frame);
  }));
  expect(frameOf('{"type":"deltas","topic":"list","cursor":2}')).toBeNull();
  expect(frameOf('{"type":"subscribed","topic":"list","cursor":"2"}')).toBeNull();
  expect(frameOf('{"type":"pong","at":"x"}')).toMatchObject({ type: "pong" });
});

test("what `subscribed` promised, or `subscribed` itself where it was asked for anew, is missing until it comes", () => {
  const inbox = new Inbox();
  inbox.wanted(["list"]);
  inbox.take({ type: "subscribed", topic: "list", cursor: 3 });
  expect([inbox.gaps(), inbox.isSubscribed("list")]).toEqual([[], true]);
  inbox.wanted(["list"]);
  expect([inbox.gaps(), inbox.isSubscribed("list")]).toEqual([["list"], false]);
  inbox.take({ type: "subscribed", topic: "list", cursor: 4 });
  expect([inbox.gaps(), inbox.isSubscribed("list")]).toEqual([["list"], true]);
  inbox.take({ type: "deltas", topic: "list", after: 3, cursor: 4, deltas: [] });
  expect(inbox.gaps()).toEqual([]);
});
