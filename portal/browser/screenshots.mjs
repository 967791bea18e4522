// Pictures of each page, light and dark, for people who read before they try: make screenshots.
// Settings: {address, plan, planId, run, failed, folder}.

import { join } from "node:path";
import { folder, signedIn, withBrowser } from "./pages.mjs";

const settings = JSON.parse(process.argv[2]);
const { address, planId, run, failed } = settings;
const place = folder(settings.folder);

const PAGES = {
  workflows: "workflows?tab=all",
  waves: `workflows/${run}?tab=waves`,
  gantt: `workflows/${run}?tab=gantt`,
  orchestration: `workflows/${run}?tab=machine`,
  failure: `workflows/${failed}?tab=steps`,
  diagram: `workflows/${failed}?tab=diagram`,
  recovery: "recovery",
  plan: `recovery/plans/${planId}`,
  runs: `recovery/plans/${planId}?tab=runs`,
  "plan-form": `recovery/plans/${planId}/edit`,
  history: "history",
  analytics: "analytics",
};

await withBrowser(async (browser) => {
  for (const dark of [false, true]) {
    const page = await signedIn(browser, address, "commander@example.com", { dark, width: 1280, height: 860 });
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(address + path);
      await page.waitForLoadState("networkidle");
      if (name === "workflows") await page.getByText("Live", { exact: true }).waitFor();
      await page.waitForTimeout(700);
      if (name === "diagram") await page.locator(".diagram").scrollIntoViewIfNeeded();
      await page.screenshot({ path: join(place, `${name}-${dark ? "dark" : "light"}.png`) });
    }
    await page.context().close();
  }
});
