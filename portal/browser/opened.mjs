// From the click on a row of the list until the workflow's steps are painted, on the embedded AWS;
// and, in turns with it, a call of an empty function through the same API by the same page.
// Settings: {address, type, ids: of workflows to be opened, each once}. Prints JSON.

import { signedIn, withBrowser } from "./pages.mjs";

const settings = JSON.parse(process.argv[2]);
const { address, type, ids } = settings;

/** Nothing is pointed at before it is clicked, so nothing can be read ahead for it. */
async function opened(page, id) {
  return page.evaluate((wanted) => new Promise((resolve, reject) => {
    const link = document.getElementById(`row-${wanted}`).querySelector("a");
    const from = performance.now();
    const late = setTimeout(() => reject(new Error("no steps within 30 s")), 30_000);
    const look = () => {
      if (!document.querySelector(".tree-row")) return requestAnimationFrame(look);
      clearTimeout(late);
      return requestAnimationFrame(() => resolve(performance.now() - from));
    };
    for (const kind of ["pointerdown", "mousedown", "pointerup", "mouseup"]) link.dispatchEvent(new PointerEvent(kind, { bubbles: true }));
    link.click();
    look();
  }), id);
}

async function empty(page) {
  return page.evaluate(async () => {
    const held = Object.keys(sessionStorage).find((key) => key.startsWith("oidc.user:"));
    const { id_token: token } = JSON.parse(sessionStorage.getItem(held));
    const from = performance.now();
    const answer = await fetch("/api/empty", { headers: { Authorization: `Bearer ${token}` } });
    await answer.text();
    if (!answer.ok) throw new Error(`the empty function answered ${answer.status}`);
    return performance.now() - from;
  });
}

const told = { steps: [], empty: [] };
await withBrowser(async (browser) => {
  const page = await signedIn(browser, address, "viewer@example.com");
  await empty(page);
  for (const id of ids) {
    await page.goto(`${address}workflows?tab=all&type=${type}`);
    await page.locator(`[id="row-${id}"]`).waitFor();
    // The page has come to rest, as it has when somebody has read it.
    await page.waitForTimeout(1500);
    told.empty.push(await empty(page));
    told.steps.push(await opened(page, id));
  }
});
console.log(JSON.stringify(told));
