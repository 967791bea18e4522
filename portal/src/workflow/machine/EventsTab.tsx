/** The raw events of the history, redacted, as AWS numbers them. Filtered here; the original beside. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Grid from "@cloudscape-design/components/grid";
import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { answerOf, useApi } from "../../api/client";
import { useChanges } from "../../changes/ChangesProvider";
import { Pacer } from "../../changes/pacer";
import { Failure, Nothing, Waiting } from "../../states/states";
import { moment } from "../../time/moment";
import { useNow } from "../../time/now";
import type { Machine } from "./MachinePanel";
import { Payload } from "../panel/Payload";
import { TreeGrid } from "../steps/TreeGrid";
import type { Row } from "../steps/tree";

type Event = Record<string, unknown>;
type Known = InfiniteData<Machine, number | null>;
const TEMPLATE = "90px minmax(200px, 2fr) minmax(170px, 1fr)";

/** The id after which there may be more: of the last event that is known, also where that was the last. */
function lastId(pages: readonly { readonly events?: readonly Event[] | null }[]): number | null {
  const id = pages.findLast((page) => page.events?.length)?.events?.at(-1)?.id;
  return typeof id === "number" ? id : null;
}

/** While it runs the end is read on, and no more: the events before it are never others. */
function useTail(runId: string, runs: boolean, readOn: () => void) {
  const changes = useChanges();
  const latest = useRef(readOn);
  latest.current = readOn;
  useEffect(() => {
    const pacer = new Pacer(() => latest.current());
    const unwatch = changes.watch(`workflow:${runId}`, () => pacer.tell(), { polls: runs });
    return () => {
      unwatch();
      pacer.stop();
    };
  }, [changes, runId, runs]);
}

export default function EventsTab({ runId, runs = false }: { runId: string; runs?: boolean }) {
  const api = useApi();
  const [words, setWords] = useState("");
  const [failedOnly, setFailedOnly] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useNow(false);
  const queries = useQueryClient();
  const { data, error, isPending, fetchNextPage, isFetching, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ["events", runId],
    staleTime: Number.POSITIVE_INFINITY,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { events: true, payloads: true, ...(pageParam === null ? {} : { eventsAfter: pageParam }) };
      return answerOf(api.GET("/executions/{execution_id}/step-functions", { params: { path: { execution_id: runId }, query }, signal }));
    },
    getNextPageParam: (page, pages) => page.nextEventsAfter ?? lastId(pages),
  });
  const isMore = (data?.pages.at(-1)?.nextEventsAfter ?? null) !== null;
  useTail(runId, runs, () => {
    if (isMore || isFetching) return;
    void fetchNextPage().then(() => queries.setQueryData<Known>(["events", runId], (known) => (known && endsEmpty(known.pages) ? { pages: known.pages.slice(0, -1), pageParams: known.pageParams.slice(0, -1) } : known)));
  });
  const events = useMemo(() => (data?.pages ?? []).flatMap((page) => page.events ?? []), [data]);
  const shown = useMemo(() => matching(events, words, failedOnly), [events, words, failedOnly]);
  const rows = useMemo(() => shown.map(eventRow), [shown]);
  const byId = useMemo(() => new Map(shown.map((one) => [String(one.id), one])), [shown]);
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  if (isPending) return <Waiting what="Reading the events" />;
  const event = chosen === null ? null : (byId.get(chosen) ?? null);
  const total = Math.max(data.pages.at(-1)?.totalEvents ?? 0, events.length);
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <TextFilter filteringText={words} onChange={({ detail }) => setWords(detail.filteringText)} filteringPlaceholder="Type, or words in it" filteringAriaLabel="Filter events" countText={`${shown.length} of ${total} events`} />
        <Toggle checked={failedOnly} onChange={({ detail }) => setFailedOnly(detail.checked)}>Failures only</Toggle>
        {isMore && <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>More events</Button>}
      </SpaceBetween>
      {shown.length === 0 ? (
        <Nothing title="No event matches" />
      ) : (
        <Grid gridDefinition={[{ colspan: { default: 12, l: event ? 7 : 12 } }, { colspan: { default: 12, l: 5 } }]}>
          <TreeGrid
            label="Events"
            rows={rows}
            selected={chosen}
            onSelect={(row) => setChosen(row.key)}
            onToggle={() => {}}
            template={TEMPLATE}
            head={["Id", "Type", "Time"].map((name) => <div role="columnheader" key={name}>{name}</div>)}
            cells={(row) => {
              const one = byId.get(row.key);
              return (
                <>
                  <div role="rowheader" className="numerals">{row.key}</div>
                  <div role="gridcell">{String(one?.type ?? "unknown event")}</div>
                  <div role="gridcell" className="numerals">{moment(typeof one?.timestamp === "string" ? one.timestamp : null, now)}</div>
                </>
              );
            }}
          />
          {event ? <Payload name={`Event ${String(event.id)}`} text={JSON.stringify(event)} /> : <Box />}
        </Grid>
      )}
    </SpaceBetween>
  );
}

/** A look past the end that found nothing leaves nothing behind. Pure. */
export function endsEmpty(pages: readonly { readonly events?: readonly Event[] | null }[]): boolean {
  return pages.length > 1 && !pages.at(-1)?.events?.length;
}

/** Those that hold the words, in any case; with `failedOnly` those that tell of a failure. Pure. */
export function matching(events: readonly Event[], words: string, failedOnly: boolean): Event[] {
  const wanted = words.trim().toLowerCase();
  return events.filter((event) => {
    if (failedOnly && !/Failed|TimedOut|Aborted/.test(String(event.type))) return false;
    return wanted === "" || JSON.stringify(event).toLowerCase().includes(wanted);
  });
}

function eventRow(event: Event): Row {
  return { kind: "more", key: String(event.id), depth: 0, place: { within: null, lane: null, cursor: null }, words: "" };
}

