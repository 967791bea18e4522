import fc from "fast-check";
import { expect, test } from "vitest";
import { idleGaps, kept, panned, scaleOf, ticksOf, zoomed } from "../../src/workflow/gantt/scale";

const time = fc.integer({ min: 0, max: 10_000_000 });
const span = fc.tuple(time, fc.integer({ min: 1, max: 5_000_000 })).map(([from, length]) => ({ from, to: from + length }));

test("what happens later never stands further left, whatever is idle", () => {
  fc.assert(
    fc.property(span, fc.array(span, { maxLength: 20 }), fc.array(time, { minLength: 2, maxLength: 20 }), (whole, busy, moments) => {
      const scale = scaleOf(whole, idleGaps(busy, whole));
      const places = [...moments].sort((a, b) => a - b).map((one) => scale.at(one));
      places.forEach((place, at) => expect(place).toBeGreaterThanOrEqual((places[at - 1] ?? place) - 1e-9));
    }),
  );
});

test("the edges are the edges, and a place leads back to its moment", () => {
  fc.assert(
    fc.property(span, fc.array(span, { maxLength: 20 }), fc.double({ min: 0, max: 1, noNaN: true }), (whole, busy, share) => {
      const scale = scaleOf(whole, idleGaps(busy, whole));
      expect(scale.at(whole.from)).toBeCloseTo(0, 6);
      expect(scale.at(whole.to)).toBeCloseTo(1, 3);
      const moment = whole.from + share * (whole.to - whole.from);
      expect(Math.abs(scale.when(scale.at(moment)) - moment)).toBeLessThan(1 + (whole.to - whole.from) * 1e-6);
    }),
  );
});

test("idle gaps are idle, apart, in order, and long enough to be worth it", () => {
  fc.assert(
    fc.property(span, fc.array(span, { maxLength: 20 }), (whole, busy) => {
      const gaps = idleGaps(busy, whole);
      gaps.forEach((gap, at) => {
        expect(gap.to - gap.from).toBeGreaterThanOrEqual((whole.to - whole.from) * 0.1 - 1e-9);
        expect(gap.from).toBeGreaterThanOrEqual(gaps[at - 1]?.to ?? whole.from);
        for (const one of busy) expect(one.from < gap.to && gap.from < one.to && one.from < one.to).toBe(false);
      });
    }),
  );
});

test("a night of waiting is drawn short", () => {
  const hour = 3_600_000;
  const gaps = idleGaps([{ from: 0, to: hour }, { from: 11 * hour, to: 12 * hour }], { from: 0, to: 12 * hour });
  expect(gaps).toEqual([{ from: hour, to: 11 * hour }]);
  const scale = scaleOf({ from: 0, to: 12 * hour }, gaps);
  expect(scale.at(hour)).toBeCloseTo(0.485);
  expect(scale.at(11 * hour)).toBeCloseTo(0.515);
});

test("zooming and panning stay within the whole and keep what is under the pointer", () => {
  fc.assert(
    fc.property(span, fc.double({ min: 0.01, max: 4, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true }), (whole, factor, share, by) => {
      const around = whole.from + share * (whole.to - whole.from);
      const near = zoomed(whole, whole, factor, around);
      for (const one of [near, panned(near, whole, by), kept({ from: -5, to: 1e9 }, whole)]) {
        expect(one.from).toBeGreaterThanOrEqual(whole.from - 1e-3);
        expect(one.to).toBeLessThanOrEqual(whole.to + 1e-3);
        expect(one.to).toBeGreaterThan(one.from);
      }
      expect(near.from - 1e-3 <= around && around <= near.to + 1e-3).toBe(true);
    }),
  );
});

test("ticks are round, inside, and not too many", () => {
  fc.assert(
    fc.property(span, fc.integer({ min: 2, max: 20 }), fc.constantFrom(1, 60), (whole, most, pace) => {
      const ticks = ticksOf(whole, whole.from, most, pace);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      for (const tick of ticks) {
        expect(tick.moment).toBeGreaterThanOrEqual(whole.from - 1);
        expect(tick.moment).toBeLessThanOrEqual(whole.to + 1);
      }
    }),
  );
  expect(ticksOf({ from: 0, to: 60_000 }, 0, 6).map((tick) => tick.seconds)).toEqual([0, 10, 20, 30, 40, 50, 60]);
});
