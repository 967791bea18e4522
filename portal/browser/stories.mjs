// What people do with the portal, in a real Chromium on the embedded AWS. Each story ends with an
// error or is true, whatever else there is. Settings: {address, plan: its name, planId, failed: id
// of a failed execution}, and what a test adds for its story.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { goWithin, settled, signedIn, tell, until } from "./pages.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const heading = (page) => page.locator("h1").first().textContent();
const shows = (page, text) => until(`the page shows ${text}`, async () => (await page.locator("body").innerText()).includes(text));
const openTab = async (page, name) => page.getByRole("tab", { name, exact: true }).click();

/** There may be more plans than a page of the list holds. */
async function findPlan(page, plan) {
  await page.getByLabel("Filter plans by name").fill(plan);
}

const ofRun = /\/workflows\/\d{8}-/;
const began = (page) => ofRun.test(page.url());

async function startDrill(page, plan) {
  await page.getByRole("link", { name: "Recovery", exact: true }).click();
  await findPlan(page, plan);
  await page.getByRole("button", { name: `Start a drill of ${plan}`, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("textarea").fill("A story told by the tests");
  // Right after another drill the servers may still be held: the page says so, and one tries again.
  await until("the drill is begun", async () => {
    // A click may come while the one before is being answered: the dialog is gone once it has begun.
    if (!began(page)) await dialog.getByRole("button", { name: "Start the drill" }).click({ timeout: 8000 }).catch(() => {});
    await page.waitForURL(ofRun, { timeout: 8000 }).catch(() => {});
    return began(page);
  });
  // What it was refused meanwhile is no fault of the page's.
  page.problems = page.problems.filter((problem) => !problem.includes("409 (Conflict)"));
  await shows(page, "has begun");
}

/** Waits for them in the list: what began since it was read waits behind a button, so that no row moves. */
async function listed(page, ids) {
  await until("they are in the list", async () => {
    const told = page.getByRole("button", { name: / – show$/ });
    if ((await told.count()) > 0) await told.click();
    return (await Promise.all(ids.map((id) => page.locator(`[id="row-${id}"]`).count()))).every(Boolean);
  });
}

/** Nothing that the browser refused: no content security violation, no exception, no missing file. */
async function quiet(page) {
  assert.deepEqual(await page.faults(), []);
}

const stories = {
  /** From the start of a drill to the last instance cleaned up, without one reload. */
  async drill(browser, { address, plan }) {
    const page = await signedIn(browser, address, "operator@example.com");
    await startDrill(page, plan);
    assert.match(await heading(page), new RegExp(plan));
    await openTab(page, "Waves");
    await shows(page, "Launching");
    await shows(page, "held until somebody releases it");
    await page.getByRole("button", { name: "Release" }).click();
    await page.getByRole("dialog").locator("textarea").fill("The story goes on");
    await page.getByRole("dialog").getByRole("button", { name: "Release" }).click();
    await until("the run completes", async () => (await page.locator("main").innerText()).includes("Completed") && (await page.getByRole("button", { name: "Clean up drill instances" }).count()) === 1);

    await openTab(page, "Gantt");
    const gantt = page.getByRole("treegrid", { name: /^Gantt/ });
    await gantt.waitFor();
    assert.ok((await gantt.locator(".bar").count()) > 8, "each server has a bar");
    await openTab(page, "Diagram");
    const states = page.locator(".diagram .state");
    await states.first().waitFor();
    assert.ok((await states.count()) >= 10, "the ten states are drawn");
    assert.ok((await page.locator('.way[data-taken="true"]').count()) > 3, "the ways that were taken are marked");
    await openTab(page, "Orchestration");
    await shows(page, "Step Functions Orchestration");
    await shows(page, "State Timeline (");
    await openTab(page, "Events");
    await shows(page, "ExecutionStarted");
    await openTab(page, "Audit");
    await shows(page, "Drill started");

    await openTab(page, "Waves");
    await page.getByRole("button", { name: "Clean up drill instances" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^Terminate \d+ instances$/ }).waitFor();
    await dialog.locator("textarea").fill("The story is over");
    await dialog.getByRole("button", { name: /^Terminate/ }).click();
    await shows(page, "What was launched for the drill, terminated again");
    await quiet(page);
  },

  /** A change is there because it was pushed; a lost connection is had again; a drill is cancelled. */
  async pushed(browser, { address, plan }) {
    const page = await signedIn(browser, address, "operator@example.com");
    const told = [];
    const reads = [];
    let sockets = 0;
    page.on("websocket", (socket) => {
      sockets += 1;
      socket.on("framereceived", ({ payload }) => told.push({ at: Date.now(), ...JSON.parse(payload) }));
    });
    page.on("request", (request) => {
      if (request.method() === "GET" && /\/workflows(\/|\?)/.test(request.url()) && request.url().includes("/api/")) reads.push(Date.now());
    });
    await page.reload();
    await until("the list is subscribed to", async () => told.some((frame) => frame.type === "subscribed" && frame.topic === "list"));
    await shows(page, "Live");
    await startDrill(page, plan);
    await openTab(page, "Waves");
    const unasked = (from) => reads.filter((at) => at > from && !told.some((frame) => frame.type === "deltas" && frame.at <= at && at - frame.at < 8000));
    const launches = () => told.find((frame) => frame.topic?.startsWith("workflow:") && frame.deltas?.some((delta) => delta.type === "waveUpdated" && delta.newStatus === "LAUNCHING"));
    await until("a wave launches", async () => launches() !== undefined);
    await page.locator("main").getByText("Launching").first().waitFor();
    // What it shows it has not found by asking again and again: it asked for what it was told of.
    assert.deepEqual(unasked(launches().at), [], "nothing is read that was not told");

    await page.context().setOffline(true);
    await shows(page, "Reconnecting");
    const before = sockets;
    await page.context().setOffline(false);
    await until("it is live again", async () => (await page.locator("main").innerText()).includes("Live") && sockets > before);

    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    const dialog = page.getByRole("dialog");
    assert.match(await dialog.innerText(), /terminate the drill instances that it launched/);
    await dialog.locator("textarea").fill("It was pushed");
    await dialog.getByRole("button", { name: "Cancel", exact: true }).click();
    await until("it is cancelled", async () => (await page.locator("main").innerText()).includes("Cancelled"));
    await page.getByRole("link", { name: "Workflows", exact: true }).first().click();
    await settled(page, () => page.locator('[role="tablist"]').waitFor(), 2000);
    const from = Date.now();
    // Without a socket it would have asked twice.
    await page.waitForTimeout(11_000);
    assert.deepEqual(unasked(from), [], "nothing is read that was not told");
  },

  /** All that the filter finds is cancelled: told before, typed, followed to its end. */
  async many(browser, { address, type, ids }) {
    const page = await signedIn(browser, address, "operator@example.com", { path: `workflows?type=${type}` });
    await listed(page, ids);
    await page.getByRole("button", { name: "Many at once" }).click();
    await page.getByRole("menuitem", { name: "Cancel all that match…" }).click();
    const dialog = page.getByRole("dialog");
    const eligible = async () => Number(/(\d+) can be acted on/.exec(await dialog.innerText())?.[1] ?? 0);
    await until("the preview is there", async () => (await eligible()) >= ids.length);
    const confirmation = await dialog.locator("label b").innerText();
    await dialog.locator("textarea").fill("A story of many");
    await dialog.locator('input[type="text"]').fill(confirmation);
    await dialog.getByRole("button", { name: `Cancel ${await eligible()}`, exact: true }).click();
    await until("the progress has an address", async () => page.url().includes("bulk=bulk-"));
    await until("it completes", async () => (await page.getByRole("dialog").innerText()).includes("Completed"));
    assert.ok((await page.getByRole("dialog").getByText("Done", { exact: true }).count()) >= ids.length);
    await quiet(page);
  },

  /** An operator is there, and need not sign in again. */
  async arrived(browser, { address }) {
    await signedIn(browser, address, "operator@example.com");
  },

  /** An execution is held at its gate, let go, exported and cloned; the clone is cancelled, and retried. */
  async acted(browser, { address, type, id }) {
    const page = await signedIn(browser, address, "operator@example.com", { path: `workflows/${id}` });
    const main = page.locator("main");
    const does = async (action) => {
      await main.getByRole("button", { name: action, exact: true }).click();
      const dialog = page.getByRole("dialog");
      await dialog.locator("textarea").first().fill("A story of one execution");
      await dialog.getByRole("button", { name: action, exact: true }).click();
      await dialog.waitFor({ state: "detached" });
    };
    const stands = (status) => until(`it is ${status}`, async () => (await main.innerText()).split("\n").includes(status));
    await does("Pause");
    await stands("Paused");
    await does("Resume");
    await stands("Completed");

    await main.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /^CSV/ }).click()]);
    assert.match(file.suggestedFilename(), /\.csv$/);
    assert.match(readFileSync(await file.path(), "utf8"), /BeforeShipping/);

    await main.getByRole("button", { name: "Clone", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("With another input").click();
    await dialog.locator("textarea").nth(1).fill('{"seconds": 360000, "order": 9}');
    await dialog.locator("textarea").first().fill("The same once more");
    await dialog.getByRole("button", { name: "Clone", exact: true }).click();
    await until("the clone is looked at", async () => !page.url().includes(id) && page.url().includes("/workflows/"));
    await stands("Running");
    const clone = decodeURIComponent(page.url().split("/workflows/")[1].split("?")[0]);
    await page.goto(`${address}workflows?type=${type}`);
    await listed(page, [clone]);
    await page.locator(`[id="row-${clone}"]`).locator("xpath=ancestor::tr").getByRole("button", { name: /^Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Cancel" }).click();
    await page.getByRole("dialog").locator("textarea").fill("Enough of it");
    await page.getByRole("dialog").getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.goBack();
    await stands("Cancelled");
    await does("Retry");
    await stands("Running");
    await does("Cancel");
    await stands("Cancelled");
    await quiet(page);
  },

  /** What is asked is kept under a name, found again after a reload, and removed. */
  async views(browser, { address }) {
    const page = await signedIn(browser, address, "viewer@example.com", { path: "workflows?tab=failed&ended=7d&type=order-fulfilment" });
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menuitem", { name: /^Save what is shown/ }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Orders that failed");
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Orders that failed" }).waitFor();
    await page.goto(`${address}workflows`);
    await page.getByRole("button", { name: "Views" }).click();
    await page.getByRole("menuitem", { name: "Orders that failed" }).click();
    await page.waitForURL(/tab=failed&ended=7d&type=order-fulfilment$/);
    await shows(page, "Type = order-fulfilment");
    await page.getByRole("button", { name: "Orders that failed" }).click();
    await page.getByRole("menuitem", { name: "Remove Orders that failed" }).click();
    await page.getByRole("button", { name: "Views" }).waitFor();
    await quiet(page);
  },

  /** What a role may not do is there, and says why. */
  async roles(browser, { address, plan }) {
    for (const [role, mayDrill] of [["viewer", false], ["planner", false], ["operator", true], ["commander", true]]) {
      const page = await signedIn(browser, address, `${role}@example.com`, { path: "recovery" });
      await findPlan(page, plan);
      const start = page.getByRole("button", { name: `Start a drill of ${plan}`, exact: true });
      await start.waitFor();
      const enabled = async () => (await start.getAttribute("aria-disabled")) !== "true" && !(await start.isDisabled());
      await until(`${role} ${mayDrill ? "may" : "may not"} drill`, async () => (await enabled()) === mayDrill);
      await page.getByRole("link", { name: plan, exact: true }).first().click();
      const real = page.getByRole("button", { name: "Recover for real" });
      await real.waitFor();
      await until(`${role} and a real recovery`, async () => ((await real.getAttribute("aria-disabled")) !== "true" && !(await real.isDisabled())) === (role === "commander"));
      await quiet(page);
      await page.context().close();
    }
  },

  /** Why it failed comes first, and leads to the step; the address keeps what is open. */
  async failed(browser, { address, failed }) {
    const page = await signedIn(browser, address, "viewer@example.com", { path: `workflows/${failed}` });
    await page.getByRole("button", { name: /^Jump to/ }).click();
    await until("the step opens", async () => page.url().includes("step="));
    await shows(page, "Attempts");
    await page.reload();
    await page.getByRole("treegrid", { name: "Steps" }).waitFor();
    await until("the step is still chosen", async () => (await page.locator('[role="row"][aria-selected="true"]').count()) === 1);
    await openTab(page, "Input and output");
    await shows(page, "orderId");
    await quiet(page);
  },

  /** The list by address and by keyboard; and an address that is nobody's. */
  async list(browser, { address, failed }) {
    const page = await signedIn(browser, address, "viewer@example.com", { path: "workflows?tab=failed&ended=any&type=order-fulfilment" });
    await page.locator(`[id="row-${failed}"]`).waitFor();
    await shows(page, "Type = order-fulfilment");
    await page.locator("h1").click();
    await page.keyboard.press("j");
    await until("j goes to the first row", () => page.evaluate(() => document.activeElement?.closest('[id^="row-"]') !== null));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/workflows\/./);
    await page.goBack();
    await shows(page, "Type = order-fulfilment");
    await page.goto(`${address}workflows/20200101-000000-00000000`);
    await shows(page, "Not found");
    await page.goto(`${address}no/such/page`);
    await shows(page, "There is no such page");
  },

  /** Without a network what is shown stays and is marked; with it, all goes on by itself. */
  async offline(browser, { address }) {
    const page = await signedIn(browser, address, "viewer@example.com", { path: "workflows?tab=all" });
    await shows(page, "Live");
    await settled(page, () => page.locator('[id^="row-"]').first().waitFor(), 1000);
    const rows = await page.locator('[id^="row-"]').count();
    await page.context().setOffline(true);
    await shows(page, "Reconnecting");
    assert.equal(await page.locator('[id^="row-"]').count(), rows, "what was known is still there");
    await page.context().setOffline(false);
    await shows(page, "Live");
  },

  /** Whoever signs out is out, and is asked to sign in again. */
  async signedOut(browser, { address }) {
    const page = await signedIn(browser, address, "viewer@example.com", { anew: true });
    await page.getByRole("button", { name: /viewer@example.com/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForSelector('input[name="username"]');
  },

  /** A group and a plan are written: what the group means and a cycle are told meanwhile; both go again. */
  async planned(browser, { address }) {
    const page = await signedIn(browser, address, "planner@example.com", { path: "recovery/new-group" });
    const name = `Story ${Date.now()}`;
    const main = page.locator("main");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Save" }).click();
    await shows(page, "An account has 12 digits.");
    await page.getByLabel("Account").fill("111122223333");
    await page.getByLabel("Region").fill("eu-west-1");
    await page.getByLabel("Key of tag 1").fill("wave");
    await page.getByLabel("Value of tag 1").fill("database");
    await shows(page, "db-01");
    await page.getByRole("button", { name: "Save" }).click();
    await shows(page, `${name} was saved`);
    await page.goto(`${address}recovery/new-plan`);
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Name of the wave").fill("first");
    await page.getByRole("button", { name: "Add a wave" }).click();
    await page.getByLabel("Name of the wave").nth(1).fill("second");
    await page.getByLabel("Starts after").first().click();
    await page.getByRole("option", { name: "second" }).click();
    await page.keyboard.press("Escape");
    await shows(page, "These waves wait for each other: first → second → first.");
    await main.getByRole("button", { name: "Remove second" }).click();
    await until("the cycle is gone", async () => !(await main.innerText()).includes("wait for each other"));
    await page.getByLabel("Protection groups").click();
    await page.keyboard.type(name);
    await until("only that group is offered", async () => (await page.getByRole("option").count()) === 1);
    await page.getByRole("option", { name }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: `Without ${name}` }).waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await shows(page, "Version 1");
    await page.getByRole("tab", { name: "Would it work now?" }).click();
    await shows(page, "It would work now");
    await shows(page, "first: ");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("textbox").first().fill(name);
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await shows(page, `${name} was removed`);
    await page.getByRole("tab", { name: "Protection groups" }).click();
    await page.getByLabel("Filter groups by name").pressSequentially(name);
    await page.getByRole("link", { name }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("textbox").first().fill(name);
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await shows(page, `${name} was removed`);
    await page.getByLabel("Filter groups by name").pressSequentially(name);
    await shows(page, `No group's name begins with ${name}.`);
    await quiet(page);
  },

  /** A number of the figures leads to the executions that it counts. */
  async counted(browser, { address }) {
    const page = await signedIn(browser, address, "viewer@example.com", { path: "analytics" });
    await shows(page, "Failure rate");
    await page.getByRole("link", { name: /^Ended: / }).click();
    await page.waitForURL(/\/history\?by=ended/);
    await page.getByRole("row").nth(1).waitFor();
    await page.goBack();
    await shows(page, "Failure rate");
    await page.getByRole("button", { name: "7 days" }).click();
    await until("the period is in the address", async () => page.url().endsWith("period=7d"));
    await shows(page, "Where it fails");
    await quiet(page);
  },

  /** Nothing serious or critical on any page: light, dark, and 320 pixels wide. */
  async accessible(browser, { address, run, failed, planId }) {
    const found = [];
    const page = await signedIn(browser, address);
    const looked = async (path, look, rules) => {
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      const { violations } = await page.evaluate((only) => window.axe.run(document, { resultTypes: ["violations"], elementRef: false, ...(only ? { runOnly: only } : {}) }), rules);
      for (const one of violations.filter(({ impact }) => impact === "serious" || impact === "critical")) {
        found.push(`${path} ${look}: ${one.id}, ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
      }
    };
    await page.evaluate(axe);
    for (const path of pathsOf({ run, failed, planId })) {
      await settled(page, () => goWithin(page, path));
      await looked(path, "light");
      // The very same elements in other colours.
      await page.emulateMedia({ colorScheme: "dark" });
      await looked(path, "dark", ["color-contrast", "link-in-text-block"]);
      await settled(page, () => page.setViewportSize({ width: 320, height: 800 }));
      await looked(path, "320 pixels wide, dark");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 1) found.push(`${path}: ${wide} pixels wider than 320`);
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    assert.deepEqual(found, []);
  },
};

function pathsOf({ run, failed, planId }) {
  return [
    "workflows", "workflows?tab=all", "no/such/page",
    "recovery", "recovery?tab=groups", "recovery?tab=runs", "recovery/new-group", "recovery/new-plan",
    ...["", "?tab=readiness", "?tab=runs", "/edit"].map((part) => `recovery/plans/${planId}${part}`),
    "history", "history?by=ended&status=FAILED", "analytics", "analytics?period=7d",
    ...["waves", "steps", "gantt", "diagram", "machine", "events", "payloads", "audit"].map((tab) => `workflows/${run}?tab=${tab}`),
    ...["steps", "gantt", "diagram", "events", "payloads"].map((tab) => `workflows/${failed}?tab=${tab}`),
  ];
}

await tell(stories);
