/** What the state machine of a recovery run was given and what it gave: the ends of its history. */

import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Failure, Nothing, Waiting } from "../../states/states";
import { Payload } from "../panel/Payload";
import { Busy } from "./Busy";
import { type Event, useEvents } from "./useEvents";

export default function RunPayloads({ workflowId, runs }: { workflowId: string; runs: boolean }) {
  const { data, error, isPending, isFetchingNextPage, refetch, events, isMore, readOn, stale, reason } = useEvents(workflowId, runs);
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  if (isPending) return <Waiting what="Reading the input" />;
  if (events.length === 0) return <Nothing title="No input yet">{reason ?? "Its input is known once its state machine has begun."}</Nothing>;
  const { input, output } = endsOf(events);
  return (
    <SpaceBetween size="s">
      <Busy stale={stale} />
      {error && <Failure error={error} again={() => void readOn()} />}
      <ColumnLayout columns={2}>
        <Payload name="Input" text={input} />
        {output !== null ? (
          <Payload name="Output" text={output} />
        ) : isMore ? (
          <Nothing title="No output yet" action={<Button loading={isFetchingNextPage} onClick={() => void readOn()}>Read on</Button>}>It is at the end of a long history.</Nothing>
        ) : (
          <Nothing title="No output">{runs ? "It still runs." : "It did not come to its end: why is told above, and under Events."}</Nothing>
        )}
      </ColumnLayout>
    </SpaceBetween>
  );
}

/** What the first event was given; what the last one gave, where it tells of success. Pure. */
export function endsOf(events: readonly Event[]): { input: string | null; output: string | null } {
  const [first, last] = [events[0], events.at(-1)];
  return {
    input: first?.type === "ExecutionStarted" ? textIn(first.executionStartedEventDetails, "input") : null,
    output: last?.type === "ExecutionSucceeded" ? textIn(last.executionSucceededEventDetails, "output") : null,
  };
}

function textIn(details: unknown, name: string): string | null {
  const found = typeof details === "object" && details !== null ? (details as Record<string, unknown>)[name] : null;
  return typeof found === "string" ? found : null;
}
