/**
 * The report of a run, as a file. It is saved rather than opened: a page made here would stand under
 * the portal's content security policy, which keeps the report's own style sheet out.
 */

import type { Api } from "../../api/client";
import { refusalOf } from "../../api/problem";
import { plainName, save } from "../../files/save";
import type { Run } from "./objective";

export type Format = "html" | "json";

export async function saveReport(api: Api, run: Pick<Run, "executionId" | "planName" | "startedAt">, format: Format): Promise<void> {
  const asked = { params: { path: { execution_id: run.executionId } }, parseAs: "blob" as const };
  const { data, error, response } =
    format === "html" ? await api.GET("/executions/{execution_id}/report.html", asked) : await api.GET("/executions/{execution_id}/report", asked);
  if (!response.ok) throw refusalOf(response.status, error, response.headers.get("Retry-After"));
  save(data as unknown as Blob, fileName(run, format));
}

/** `breakwater-Sample-shop-2026-11-20T2104.html`: sorts by plan and time, and is a name everywhere. Pure. */
export function fileName(run: Pick<Run, "planName" | "startedAt">, format: Format): string {
  const plan = plainName(run.planName) || "run";
  const at = run.startedAt.slice(0, 16).replace(":", "");
  return `breakwater-${plan}-${at}.${format}`;
}
