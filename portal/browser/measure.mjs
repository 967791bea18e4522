// How quick the built page is in a real Chromium, over an API that answers at once. Prints JSON.

import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { graphOf } from "../src/workflow/diagram/graph.ts";
import { layoutOf } from "../src/workflow/diagram/layout.ts";
import { withBrowser } from "./pages.mjs";

const DIST = new URL("../dist/", import.meta.url).pathname;
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const TURNS = 5;
const BEGUN = "2026-11-20T21:00:00.000Z";

const server = createServer((request, answer) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const file = join(DIST, existsSync(join(DIST, path)) && extname(path) ? path : "index.html");
  answer.setHeader("Content-Type", KINDS[extname(file)] ?? "application/octet-stream");
  createReadStream(file).pipe(answer);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}/`;

function machine(count) {
  const States = {};
  for (let at = 0; at < count; at += 1) {
    const next = at + 1 < count ? { Next: `State ${at + 1}` } : { End: true };
    if (at % 7 === 3 && at + 3 < count) States[`State ${at}`] = { Type: "Choice", Choices: [{ Variable: "$.a", NumericEquals: at, Next: `State ${at + 3}` }], Default: `State ${at + 1}` };
    else States[`State ${at}`] = { Type: "Task", Catch: at % 5 === 0 ? [{ ErrorEquals: ["States.ALL"], Next: `State ${count - 1}` }] : [], ...next };
  }
  return { StartAt: "State 0", States };
}

let version = 0;
const able = { possible: false, reason: "a measurement" };
const workflow = (at, but = {}) => ({
  id: `custom.bench.${at}`, type: "bench", engine: "custom", name: `Workflow ${at}`, status: "RUNNING",
  progress: { completed: (at + version) % 20, total: 20, percent: ((at + version) % 20) * 5, currentStep: `Step v${version}`, estimated: false },
  startedAt: BEGUN, updatedAt: BEGUN, endedAt: null, durationSeconds: 60 + at, slaTargetSeconds: 3600, slaStatus: "onTrack", isSlow: false,
  priority: null, triggeredBy: null, triggerType: null, tags: {}, error: null, cause: null, search: {}, stateMachineArn: null, executionArn: null, isDrill: null,
  capabilities: { pause: able, resume: able, cancel: able, retry: able }, ...but,
});
const step = (at) => ({
  id: `${at}`, name: `State ${at}`, type: "Task", path: null, occurrence: 1, segment: 0, status: at % 40 === 7 ? "failed" : "succeeded",
  startedAt: new Date(Date.parse(BEGUN) + at * 1000).toISOString(), endedAt: new Date(Date.parse(BEGUN) + at * 1000 + 4000).toISOString(), durationSeconds: 4,
  p50Seconds: 3, p95Seconds: 6, samples: 40, isSlow: false, attemptCount: 1, attempts: [], error: null, cause: null, compensation: false, laneCount: 0, counts: null, lanes: [], lanesCursor: null,
});
const counts = { active: 500, pending: 0, slow: 0, completedToday: 0, failedToday: 0, atLeast: false, asOf: BEGUN, day: "2026-11-20", slaCompliancePercentToday: null, withTargetToday: 0, todayAsOf: null };

function answerTo(url) {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.replace("/api", "");
  if (path === "/me") return { name: "bench", subject: "bench", roles: ["viewer"], permissions: ["read"] };
  if (path === "/workflows") {
    const from = Number(searchParams.get("cursor") ?? 0);
    const limit = Number(searchParams.get("limit"));
    return { items: Array.from({ length: limit }, (_, at) => workflow(from + at)), nextCursor: from + limit < 500 ? `${from + limit}` : null, partial: false, counts };
  }
  const found = /^\/workflows\/([^/]+)(\/definition)?$/.exec(path);
  const size = Number(/(\d+)$/.exec(found?.[1] ?? "")?.[1] ?? 0);
  if (found?.[2]) return { revisionId: "1", structure: machine(size) };
  const steps = Array.from({ length: size }, (_, at) => step(at));
  const ended = new Date(Date.parse(BEGUN) + size * 1000 + 4000).toISOString();
  return {
    workflow: workflow(size, { id: found?.[1], engine: "stepFunctions", status: "COMPLETED", endedAt: ended }),
    definition: null, segments: [], steps: { steps, lanes: [], nextCursor: null, total: size }, failure: null, metadata: {}, stale: null,
  };
}

const USER = { id_token: "bench", access_token: "bench", token_type: "Bearer", scope: "openid", expires_at: 4_000_000_000, profile: { sub: "bench", email: "bench@example.com", "cognito:groups": ["viewer"] } };
const CONFIG = { api: "/api", authority: `${address}oidc`, clientId: "bench", signOut: address, region: "eu-west-1", environment: "bench" };

async function opened(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  await context.addInitScript(([key, user]) => {
    sessionStorage.setItem(key, JSON.stringify(user));
    window.longest = 0;
    const asked = window.fetch;
    window.fetch = async (...given) => {
      const answer = await asked(...given);
      window.answeredAt = performance.now();
      return answer;
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
    }).observe({ entryTypes: ["longtask"] });
  }, [`oidc.user:${CONFIG.authority}:bench`, USER]);
  const page = await context.newPage();
  await page.route("**/config.json", (route) => route.fulfill({ json: CONFIG }));
  // No socket: what is measured is how quickly an answer is shown.
  await page.route("**/api/**", (route) => {
    if (route.request().url().endsWith("/live/ticket")) return route.fulfill({ status: 404, json: {} });
    return route.fulfill({ json: answerTo(route.request().url()) });
  });
  return page;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** From the navigation until what is looked for is there, and painted. */
async function shownAfter(page, path, selector) {
  await page.goto(address + path, { waitUntil: "commit" });
  return page.evaluate((wanted) => new Promise((resolve) => {
    const look = () => (document.querySelector(wanted) ? requestAnimationFrame(() => resolve(performance.now())) : requestAnimationFrame(look));
    look();
  }), selector);
}

/** From a click until what is looked for is there, and painted. */
async function clicked(page, tab, selector, count = 1) {
  return page.evaluate(([name, wanted, least]) => new Promise((resolve) => {
    const button = [...document.querySelectorAll('[role="tab"]')].find((one) => one.textContent === name);
    const from = performance.now();
    button.click();
    const look = () => (document.querySelectorAll(wanted).length >= least ? requestAnimationFrame(() => resolve(performance.now() - from)) : requestAnimationFrame(look));
    look();
  }), [tab, selector, count]);
}

async function measured() {
  const told = { list: [], empty: [], update: [], ganttSmall: [], gantt: [], scroll: [], layout100: [], layout500: [], diagram500: [], blocked500: [] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [name, count] of [["layout100", 100], ["layout500", 500]]) {
      const graph = graphOf(machine(count));
      const from = performance.now();
      layoutOf(graph);
      told[name].push(performance.now() - from);
    }
  }
  await withBrowser(async (browser) => {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const page = await opened(browser);
      told.empty.push(await shownAfter(page, "no/such/page", "main"));
      told.list.push(await shownAfter(page, "workflows", '[id="row-custom.bench.49"]'));
      version += 1;
      told.update.push(await page.evaluate((words) => new Promise((resolve) => {
        const look = () => {
          const rows = [...document.querySelectorAll("tbody tr")].filter((row) => row.textContent.includes(words));
          if (rows.length >= 50) requestAnimationFrame(() => resolve(performance.now() - window.answeredAt));
          else requestAnimationFrame(look);
        };
        look();
      }), `Step v${version}`));
      await page.goto(`${address}workflows/bench10?tab=steps`);
      await page.waitForSelector(".tree-row");
      await page.waitForTimeout(800);
      told.ganttSmall.push(await clicked(page, "Gantt", ".bar", 10));
      await page.goto(`${address}workflows/bench1000?tab=steps`);
      await page.waitForSelector(".tree-row");
      await page.waitForTimeout(800);
      told.gantt.push(await clicked(page, "Gantt", ".bar", 10));
      told.scroll.push(await page.evaluate(async () => {
        window.longest = 0;
        const tree = document.querySelector(".tree");
        for (let y = 0; y < tree.scrollHeight; y += 700) {
          tree.scrollTop = y;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
        return window.longest;
      }));
      await page.goto(`${address}workflows/bench500?tab=steps`);
      await page.waitForSelector(".tree-row");
      await page.waitForTimeout(800);
      await page.evaluate(() => {
        window.longest = 0;
      });
      told.diagram500.push(await clicked(page, "Diagram", ".state", 500));
      await page.waitForTimeout(200);
      told.blocked500.push(await page.evaluate(() => window.longest));
      await page.context().close();
    }
  });
  return Object.fromEntries(Object.entries(told).map(([name, values]) => [name, median(values)]));
}

console.log(JSON.stringify(await measured()));
server.close();
