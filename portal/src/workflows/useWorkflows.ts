/** The list as the API has it now, asked again as it changes. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, useApi } from "../api/client";
import type { Schemas } from "../api/client";
import { useWatched } from "../changes/ChangesProvider";
import { serverNow } from "../time/server";
import type { Seen } from "./columns";
import { type Filter, askedOf } from "./filter";
import { patched } from "./patch";

export const PAGE_SIZE = 50;
type Told = Omit<Schemas["WorkflowPageModel"], "items"> & { items: Seen[] };
const COUNTS = ["workflow counts"] as const;

export function useWorkflows(filter: Filter, cursor: string | null) {
  const api = useApi();
  const queries = useQueryClient();
  const today = new Date(serverNow()).toISOString().slice(0, 10);
  const asked = askedOf(filter, today);
  const key = ["workflows", asked, cursor] as const;
  const answer = useQuery<Told>({
    queryKey: key,
    // Another page of the same list stands until the next is there; another list would be a lie.
    placeholderData: (before, query) => (JSON.stringify(query?.queryKey[1]) === JSON.stringify(asked) ? before : undefined),
    queryFn: async ({ signal }) => {
      const query = { ...asked, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) };
      const page = await answerOf(api.GET("/workflows", { params: { query }, signal }));
      if (page.counts) queries.setQueryData<Schemas["WorkflowCounts"]>(COUNTS, page.counts);
      const heardAt = serverNow();
      return { ...page, items: page.items.map((item) => ({ ...item, heardAt })) };
    },
  });
  useWatched("workflows", [key], {
    patch: (deltas) => {
      const page = queries.getQueryData<Told>(key);
      if (!page) return true;
      const { rows, readAnew } = patched(page.items, deltas, serverNow());
      if (rows !== page.items) queries.setQueryData(key, { ...page, items: rows });
      return readAnew;
    },
  });
  return answer;
}

/** The figures above the list: they come with its first page. */
export function useCounts(): Schemas["WorkflowCounts"] | null {
  const { data } = useQuery<Schemas["WorkflowCounts"] | null>({
    queryKey: COUNTS,
    queryFn: () => null,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data ?? null;
}
