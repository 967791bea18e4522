/** When a wave counts as recovered, in few words. Pure. */

import type { Schemas } from "../../api/client";

export function policyInWords(policy: Schemas["WaveDraft"]["failurePolicy"]): string {
  if (policy.kind === "atLeast") return `${policy.percent} % of its servers must launch`;
  if (policy.kind === "critical") {
    const { ids, tags } = policy.servers;
    return ids && ids.length > 0
      ? `${ids.length} critical ${ids.length === 1 ? "server" : "servers"} must launch`
      : `servers with ${Object.entries(tags ?? {}).map(([key, value]) => `${key}=${value}`).join(", ")} must launch`;
  }
  return "all its servers must launch";
}
