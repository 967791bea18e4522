import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Run } from "../../src/workflow/useWorkflow";
import WavesTab from "../../src/workflow/waves/WavesTab";
import { workflow } from "../made";
import { run as summary } from "../recovery/made";
import { type Answer, READING, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const server = (at: number, status = "LAUNCHED") => ({
  sourceServerId: `s-${at}`, name: `server ${at}`, region: "eu-west-1", accountId: "111122223333", status, critical: false, phases: {}, cause: null, recoveryInstanceId: null,
  instanceState: null, pointInTime: null, startedAt: null, endedAt: null, confirmedAt: null, launchedAt: null, launchStatus: null,
});
const wave = (name: string, status: string, servers: object[] = []) => ({
  name, status, dependsOn: [], servers, serverCount: servers.length, serversLaunched: 0, serversFailed: 0, startedAt: null, endedAt: null, seconds: null, cause: null, timeoutMinutes: 60, pauseBefore: true, takenOver: false,
});
const runOf = (waves: object[]) => ({ ...summary({ status: "RUNNING", endedAt: null }), waves, compensation: [] }) as unknown as Run;
const one = workflow({ id: "20261120-162732-b2745d11", name: "Sample shop", engine: "recovery", isDrill: true });
const tab = (waves: object[]) => <WavesTab run={runOf(waves)} workflow={one} />;

test("of a thousand servers a page is drawn, and the one that failed is on the first", () => {
  const servers = Array.from({ length: 1000 }, (_, at) => server(at, at === 777 ? "FAILED" : "LAUNCHED"));
  showing(tab([wave("web", "LAUNCHING", servers)]), {});
  const table = createWrapper().findTable();
  expect(table?.findRows()).toHaveLength(50);
  expect(table?.findBodyCell(1, 1)?.getElement().textContent).toContain("server 777");
  table?.findPagination()?.findPageNumberByIndex(2)?.click();
  expect(createWrapper().findTable()?.findBodyCell(1, 1)?.getElement().textContent).toContain("server 49");
});

test("what is released is what was held when somebody asked", async () => {
  const sent: unknown[] = [];
  const answers = { [`POST /executions/${one.id}/resume`]: ({ body }: { body: unknown }): Answer => (sent.push(body), { status: 202, body: { executionId: one.id, message: "Released.", status: "RUNNING", takesEffectWithinSeconds: 0 } }) };
  const page = showing(tab([wave("web", "HELD"), wave("batch", "PENDING")]), answers);
  const release = () => [...document.querySelectorAll("button")].find((button) => button.textContent === "Release" && !button.closest("[role=dialog]"));
  await vi.waitFor(() => expect(release()?.getAttribute("aria-disabled") ?? release()?.disabled).not.toBe("true"));
  await vi.waitFor(() => {
    release()?.click();
    expect(createWrapper().findModal()?.getElement().textContent).toContain("Released: web.");
  });
  page.again(tab([wave("web", "HELD"), wave("batch", "HELD")]));
  expect(createWrapper().findModal()?.getElement().textContent).toContain("Released: web.");
  createWrapper().findModal()?.findContent().findTextarea()?.setTextareaValue("it was looked at");
  createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.click();
  await vi.waitFor(() => expect(sent).toEqual([{ reason: "it was looked at", waves: ["web"] }]));
});

test("who may not release is told which role may", async () => {
  showing(tab([wave("web", "HELD")]), { "GET /me": { body: READING } });
  const release = await vi.waitFor(() => {
    const found = createWrapper().findAllButtons().find((button) => button.getElement().textContent?.includes("Release"));
    if (!found?.findDisabledReason() && !found?.getElement().textContent?.includes("role")) found?.getElement().focus();
    expect(document.body.textContent).toContain("This needs the role operator or commander");
    return found;
  });
  expect(release?.isDisabled()).toBe(true);
});
