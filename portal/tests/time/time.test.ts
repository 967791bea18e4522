import { render } from "@testing-library/react";
import fc from "fast-check";
import { createElement } from "react";
import { expect, test, vi } from "vitest";
import { duration, secondsBetween } from "../../src/time/duration";
import { ago, inUtc, moment } from "../../src/time/moment";
import { aheadBy, atServer, heardDate } from "../../src/time/server";
import { useNow } from "../../src/time/now";
import { paceOf, soFar } from "../../src/time/pace";

test.each([
  [0, "0 ms"],
  [0.84, "840 ms"],
  [0.9999, "999 ms"],
  [1, "1.0 s"],
  [9.99, "9.9 s"],
  [12.4, "12 s"],
  [59.999, "59 s"],
  [60, "1 m"],
  [200, "3 m 20 s"],
  [3599.9, "59 m 59 s"],
  [7500, "2 h 05 m"],
  [86_400, "1 d"],
  [273_600, "3 d 04 h"],
  [-5, "−5.0 s"],
  [null, "–"],
  [Number.NaN, "–"],
])("%j seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("no duration ever says 60 of anything, and a longer one never reads shorter", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (seconds) => {
      expect(duration(seconds)).not.toMatch(/\b60 [sm]\b|\b1000 ms\b|\b24 h\b/);
    }),
  );
});

test("what has no end is counted until now, and what has no beginning is not counted", () => {
  const begun = "2026-11-20T21:00:00.000Z";
  expect(secondsBetween(begun, null, Date.parse(begun) + 5000)).toBe(5);
  expect(secondsBetween(begun, "2026-11-20T21:01:00.000Z", 0)).toBe(60);
  expect(secondsBetween(null, null, 0)).toBeNull();
  expect(secondsBetween("odd", null, 0)).toBeNull();
});

test("a moment is told in the reader's zone, with the year only where it is another", () => {
  const now = Date.parse("2026-11-20T21:00:00Z");
  expect(moment("2026-11-20T21:04:11.5Z", now, "Europe/Berlin")).toBe("20 Nov, 22:04:11");
  expect(moment("2024-01-02T03:04:05Z", now, "UTC")).toContain("2024");
  expect(moment("odd", now)).toBe("–");
  // It is 2027 in Berlin already: to whom reads there in 2027 it is this year.
  expect(moment("2026-12-31T23:30:00Z", Date.parse("2027-06-01T00:00:00Z"), "Europe/Berlin")).toBe("01 Jan, 00:30:00");
  expect(inUtc("2026-11-20T21:04:11.123Z")).toBe("2026-11-20 21:04:11.123 UTC");
  expect([3, 40, 300, 7200, 200_000].map((age) => ago(new Date(now - age * 1000).toISOString(), now))).toEqual(["just now", "40 s ago", "5 m ago", "2 h ago", "2 d ago"]);
});

test("a trial that passes sixty times faster goes on at that pace", () => {
  const begun = "2026-11-20T21:00:00.000Z";
  const heard = Date.parse(begun) + 10_000;
  expect(paceOf(600, begun, heard)).toBe(60);
  expect(paceOf(10.2, begun, heard)).toBe(1);
  expect(paceOf(2, begun, heard)).toBe(1);
  expect(soFar(600, heard, heard + 1000, 60)).toBe(660);
});

test("a machine whose clock is wrong tells durations as the server has them", () => {
  const now = Date.parse("2026-11-20T21:00:00.000Z");
  expect(aheadBy("Fri, 20 Nov 2026 21:05:00 GMT", now)).toBe(300_000);
  expect(aheadBy("Fri, 20 Nov 2026 20:00:00 GMT", now)).toBe(-3_600_000);
  expect(aheadBy("Fri, 20 Nov 2026 21:00:02 GMT", now)).toBe(0);
  expect(aheadBy("yesterday", now)).toBe(0);
  vi.useFakeTimers({ now });
  heardDate("Fri, 20 Nov 2026 21:05:00 GMT");
  expect(atServer(now)).toBe(now + 300_000);
  heardDate("Fri, 20 Nov 2026 21:05:01 GMT");
  expect(atServer(now)).toBe(now + 300_000);
  // Begun five minutes ago by the server's clock: that is no laptop's trial, it passes as wall time does.
  expect(paceOf(310, "2026-11-20T20:59:50.000Z", atServer(now))).toBe(1);
  heardDate("Fri, 20 Nov 2026 21:00:00 GMT");
  expect(atServer(now)).toBe(now);
  vi.useRealTimers();
});

test("after a while in which nobody asked, the time is not an old one", () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T21:00:00.000Z") });
  let seen = 0;
  const Probe = () => {
    seen = useNow();
    return null;
  };
  render(createElement(Probe)).unmount();
  vi.setSystemTime(Date.parse("2026-11-20T22:00:00.000Z"));
  const view = render(createElement(Probe));
  expect(seen).toBe(Date.parse("2026-11-20T22:00:00.000Z"));
  view.unmount();
  vi.useRealTimers();
});
