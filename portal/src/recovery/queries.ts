/** What the pages of recovery ask the API, each question in one place. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answerOf, useApi } from "../api/client";
import type { Schemas } from "../api/client";
import { useWatched } from "../changes/ChangesProvider";

export type Plan = Schemas["Plan"];
export type Group = Schemas["Group"];
export type Server = Schemas["SourceServerModel"];
type Workflow = Schemas["WorkflowItem"];

export const PLANS = ["plans"] as const;
export const GROUPS = ["groups"] as const;
export const RUNS = ["runs"] as const;
const AT_ONCE = 200;

/** Plans by name. @param prefix names that begin so. */
export function usePlans(prefix: string, cursor: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: [...PLANS, "list", prefix, cursor],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answerOf(api.GET("/recovery-plans", { params: { query: { limit: 50, ...(prefix ? { prefix } : {}), ...(cursor ? { cursor } : {}) } }, signal })),
  });
}

export function usePlan(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: [...PLANS, "one", id],
    enabled: id !== null,
    queryFn: ({ signal }) => answerOf(api.GET("/recovery-plans/{plan_id}", { params: { path: { plan_id: id ?? "" } }, signal })),
  });
}

export function useGroups(prefix: string, cursor: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: [...GROUPS, "list", prefix, cursor],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answerOf(api.GET("/protection-groups", { params: { query: { limit: 50, ...(prefix ? { prefix } : {}), ...(cursor ? { cursor } : {}) } }, signal })),
  });
}

/** Every group, for choosing among them and for telling their names: there are hundreds at most. */
export function useAllGroups() {
  const api = useApi();
  return useQuery({
    queryKey: [...GROUPS, "all"],
    staleTime: 15_000,
    queryFn: async ({ signal }) => {
      const items: Group[] = [];
      let cursor: string | null = null;
      do {
        const page: Schemas["Page_Group_"] = await answerOf(api.GET("/protection-groups", { params: { query: { limit: AT_ONCE, ...(cursor ? { cursor } : {}) } }, signal }));
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor);
      return items;
    },
  });
}

export function useGroup(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: [...GROUPS, "one", id],
    enabled: id !== null,
    queryFn: ({ signal }) => answerOf(api.GET("/protection-groups/{group_id}", { params: { path: { group_id: id ?? "" } }, signal })),
  });
}

/** Which servers a group resolves to right now. */
export function useGroupServers(id: string, cursor: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: [...GROUPS, "servers", id, cursor],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answerOf(api.GET("/protection-groups/{group_id}/servers", { params: { path: { group_id: id }, query: cursor ? { cursor } : {} }, signal })),
  });
}

/** What DRS protects in a place: the first page of it, to choose from. */
export function useSourceServers(accountId: string, region: string) {
  const api = useApi();
  const known = /^\d{12}$/.test(accountId) && /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(region);
  return useQuery({
    queryKey: ["source servers", accountId, region],
    enabled: known,
    staleTime: 30_000,
    queryFn: ({ signal }) => answerOf(api.GET("/source-servers", { params: { query: { accountId, region } }, signal })),
  });
}

/** Would it work now? Asks DRS and EC2, so it is asked once, and again only when somebody wants it. */
export function useReadiness(planId: string, version: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["readiness", planId, version],
    staleTime: 60_000,
    queryFn: ({ signal }) => answerOf(api.POST("/recovery-plans/{plan_id}/validate", { params: { path: { plan_id: planId } }, signal })),
  });
}

export interface RunsAsked {
  readonly planId?: string;
  readonly status?: Schemas["RunStatus"];
  readonly open?: boolean;
}

export function useRuns(asked: RunsAsked, cursor: string | null = null) {
  const api = useApi();
  const key = [...RUNS, asked, cursor] as const;
  const answer = useQuery({
    queryKey: key,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => answerOf(api.GET("/executions", { params: { query: { limit: 50, ...asked, ...(cursor ? { cursor } : {}) } }, signal })),
  });
  useWatched("runs", [key]);
  return answer;
}

/** One open run with its waves, and what may be done with it: the API's own word. */
export function useOpenRun(id: string) {
  const api = useApi();
  const path = { path: { execution_id: id } };
  const run = useQuery({
    queryKey: [...RUNS, "one", id],
    queryFn: ({ signal }) => answerOf(api.GET("/executions/{execution_id}", { params: path, signal })),
  });
  useWatched(`workflow:${id}`, [[...RUNS, "one", id]]);
  return run;
}

/** Recent runs as workflows, by id: with what the reader may do with each, and why not. */
export function useRunWorkflows() {
  const api = useApi();
  const key = [...RUNS, "workflows"] as const;
  const answer = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const page = await answerOf(api.GET("/workflows", { params: { query: { type: "recovery", counts: false, limit: 100 } }, signal }));
      return Object.fromEntries(page.items.map((one): [string, Workflow] => [one.id, one]));
    },
  });
  useWatched("runs", [key]);
  return answer.data ?? {};
}
