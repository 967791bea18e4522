/** How far it is, and what came of each; it can be stopped, and taken up where nobody works on it. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Schemas, answerOf, useApi, useOnce } from "../../api/client";
import { amend, follow } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { Failure, Waiting } from "../../states/states";
import { ProgressLine } from "../ProgressLine";
import { BULK_NAMES, type BulkAction, countsInWords, isUnderWay, resultOf, statusInWords } from "./bulk";

/** It acts on two a second. */
const ASKED_EVERY_MS = 2000;
const SHORTEST_REASON = 3;

export function BulkProgress({ id }: { id: string }) {
  const api = useApi();
  const answer = useInfiniteQuery({
    queryKey: ["bulk", id],
    initialPageParam: null as string | null,
    getNextPageParam: (page: Schemas["BulkProgress"]) => page.nextCursor,
    refetchInterval: ({ state }) => (isUnderWay(state.data?.pages[0]?.status ?? "") ? ASKED_EVERY_MS : false),
    queryFn: ({ pageParam, signal }) =>
      answerOf(api.GET("/bulk/{bulk_id}", { params: { path: { bulk_id: id }, query: pageParam ? { cursor: pageParam } : {} }, signal })),
  });
  const bulk = answer.data?.pages[0];
  const close = () => amend({ bulk: null });
  return (
    <Modal visible size="large" onDismiss={close} header={bulk ? `${BULK_NAMES[bulk.action as BulkAction] ?? bulk.action}: ${bulk.eligible} workflows` : "Many at once"} footer={<Box float="right"><Button onClick={close}>Close</Button></Box>}>
      <SpaceBetween size="m">
        {answer.isPending && <Waiting what="Reading how far it is" />}
        {answer.error && <Failure error={answer.error} again={() => void answer.refetch()} />}
        {bulk && <Standing bulk={bulk} again={() => void answer.refetch()} />}
        {answer.data && <Results items={answer.data.pages.flatMap((page) => page.items)} />}
        {answer.hasNextPage && <Button loading={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>More</Button>}
      </SpaceBetween>
    </Modal>
  );
}

function Standing({ bulk, again }: { bulk: Schemas["BulkProgress"]; again: () => void }) {
  const api = useApi();
  const [reason, setReason] = useState("");
  const [wentOn, setWentOn] = useState(0);
  const params = { path: { bulk_id: bulk.bulkId } };
  const stop = useOnce("stop", reason.trim());
  // It may have to be taken up more than once: each time is one of its own.
  const goOn = useOnce("go on", wentOn);
  const stopping = useMutation({ mutationFn: () => answerOf(api.POST("/bulk/{bulk_id}/stop", { params, headers: stop, body: { reason: reason.trim() } })), onSuccess: again });
  const goingOn = useMutation({
    mutationFn: () => answerOf(api.POST("/bulk/{bulk_id}/start", { params, headers: goOn, body: { confirmation: bulk.confirmation, reason: bulk.reason ?? "" } })),
    onSuccess: () => {
      setWentOn(wentOn + 1);
      again();
    },
  });
  const look = statusInWords(bulk);
  return (
    <SpaceBetween size="s">
      <div role="status"><StatusIndicator type={look.type}>{look.words}</StatusIndicator></div>
      <ProgressLine percent={Math.round(bulk.percent)} label="How far it is" words={countsInWords(bulk.counts)} />
      <Box color="text-body-secondary">{`By ${bulk.by}${bulk.reason ? `: ${bulk.reason}` : ""}. It goes on when this is closed; its address can be sent.`}</Box>
      {bulk.status === "running" && (
        <FormField label="Stop before the next one" description="What was not begun is left as it is, for good.">
          <SpaceBetween direction="horizontal" size="xs">
            <Input value={reason} placeholder="Reason" ariaLabel="Reason for stopping" onChange={({ detail }) => setReason(detail.value)} />
            <Button disabled={reason.trim().length < SHORTEST_REASON} loading={stopping.isPending} onClick={() => stopping.mutate()}>Stop</Button>
          </SpaceBetween>
        </FormField>
      )}
      {bulk.isStalled && <Button loading={goingOn.isPending} onClick={() => goingOn.mutate()}>Go on where it was</Button>}
      {(stopping.error ?? goingOn.error) && <Failure error={stopping.error ?? goingOn.error} />}
    </SpaceBetween>
  );
}

function Results({ items }: { items: readonly Schemas["BulkEntry"][] }) {
  return (
    <Table
      variant="embedded"
      wrapLines
      items={items}
      trackBy="workflowId"
      ariaLabels={{ tableLabel: "What came of each" }}
      columnDefinitions={[
        { id: "name", header: "Workflow", isRowHeader: true, cell: (one) => <Link href={addresses.workflow(one.newWorkflowId ?? one.workflowId)} onFollow={follow}>{one.name ?? one.workflowId}</Link> },
        { id: "result", header: "Result", cell: (one) => <StatusIndicator type={resultOf(one.result).type}>{resultOf(one.result).words}</StatusIndicator> },
        { id: "message", header: "Why", cell: (one) => one.message ?? "–" },
      ]}
    />
  );
}
