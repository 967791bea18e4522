/** What the whole was given and what it gave: the input of its first step, the output of its last. */

import ColumnLayout from "@cloudscape-design/components/column-layout";
import { Failure, Nothing, Waiting } from "../states/states";
import { Payload } from "./panel/Payload";
import type { Tree } from "./steps/tree";
import { useStep } from "./useWorkflow";

export function PayloadsTab({ workflowId, tree, over }: { workflowId: string; tree: Tree; over: boolean }) {
  const first = tree.top[0] ?? null;
  const isWhole = tree.next === null;
  const last = over && isWhole ? (tree.top.at(-1) ?? null) : null;
  const begun = useStep(workflowId, first?.id ?? null);
  const ended = useStep(workflowId, last?.id ?? null);
  if (first === null) return <Nothing title="No step yet">Its input is known once its first step has begun.</Nothing>;
  if (begun.error) return <Failure error={begun.error} again={() => void begun.refetch()} />;
  if (begun.isPending) return <Waiting what="Reading the input" />;
  return (
    <ColumnLayout columns={2}>
      <Payload name="Input" text={begun.data.input} />
      {last === null ? (
        <Nothing title="No output">{over ? "Its last step is further down: open it under Steps." : "It still runs."}</Nothing>
      ) : ended.error ? (
        <Failure error={ended.error} again={() => void ended.refetch()} />
      ) : ended.isPending ? (
        <Waiting what="Reading the output" />
      ) : (
        <Payload name="Output" text={ended.data.output} />
      )}
    </ColumnLayout>
  );
}
