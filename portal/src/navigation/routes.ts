/** Which page an address is of. Pure. */

export type Route =
  | { page: "workflows" }
  | { page: "workflow"; id: string }
  | { page: "recovery" }
  | { page: "plan"; id: string }
  | { page: "planForm"; id: string | null }
  | { page: "group"; id: string }
  | { page: "groupForm"; id: string | null }
  | { page: "history" }
  | { page: "analytics" }
  | { page: "nowhere" };

export function routeOf(path: string): Route {
  const parts = path.split("/").filter(Boolean).map(decoded);
  const [first, second] = parts;
  if (parts.length === 0 || (first === "workflows" && parts.length === 1)) return { page: "workflows" };
  if (first === "workflows" && second && parts.length === 2) return { page: "workflow", id: second };
  if (first === "executions" && second && parts.length === 2) return { page: "workflow", id: second };
  if (first === "history" && parts.length === 1) return { page: "history" };
  if (first === "analytics" && parts.length === 1) return { page: "analytics" };
  if (first === "recovery") return recoveryRouteOf(parts.slice(1));
  return { page: "nowhere" };
}

/** `/recovery/new-plan` and the like: below `plans/` stands an id, whatever it reads as. */
function recoveryRouteOf(parts: readonly string[]): Route {
  const [what, id, then] = parts;
  if (parts.length === 0) return { page: "recovery" };
  if (what === "new-plan" && parts.length === 1) return { page: "planForm", id: null };
  if (what === "new-group" && parts.length === 1) return { page: "groupForm", id: null };
  if (what === "plans" && id && parts.length === 2) return { page: "plan", id };
  if (what === "plans" && id && then === "edit" && parts.length === 3) return { page: "planForm", id };
  if (what === "groups" && id && parts.length === 2) return { page: "group", id };
  if (what === "groups" && id && then === "edit" && parts.length === 3) return { page: "groupForm", id };
  return { page: "nowhere" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % is nobody's id, and no reason to fail
  }
}

export const addresses = {
  workflows: (query = "") => `/workflows${query}`,
  workflow: (id: string) => `/workflows/${encodeURIComponent(id)}`,
  recovery: (tab?: string) => (tab ? `/recovery?tab=${tab}` : "/recovery"),
  plan: (id: string) => `/recovery/plans/${encodeURIComponent(id)}`,
  newPlan: "/recovery/new-plan",
  editPlan: (id: string) => `/recovery/plans/${encodeURIComponent(id)}/edit`,
  group: (id: string) => `/recovery/groups/${encodeURIComponent(id)}`,
  newGroup: "/recovery/new-group",
  editGroup: (id: string) => `/recovery/groups/${encodeURIComponent(id)}/edit`,
  history: (query = "") => (query ? `/history?${query}` : "/history"),
  analytics: (period?: string) => (period ? `/analytics?period=${period}` : "/analytics"),
};
