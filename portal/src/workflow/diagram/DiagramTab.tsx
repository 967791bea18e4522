/** The diagram of whatever is looked at: an execution's own machine, or the one that runs a recovery. */

import Box from "@cloudscape-design/components/box";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { answerOf, useApi } from "../../api/client";
import { Failure, Nothing, Waiting } from "../../states/states";
import Diagram from "./Diagram";
import { graphOf } from "./graph";
import { type Visit, standingOf } from "./standing";

export interface DiagramTabProps {
  /** Of the execution, as `/workflows/{id}` names it; null: it has none. */
  executionId: string | null;
  chains: readonly (readonly Visit[])[];
  selectedName: string | null;
  onSelect: (name: string) => void;
  caption?: string;
}

export default function DiagramTab({ executionId, chains, selectedName, onSelect, caption }: DiagramTabProps) {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["definition", executionId],
    enabled: executionId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => answerOf(api.GET("/workflows/{workflow_id}/definition", { params: { path: { workflow_id: executionId ?? "" } }, signal })),
  });
  const graph = useMemo(() => graphOf(data?.structure), [data]);
  const standing = useMemo(() => standingOf(chains), [chains]);
  if (executionId === null) return <Nothing title="No diagram">It has no execution of a state machine (yet).</Nothing>;
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (isPending) return <Waiting what="Reading the definition" />;
  if (graph.boxes.length === 0) return <Nothing title="No diagram">Its definition could not be read, or has no states.</Nothing>;
  return (
    <>
      {caption && <Box color="text-body-secondary" padding={{ bottom: "xs" }}>{caption}</Box>}
      <Diagram graph={graph} standing={standing} selectedName={selectedName} onSelect={onSelect} />
    </>
  );
}
