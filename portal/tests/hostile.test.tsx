import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import fc from "fast-check";
import type { ReactNode } from "react";
import { afterEach, expect, test } from "vitest";
import { ApiProvider, apiOf } from "../src/api/client";
import GanttTab from "../src/workflow/gantt/GanttTab";
import { FailureCard } from "../src/workflow/FailureCard";
import { Payload } from "../src/workflow/panel/Payload";
import { StepsTab } from "../src/workflow/steps/StepsTab";
import { rowsOf } from "../src/workflow/steps/tree";
import { DurationCell, ErrorCell, NameCell, ProgressCell, SlaCell } from "../src/workflows/cells";
import { lookOf } from "../src/workflows/status";
import { Status } from "../src/workflows/Status";
import { step, workflow } from "./made";

afterEach(cleanup);

const TEXTS = ["", "<img src=x onerror=alert(1)>", "\u202Egnp.exe", "😀".repeat(300), "x".repeat(10_000), "constructor", "__proto__", "{{7*7}}", "a\u0000b", "javascript:alert(1)"];
const text = fc.constantFrom(...TEXTS);
const moment = fc.constantFrom(null, "2026-11-20T21:00:00.000Z", "2027-11-20T21:00:00.000Z", "1970-01-01T00:00:00Z", "not a moment", "");
const seconds = fc.constantFrom(null, 0, -5, 1e-9, 31_536_000, Number.MAX_SAFE_INTEGER);
const attempt = fc.record({ number: fc.nat(5), maximum: fc.constantFrom(null, 1, 3), status: text, scheduledAt: moment, startedAt: moment, endedAt: moment, durationSeconds: seconds, backoffSeconds: seconds, error: text, cause: text, waitsForAnswer: fc.boolean() });
const steps = fc.array(fc.record({ name: text, type: text, status: text, startedAt: moment, endedAt: moment, durationSeconds: seconds, p50Seconds: seconds, p95Seconds: seconds, attemptCount: fc.nat(5), attempts: fc.array(attempt, { maxLength: 3 }).map((all) => all.map((one, at) => ({ ...one, number: at + 1 }))), compensation: fc.boolean(), occurrence: fc.nat(3) }), { maxLength: 6 });

/** A name can be read ahead, when a button goes down on it. */
const api = apiOf({ base: "http://localhost", token: () => null, answered: () => {} });
const queries = new QueryClient();
function Around({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={queries}><ApiProvider value={api}>{children}</ApiProvider></QueryClientProvider>;
}

function sane(container: HTMLElement) {
  expect(container.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
  expect(container.querySelector("img, script, [onerror], a[href^='javascript']")).toBeNull();
}

test("steps and their Gantt are drawn, whatever an answer holds", { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(steps, moment, moment, seconds, (told, startedAt, endedAt, target) => {
      const rows = rowsOf({ top: told.map((one, at) => step({ ...(one as object), id: `${at}` })), next: null, parts: new Map() }, new Set());
      const shared = { rows, selected: null, waiting: () => false, onSelect: () => {}, onToggle: () => {}, pace: 1 };
      sane(render(<StepsTab {...shared} runs={endedAt === null} endedAt={endedAt} />).container);
      for (const as of ["bars", "table"]) {
        window.history.replaceState(null, "", `/?as=${as}`);
        sane(render(<GanttTab {...shared} startedAt={startedAt ?? ""} endedAt={endedAt} target={target} marks={[{ at: startedAt ?? "", words: "<b>" }]} window={null} onWindow={() => {}} />).container);
      }
      cleanup();
    }),
    { numRuns: 60 },
  );
});

test("a row of the list is drawn, whatever an answer holds", () => {
  fc.assert(
    fc.property(text, text, seconds, seconds, moment, fc.constantFrom(null, -5, 0, 250), (words, status, said, target, startedAt, percent) => {
      const one = workflow({
        name: words, type: words, status: status as "RUNNING", error: words, cause: words, durationSeconds: said, slaTargetSeconds: target, slaStatus: status as "onTrack", startedAt: startedAt ?? "",
        progress: { completed: null, total: null, percent, currentStep: words, estimated: true },
      });
      const { container } = render(<Around><NameCell workflow={one} /><ProgressCell workflow={one} /><DurationCell workflow={one} heardAt={0} /><SlaCell workflow={one} /><ErrorCell workflow={one} /><Status status={status} /></Around>);
      sane(container);
      for (const bar of container.querySelectorAll("[role=progressbar]")) expect(Number(bar.getAttribute("aria-valuenow"))).toSatisfy((value: number) => value >= 0 && value <= 100);
      cleanup();
    }),
    { numRuns: 60 },
  );
});

test.each(TEXTS)("%j is shown as text and nothing else", (words) => {
  sane(render(<><FailureCard failure={{ message: words, error: words, cause: words, means: words, advice: words, stepId: null, stepName: null } as never} onJump={() => {}} /><Payload name="Input" text={words} /></>).container);
  expect(typeof lookOf(words).words).toBe("string");
});
