/** The events of a workflow, page after page; while it runs the end is read on, and no more. */

import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { type Schemas, answerOf, useApi } from "../../api/client";
import { useChanges } from "../../changes/ChangesProvider";
import { Pacer } from "../../changes/pacer";

export type Event = Record<string, unknown>;
export type Page = Schemas["WorkflowEvents"];
type Known = InfiniteData<Page, number | null>;

/** The id after which there may be more: of the last event that is known, also where that was the last. */
function lastId(pages: readonly Page[]): number | null {
  const id = pages.findLast((page) => page.events.length > 0)?.events.at(-1)?.id;
  return typeof id === "number" ? id : null;
}

/** The events before the end are never others. */
function useTail(workflowId: string, runs: boolean, readOn: () => void) {
  const changes = useChanges();
  const latest = useRef(readOn);
  latest.current = readOn;
  useEffect(() => {
    const pacer = new Pacer(() => latest.current());
    const unwatch = changes.watch(`workflow:${workflowId}`, () => pacer.tell(), { polls: runs });
    return () => {
      unwatch();
      pacer.stop();
    };
  }, [changes, workflowId, runs]);
}

export function useEvents(workflowId: string, runs: boolean) {
  const api = useApi();
  const queries = useQueryClient();
  const queryKey = ["events", workflowId];
  const answer = useInfiniteQuery({
    queryKey,
    staleTime: Number.POSITIVE_INFINITY,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { after: pageParam };
      return answerOf(api.GET("/workflows/{workflow_id}/events", { params: { path: { workflow_id: workflowId }, query }, signal }));
    },
    getNextPageParam: (page, pages) => page.nextAfter ?? lastId(pages),
  });
  const { data, fetchNextPage, isFetching, refetch } = answer;
  const events = useMemo<Event[]>(() => (data?.pages ?? []).flatMap((page) => page.events), [data]);
  const last = data?.pages.at(-1);
  const isMore = (last?.nextAfter ?? null) !== null;
  const readOn = () => fetchNextPage().then(() => queries.setQueryData<Known>(queryKey, (known) => known && settled(known)));
  useTail(workflowId, runs, () => {
    if (isFetching) return;
    if (events.length === 0) void refetch();
    else if (!isMore || last?.stale) void readOn();
  });
  return { ...answer, events, isMore, readOn, stale: last?.stale ?? null, reason: last?.reason ?? null, total: last?.total ?? null };
}

/** A look past the end that found nothing leaves nothing behind but how new that is. Pure. */
export function settled(known: Known): Known {
  const [end, before] = [known.pages.at(-1), known.pages.at(-2)];
  if (!end || !before || end.events.length > 0) return known;
  const { stale, nextAfter, total } = end;
  return { pages: [...known.pages.slice(0, -2), { ...before, stale, nextAfter, total }], pageParams: known.pageParams.slice(0, -1) };
}
