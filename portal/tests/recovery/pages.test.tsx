import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import RecoveryPage from "../../src/recovery/RecoveryPage";
import GroupFormPage from "../../src/recovery/groups/GroupFormPage";
import GroupPage from "../../src/recovery/groups/GroupPage";
import PlanFormPage from "../../src/recovery/plans/PlanFormPage";
import PlanPage from "../../src/recovery/plans/PlanPage";
import { RunsTable } from "../../src/recovery/runs/RunsTable";
import { StartDialog } from "../../src/recovery/runs/StartDialog";
import { workflow } from "../made";
import { READING, refusal, showing } from "../withApi";
import { group, page, plan, run, wave } from "./made";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const NOTHING = { "GET /recovery-plans": { body: page([]) }, "GET /protection-groups": { body: page([]) }, "GET /executions": { body: page([]) }, "GET /workflows": { body: { ...page([]), counts: null } } };
const GROUPS = { body: page([group(), group({ groupId: "g-web", name: "Shop web" })]) };
const READY = { ready: true, checkedAt: "2026-11-20T16:00:00.000Z", problems: [], problemCount: 0, warnings: [], warningCount: 0, waves: [{ name: "database", servers: 3 }, { name: "web", servers: 8 }] };

const button = (words: string) => createWrapper().findAllButtons().find((one) => one.getElement().textContent?.includes(words) || one.getElement().getAttribute("aria-label") === words);
const isDisabled = (words: string) => {
  const element = button(words)?.getElement();
  return element?.hasAttribute("disabled") || element?.getAttribute("aria-disabled") === "true";
};

test("without any plan the page says what comes first", async () => {
  const { sees } = showing(<RecoveryPage />, NOTHING, "/recovery");
  await sees("No recovery plan yet");
  await sees("Make those first");
});

test("a plan in the list tells its waves in order, its objective and how the last run ended", async () => {
  const { sees } = showing(<RecoveryPage />, { ...NOTHING, "GET /recovery-plans": { body: page([plan()]) }, "GET /executions": (call) => ({ body: page(call.query.has("open") ? [] : [run()]) }) }, "/recovery");
  await sees("database → web");
  await sees("1 h 30 m");
  await sees(/Completed.*1 h, met/);
});

test("looking for a name keeps the cursor in its field, and asks once for what was typed, not for each letter", async () => {
  const { sees, calls } = showing(<RecoveryPage />, { ...NOTHING, "GET /protection-groups": (call) => ({ body: page(call.query.get("prefix") ? [group({ name: "Story" })] : [group()]) }) }, "/recovery?tab=groups");
  await sees("Shop databases");
  const field = createWrapper().findTable()?.findTextFilter()?.findInput();
  const typedInto = field?.findNativeInput().getElement();
  typedInto?.focus();
  for (const typed of ["S", "St", "Sto"]) field?.setInputValue(typed);
  await sees("Story");
  expect(document.activeElement).toBe(typedInto);
  expect(calls.filter((call) => call.path === "/protection-groups").map((call) => call.query.get("prefix"))).toEqual([null, "Sto"]);
});

test("where plans may not be read, the page says so and offers to try again", async () => {
  const { sees } = showing(<RecoveryPage />, { ...NOTHING, "GET /recovery-plans": refusal(403, "Your role does not allow this. Ask for viewer.") }, "/recovery");
  await sees("Your role does not allow this");
  await sees("Ask for viewer");
});

test("a viewer sees every button, disabled, with who may", async () => {
  const { sees } = showing(<PlanPage id="p-1" />, { ...NOTHING, "GET /me": { body: READING }, "GET /recovery-plans/p-1": { body: plan() }, "GET /protection-groups": GROUPS }, "/recovery/plans/p-1");
  await sees("Sample shop");
  await vi.waitFor(() => {
    for (const words of ["Start a drill", "Recover for real", "Edit", "Remove"]) expect(isDisabled(words), words).toBe(true);
    button("Recover for real")?.focus();
    expect(document.body.textContent).toContain("This needs the role commander. You are viewer.");
  });
});

test("an open run that is held offers to release that very wave", async () => {
  const held = { ...run({ status: "RUNNING", endedAt: null }), jobs: [], compensation: [], waves: [{ ...wave(), name: "web", status: "HELD", servers: [] }] };
  const { sees, calls } = showing(<RecoveryPage />, {
    ...NOTHING,
    "GET /executions": (call) => ({ body: page(call.query.has("open") ? [run({ status: "RUNNING", endedAt: null })] : []) }),
    "GET /workflows": { body: { ...page([workflow({ id: held.executionId, engine: "recovery", name: "Sample shop", isDrill: true, capabilities: {} })]), counts: null } },
    [`GET /executions/${held.executionId}`]: { body: held },
    [`POST /executions/${held.executionId}/resume`]: { status: 202, body: { executionId: held.executionId, message: "Released.", status: "RUNNING", takesEffectWithinSeconds: 5 } },
  }, "/recovery");
  await sees("web: held until somebody lets it go");
  await vi.waitFor(() => expect(isDisabled("Release")).toBe(false));
  button("Release")?.click();
  const dialog = createWrapper().findAllModals().find((one) => one.isVisible());
  dialog?.findContent().findTextarea()?.setTextareaValue("databases look well");
  dialog?.findFooter()?.findAllButtons().at(-1)?.click();
  await vi.waitFor(() => expect(calls.find((one) => one.method === "POST")?.body).toEqual({ reason: "databases look well", waves: ["web"] }));
});

test("a drill starts with its reason, and twice the same click is one start", async () => {
  const { calls, sees } = showing(<StartDialog plan={plan()} isDrill close={() => {}} />, {
    "POST /recovery-plans/p-1/validate": { body: READY },
    "POST /executions": refusal(503, "Busy."),
  });
  await sees("11 servers are ready");
  const dialog = createWrapper().findModal();
  const go = () => dialog?.findFooter()?.findAllButtons().at(-1);
  expect(go()?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findTextarea()?.setTextareaValue("quarterly drill");
  go()?.click();
  await sees("Busy");
  await vi.waitFor(() => expect(go()?.getElement().getAttribute("aria-disabled")).not.toBe("true"));
  go()?.click();
  const started = () => calls.filter((one) => one.path === "/executions");
  await vi.waitFor(() => expect(started().length).toBe(2));
  expect(started()[0]?.body).toEqual({ planId: "p-1", isDrill: true, reason: "quarterly drill" });
  expect(started()[0]?.key).toBe(started()[1]?.key);
});

test("who starts a plan that somebody changed meanwhile is told, and by which waves it is started", async () => {
  const changed = plan({ version: 4, updatedBy: "somebody@example.com", waves: [wave({ name: "other", groupIds: ["g-1"] })] });
  const { sees } = showing(<StartDialog plan={plan()} isDrill={false} close={() => {}} />, { "POST /recovery-plans/p-1/validate": { body: READY }, "GET /recovery-plans/p-1": { body: changed } });
  await sees("somebody@example.com has changed this plan since you opened it");
  await sees("It is version 4 now, not 3: other.");
});

test("a real recovery needs the plan's name, typed exactly, and says so in the request", async () => {
  const { calls, sees } = showing(<StartDialog plan={plan()} isDrill={false} close={() => {}} />, {
    "POST /recovery-plans/p-1/validate": { body: { ...READY, ready: false, problemCount: 1, problems: [{ place: "waves[0]", code: "notLaunchable", severity: "problem", problem: "db-1 has no snapshot.", remedy: "Wait." }] } },
    "POST /executions": { status: 202, body: run({ isDrill: false }) },
  });
  await sees("1 problem keeps it from working");
  const dialog = createWrapper().findModal();
  const go = () => dialog?.findFooter()?.findAllButtons().at(-1);
  dialog?.findContent().findTextarea()?.setTextareaValue("the site is lost");
  dialog?.findContent().findInput()?.setInputValue("sample shop");
  expect(go()?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findInput()?.setInputValue("Sample shop");
  go()?.click();
  await vi.waitFor(() => expect(calls.find((one) => one.path === "/executions")?.body).toEqual({ planId: "p-1", isDrill: false, reason: "the site is lost", planName: "Sample shop" }));
});

test("what the API refuses stands at its field, and goes when something is typed", async () => {
  const { sees, text, calls } = showing(<PlanFormPage id="p-1" />, {
    ...NOTHING,
    "GET /recovery-plans/p-1": { body: plan() },
    "GET /protection-groups": GROUPS,
    "PUT /recovery-plans/p-1": refusal(422, "The plan cannot be saved.", [{ place: "waves[1].groupIds[0]", code: "unknownGroup", severity: "problem", problem: "There is no protection group 'g-web'.", remedy: "Name one that exists." }]),
  }, "/recovery/plans/p-1/edit");
  await sees("Edit Sample shop");
  await vi.waitFor(() => expect(isDisabled("Save")).toBe(false));
  button("Save")?.click();
  await sees("There is no protection group 'g-web'. Name one that exists.");
  expect(calls.find((one) => one.method === "PUT")?.body).toMatchObject({ version: 3, name: "Sample shop", rtoMinutes: 90 });
  createWrapper().findInput()?.setInputValue("Shop");
  await vi.waitFor(() => expect(text()).not.toContain("There is no protection group"));
});

test("a cycle is told while it is made, before anything is saved", async () => {
  const { sees, calls } = showing(<PlanFormPage id="p-1" />, {
    ...NOTHING,
    "GET /recovery-plans/p-1": { body: plan({ waves: [wave({ name: "a", dependsOn: ["b"] }), wave({ name: "b", groupIds: ["g-2"], dependsOn: ["a"] })] }) },
  }, "/recovery/plans/p-1/edit");
  await sees("These waves wait for each other: a → b → a.");
  await vi.waitFor(() => expect(isDisabled("Save")).toBe(false));
  button("Save")?.click();
  expect(document.querySelector("[aria-label*='these wait for each other']")).not.toBeNull();
  expect(calls.some((one) => one.method === "PUT")).toBe(false);
});

test("who was faster is told, and their version can be taken", async () => {
  const stored = plan({ version: 7, name: "Sample shop, renamed", updatedBy: "other@example.com" });
  const { sees } = showing(<PlanFormPage id="p-1" />, {
    ...NOTHING,
    "GET /recovery-plans/p-1": { body: plan() },
    "PUT /recovery-plans/p-1": refusal(409, "other@example.com changed the plan.", { yours: {}, stored }),
  }, "/recovery/plans/p-1/edit");
  await sees("Edit Sample shop");
  await vi.waitFor(() => expect(isDisabled("Save")).toBe(false));
  button("Save")?.click();
  await sees("other@example.com changed it");
  button("Show theirs")?.click();
  await vi.waitFor(() => expect(createWrapper().findInput()?.getInputValue()).toBe("Sample shop, renamed"));
});

test("saving mine over theirs sends the version that they made", async () => {
  const { sees, calls } = showing(<GroupFormPage id="g-db" />, {
    ...NOTHING,
    "GET /protection-groups/g-db": { body: group() },
    "GET /source-servers": { body: { ...page([]), initialized: true, missing: [], unreachable: null } },
    "PUT /protection-groups/g-db": refusal(409, "other@example.com changed the group.", { yours: {}, stored: group({ version: 5, updatedBy: "other@example.com" }) }),
  }, "/recovery/groups/g-db/edit");
  await sees("Edit Shop databases");
  await vi.waitFor(() => expect(isDisabled("Save")).toBe(false));
  button("Save")?.click();
  await sees("It is version 5 now");
  button("Save mine over it")?.click();
  button("Save")?.click();
  await vi.waitFor(() => expect(calls.filter((one) => one.method === "PUT").map((one) => (one.body as { version: number }).version)).toEqual([1, 5]));
});

test("a plan goes only when its name was typed, at the version that was seen", async () => {
  const { sees, calls } = showing(<PlanPage id="p-1" />, { ...NOTHING, "GET /recovery-plans/p-1": { body: plan() }, "DELETE /recovery-plans/p-1": { status: 204, body: null } }, "/recovery/plans/p-1");
  await sees("Sample shop");
  await vi.waitFor(() => expect(isDisabled("Remove")).toBe(false));
  button("Remove")?.click();
  const dialog = createWrapper().findAllModals().find((one) => one.isVisible());
  const go = () => dialog?.findFooter()?.findAllButtons().at(-1);
  expect(go()?.getElement().hasAttribute("disabled")).toBe(true);
  dialog?.findContent().findInput()?.setInputValue("Sample shop");
  go()?.click();
  await vi.waitFor(() => expect(calls.find((one) => one.method === "DELETE")?.query.get("version")).toBe("3"));
});

test("a group tells each of its servers' readiness, and why it cannot be removed", async () => {
  const server = { accountId: "111122223333", region: "eu-west-1", sourceServerId: "s-0123456789abcdef0", name: "db-1", lagSeconds: 3, lastLaunch: null, lastLaunchResult: "NOT_STARTED", lastSeenAt: null, lastSnapshotAt: "2026-11-20T16:00:00.000Z", launchable: "ifSnapshot", originAccountId: null, originInstanceId: null, originRegion: null, recoveryInstanceId: null, replicationDirection: "FAILOVER", replicationError: "NOT_CONVERGING", replicationState: "STALLED", tags: {} };
  const { sees } = showing(<GroupPage id="g-db" />, {
    ...NOTHING,
    "GET /protection-groups/g-db": { body: group() },
    "GET /recovery-plans/p-1": { body: plan() },
    "GET /protection-groups/g-db/servers": { body: { ...page([server]), initialized: true, missing: ["s-0123456789abcdef9"], unreachable: null } },
  }, "/recovery/groups/g-db");
  await sees("From its last snapshot");
  await sees("Not converging");
  await sees("s-0123456789abcdef9");
  await sees("application = shop and tier = database");
  expect(isDisabled("Remove")).toBe(true);
});

test("runs stand with what they measured, beside the target", async () => {
  const { sees } = showing(<RunsTable asked={{}} />, { ...NOTHING, "GET /executions": { body: page([run(), run({ executionId: "2", status: "FAILED", serversFailed: 2 }), run({ executionId: "4", status: "CANCELLED", serversLaunched: 0 }), run({ executionId: "3", elapsedSeconds: 6000 })]) } });
  await sees(/1 h.*Met.*of 1 h 30 m/);
  await sees("not all were recovered");
  await sees("nothing was recovered");
  await sees("2 failed");
  await sees(/1 h 40 m.*Missed/);
});
