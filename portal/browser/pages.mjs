// The portal in a real Chromium, signed in as one of the sample people.

import { existsSync, mkdirSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const PASSWORD = "Breakwater-local-1"; // as public as the embedded AWS itself
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** How long what is waited for may take on a slow and busy machine; only what fails takes so long. What a
 * slow socket missed is told after its next ping, at most four minutes later. */
const PATIENCE_SECONDS = 360;

export class NoBrowser extends Error {}

/** Where Chromium is, by CHROMIUM_PATH or where distributions put it. */
export function chromiumPath() {
  const named = process.env.CHROMIUM_PATH;
  const found = named ? [named].find(existsSync) : PLACES.find(existsSync);
  if (found) return found;
  throw new NoBrowser(
    named
      ? `CHROMIUM_PATH is ${named}, and there is no such file.`
      : "Chromium was not found. Install it (Debian: apt-get install chromium), or say where it is: CHROMIUM_PATH=",
  );
}

/** Calls `use(browser)` and closes whatever it opened. */
export async function withBrowser(use) {
  const home = mkdtempSync(join(tmpdir(), "breakwater-browser-"));
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    env: { ...process.env, HOME: home },
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** What a tab keeps of a session, by address and person: one sign-in for each in a browser's life. */
const sessions = new Map();
const LEFT_MS = 10 * 60 * 1000;

/**
 * A page of its own, signed in; `page.problems` gathers what the console and the network say.
 * @param options.anew signs in even where that has been done before
 */
export async function signedIn(browser, address, who = "commander@example.com", options = {}) {
  const { width = 1440, height = 900, dark = false, path = "" } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: options.reducedMotion ?? "reduce",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    deviceScaleFactor: options.scale ?? 1,
    acceptDownloads: true,
  });
  const known = sessions.get(`${address} ${who}`);
  const signsIn = options.anew || !known || known.until - Date.now() < LEFT_MS;
  if (!signsIn) await context.addInitScript(([origin, key, user]) => {
    if (window.location.origin === origin) sessionStorage.setItem(key, user);
  }, [new URL(address).origin, known.key, known.user]);
  context.setDefaultTimeout(PATIENCE_SECONDS * 1000);
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    // What the sign-in page lacks is not ours.
    if (message.type() === "error" && page.url().startsWith(address)) page.problems.push(`${message.text()} ${message.location().url}`);
  });
  const refused = [];
  page.on("response", (response) => response.status() === 429 && refused.push(foundNoRoom(response)));
  /** Without the requests that the embedded AWS refused since twenty functions ran: no function of ours was asked. */
  page.faults = async () => {
    const elsewhere = new Set(await Promise.all(refused));
    return page.problems.filter((problem) => !(problem.includes("429") && elsewhere.has(problem.split(" ").at(-1))));
  };
  page.on("pageerror", (error) => page.problems.push(String(error)));
  await page.goto(address + path.replace(/^\//, ""));
  if (signsIn) {
    await page.waitForSelector('input[name="username"]');
    await page.fill('input[name="username"]', who);
    await page.fill('input[name="password"]', PASSWORD);
    await Promise.all([page.waitForURL(`${address}**`), page.click('button[type="submit"], input[type="submit"]')]);
  }
  await page.waitForSelector("h1");
  if (signsIn) sessions.set(`${address} ${who}`, await sessionOf(page));
  return page;
}

/** The address of what was asked, if that is why. */
async function foundNoRoom(response) {
  const text = await response.text().catch(() => "");
  return text.includes("ConcurrentInvocationLimitExceeded") ? response.url() : null;
}

async function sessionOf(page) {
  const [key, user] = await page.evaluate(() => Object.entries(sessionStorage).find(([name]) => name.startsWith("oidc.user:")));
  return { key, user, until: JSON.parse(user).expires_at * 1000 };
}

/** Another page of the same document, as a link of ours leads there. */
export async function goWithin(page, path) {
  await page.evaluate((to) => {
    window.history.pushState(null, "", `/${to}`);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}

/** Waits until nothing has been asked of the network for a moment; a socket counts as nothing. */
export async function settled(page, act, quietMs = 250) {
  const open = new Set();
  let since = Date.now();
  const begins = (request) => open.add(request);
  const ends = (request) => {
    open.delete(request);
    since = Date.now();
  };
  page.on("request", begins).on("requestfinished", ends).on("requestfailed", ends);
  await act();
  since = Date.now();
  await until("the page comes to rest", async () => open.size === 0 && Date.now() - since >= quietMs, 50);
  page.off("request", begins).off("requestfinished", ends).off("requestfailed", ends);
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

/** Waits until `look` says yes; a failure says what it waited for. */
export async function until(what, look, everyMs = 150) {
  const end = Date.now() + PATIENCE_SECONDS * 1000;
  while (Date.now() < end) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`${what}: not within ${PATIENCE_SECONDS} s`);
}

/**
 * Tells the stories that are asked for, a line of JSON each: {name, settings, picture}; answers each
 * with a line, {name, error}: null where it was true. One browser for all: node stories.mjs
 */
export async function tell(stories) {
  await withBrowser(async (browser) => {
    for await (const line of createInterface({ input: process.stdin })) {
      const { name, settings, picture } = JSON.parse(line);
      const error = await toldWrong(browser, stories[name], settings, picture);
      console.log(JSON.stringify({ name, error }));
    }
  });
}

async function toldWrong(browser, story, settings, picture) {
  if (!story) return "There is no such story.";
  try {
    await story(browser, settings);
    return null;
  } catch (error) {
    const page = browser.contexts().at(-1)?.pages().at(-1);
    if (page && picture) await page.screenshot({ path: picture }).catch(() => {});
    return `${error.stack}\n  at ${page?.url()}`;
  } finally {
    for (const context of browser.contexts()) await context.close();
  }
}
