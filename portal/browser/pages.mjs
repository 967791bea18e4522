// The portal in a real Chromium, signed in as one of the sample people.

import { existsSync, mkdirSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PASSWORD = "Breakwater-local-1"; // as public as the embedded AWS itself
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

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

/** A page of its own, signed in; `page.problems` gathers what the console and the network say. */
export async function signedIn(browser, address, who = "commander@example.com", options = {}) {
  const { width = 1440, height = 900, dark = false, path = "" } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: options.reducedMotion ?? "reduce",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    deviceScaleFactor: options.scale ?? 1,
  });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => {
    // What the sign-in page lacks is not ours.
    if (message.type() === "error" && page.url().startsWith(address)) page.problems.push(message.text());
  });
  page.on("pageerror", (error) => page.problems.push(String(error)));
  await page.goto(address + path.replace(/^\//, ""));
  await page.waitForSelector('input[name="username"]', { timeout: 20_000 });
  await page.fill('input[name="username"]', who);
  await page.fill('input[name="password"]', PASSWORD);
  await Promise.all([page.waitForURL(`${address}**`), page.click('button[type="submit"], input[type="submit"]')]);
  await page.waitForSelector("h1", { timeout: 20_000 });
  return page;
}

export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

/** Waits until `look` says yes; a failure says what it waited for. */
export async function until(what, look, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** One story of those in a file, by its name on the command line: node story.mjs <story> <settings>. */
export async function tell(stories) {
  const [name, settings] = process.argv.slice(2);
  const story = stories[name];
  if (!story) throw new Error(`There is no story ${name}: ${Object.keys(stories).join(", ")}`);
  const known = JSON.parse(settings);
  await withBrowser(async (browser) => {
    try {
      await story(browser, known);
    } catch (error) {
      const page = browser.contexts().at(-1)?.pages().at(-1);
      if (page && known.picture) await page.screenshot({ path: known.picture }).catch(() => {});
      throw new Error(`${name}: ${error.message}\n  at ${page?.url()}`, { cause: error });
    }
  });
}
