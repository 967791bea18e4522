/** Who did what to it, why, and from where: as the audit trail has it. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Table from "@cloudscape-design/components/table";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type Schemas, answerOf, useApi } from "../api/client";
import { Failure, Nothing } from "../states/states";
import { Moment } from "../time/Moment";

export default function AuditTab({ subject }: { subject: string }) {
  const api = useApi();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["audit", subject],
    initialPageParam: null as string | null,
    getNextPageParam: (page: Schemas["Page_AuditEntry_"]) => page.nextCursor,
    queryFn: ({ pageParam, signal }) => answerOf(api.GET("/audit", { params: { query: { subject, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
  });
  if (error) return <Failure error={error} again={() => void refetch()} />;
  return (
    <Table
      variant="borderless"
      loading={isPending}
      loadingText="Reading the audit trail"
      wrapLines
      items={data?.pages.flatMap((page) => page.items) ?? []}
      footer={hasNextPage ? <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>More entries</Button> : undefined}
      trackBy={(entry) => entry.recordedAt + entry.sequence}
      ariaLabels={{ tableLabel: "Audit trail" }}
      empty={<Nothing title="Nobody has done anything to it" />}
      columnDefinitions={[
        { id: "at", header: "When", cell: (entry) => <Moment at={entry.recordedAt} /> },
        { id: "who", header: "Who", isRowHeader: true, cell: (entry) => <>{entry.actor}<Box color="text-body-secondary" fontSize="body-s">{entry.address}</Box></> },
        { id: "what", header: "What", cell: (entry) => inWords(entry.action) },
        { id: "why", header: "Why", cell: (entry) => entry.reason ?? "–" },
      ]}
    />
  );
}

/** `runResumed` as `Run resumed`. Pure. */
export function inWords(action: string): string {
  const words = action.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
