/** One workflow as the API has it now: itself, its steps in parts, and its run where it is one. */

import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { type Schemas, answerOf, useApi } from "../api/client";
import { useHeld, useWatched } from "../changes/ChangesProvider";
import { isOver } from "../workflows/status";
import { type Place, type Tree, placeKey } from "./steps/tree";
import { serverParts } from "./waves/serversAsSteps";

export type Detail = Schemas["WorkflowDetail"];
export type Run = Schemas["RunDetails"];

export function useWorkflow(id: string) {
  const api = useApi();
  const answer = useQuery({
    queryKey: ["workflow", id],
    queryFn: ({ signal }) => answerOf(api.GET("/workflows/{workflow_id}", { params: { path: { workflow_id: id } }, signal })),
  });
  const status = answer.data?.workflow.status;
  const cleans = answer.data?.metadata.cleaning != null;
  useWatched(`workflow:${id}`, [["workflow", id]], { expects: status === undefined || !isOver(status) || cleans });
  return answer;
}

export function useRun(id: string, isRun: boolean) {
  const api = useApi();
  const answer = useQuery({
    queryKey: ["workflow", id, "run"],
    enabled: isRun,
    queryFn: ({ signal }) => answerOf(api.GET("/executions/{execution_id}", { params: { path: { execution_id: id } }, signal })),
  });
  return answer;
}

/** The tree of steps, and how to ask for a part that is not there yet. */
export function useSteps(id: string, detail: Detail, run: Run | undefined) {
  const api = useApi();
  const [asked, setAsked] = useState<readonly Place[]>([]);
  const parts = useQueries({
    queries: asked.map((place) => ({
      queryKey: ["workflow", id, "steps", placeKey(place)],
      placeholderData: keepPreviousData,
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const query = {
          ...(place.within ? { within: place.within } : {}),
          ...(place.lane ? { lane: place.lane } : {}),
          ...(place.cursor ? { cursor: place.cursor } : {}),
        };
        return answerOf(api.GET("/workflows/{workflow_id}/steps", { params: { path: { workflow_id: id }, query }, signal }));
      },
    })),
  });
  const parted = parts.map((part) => part.data);
  const same = useRef(parted);
  if (parted.length !== same.current.length || parted.some((part, at) => part !== same.current[at])) same.current = parted;
  const known = same.current;
  const tree = useMemo<Tree>(() => {
    const found = run ? serverParts(run) : new Map<string, Schemas["WorkflowSteps"]>();
    asked.forEach((place, at) => {
      const part = known[at];
      if (part) found.set(placeKey(place), part);
    });
    return { top: detail.steps.steps, next: detail.steps.nextCursor, parts: found };
  }, [detail.steps, run, asked, known]);
  const again = () => {
    for (const part of parts) if (part.error) void part.refetch();
  };
  const ask = (place: Place) => {
    const at = asked.findIndex((one) => placeKey(one) === placeKey(place));
    // What was asked for in vain is asked for again.
    if (at < 0) setAsked([...asked, place]);
    else if (parts[at]?.error) void parts[at].refetch();
  };
  const waiting = asked.filter((_, at) => parts[at]?.isFetching && !parts[at].data).map(placeKey);
  const failed = parts.find((part) => part.error)?.error ?? null;
  return { tree, ask, again, waiting: new Set(waiting), failed };
}

export function useStep(id: string, stepId: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["workflow", id, "step", stepId],
    enabled: stepId !== null,
    queryFn: ({ signal }) =>
      answerOf(api.GET("/workflows/{workflow_id}/steps/{step_id}", { params: { path: { workflow_id: id, step_id: stepId ?? "" } }, signal })),
  });
}

/** Not with each change, as the rest is: the logs of a function are searched, which costs and is rationed. */
const LOGS_EVERY_MS = 10_000;

export function useLogs(id: string, stepId: string, runs: boolean) {
  const held = useHeld();
  const api = useApi();
  return useQuery({
    queryKey: ["logs", id, stepId, runs],
    placeholderData: keepPreviousData,
    refetchInterval: runs && !held ? LOGS_EVERY_MS : false,
    queryFn: ({ signal }) =>
      answerOf(api.GET("/workflows/{workflow_id}/steps/{step_id}/logs", { params: { path: { workflow_id: id, step_id: stepId } }, signal })),
  });
}

/** How many of its seconds pass in one of ours: a trial on a laptop passes faster. */
export function paceIn(detail: Detail): number {
  const said = detail.metadata.timeScale;
  return typeof said === "number" && said > 0 ? said : 1;
}

/** The id under which an execution of Step Functions is looked at. */
export function idOfExecution(arn: string): string {
  return btoa(arn).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
