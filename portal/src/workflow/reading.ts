/** How a workflow is read; and that it is read from when a button goes down on its link, not up. */

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type Api, answerOf, useApi } from "../api/client";

export function workflowQuery(api: Api, id: string) {
  return {
    queryKey: ["workflow", id],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      answerOf(api.GET("/workflows/{workflow_id}", { params: { path: { workflow_id: id } }, signal })),
  };
}

export function runQuery(api: Api, id: string) {
  return {
    queryKey: ["workflow", id, "run"],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      answerOf(api.GET("/executions/{execution_id}", { params: { path: { execution_id: id } }, signal })),
  };
}

/** A run's id is its date, its time, and a few letters: what it is read as is known before the answer. Pure. */
export function isRunId(id: string): boolean {
  return /^\d{8}-\d{6}-[0-9a-f]{8}$/.test(id);
}

function readAhead(queries: QueryClient, api: Api, id: string) {
  void queries.prefetchQuery(workflowQuery(api, id));
  if (isRunId(id)) void queries.prefetchQuery(runQuery(api, id));
}

/**
 * For a link to a workflow. A finger takes some 80 ms to come up again; pointing alone reads nothing,
 * for each reading may cost a page of an execution's history.
 */
export function useReadAhead(id: string): { onPointerDown: () => void } {
  const api = useApi();
  const queries = useQueryClient();
  return { onPointerDown: () => readAhead(queries, api, id) };
}
