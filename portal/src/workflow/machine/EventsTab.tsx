/** The raw events of the history, redacted, as AWS numbers them. Filtered here; the original beside. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Grid from "@cloudscape-design/components/grid";
import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf, useApi } from "../../api/client";
import { Failure, Nothing, Waiting } from "../../states/states";
import { moment } from "../../time/moment";
import { useNow } from "../../time/now";
import { Payload } from "../panel/Payload";
import { TreeGrid } from "../steps/TreeGrid";
import type { Row } from "../steps/tree";

type Event = Record<string, unknown>;
const TEMPLATE = "90px minmax(200px, 2fr) minmax(170px, 1fr)";

export default function EventsTab({ runId }: { runId: string }) {
  const api = useApi();
  const [words, setWords] = useState("");
  const [failedOnly, setFailedOnly] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useNow(false);
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ["workflow", runId, "events"],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { events: true, payloads: true, ...(pageParam === null ? {} : { eventsAfter: pageParam }) };
      return answerOf(api.GET("/executions/{execution_id}/step-functions", { params: { path: { execution_id: runId }, query }, signal }));
    },
    getNextPageParam: (page) => page.nextEventsAfter,
  });
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (isPending) return <Waiting what="Reading the events" />;
  const events = data.pages.flatMap((page) => page.events ?? []);
  const shown = matching(events, words, failedOnly);
  const event = shown.find((one) => String(one.id) === chosen) ?? null;
  const total = data.pages[0]?.totalEvents ?? events.length;
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <TextFilter filteringText={words} onChange={({ detail }) => setWords(detail.filteringText)} filteringPlaceholder="Type, or words in it" filteringAriaLabel="Filter events" countText={`${shown.length} of ${total} events`} />
        <Toggle checked={failedOnly} onChange={({ detail }) => setFailedOnly(detail.checked)}>Failures only</Toggle>
        {hasNextPage && <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>More events</Button>}
      </SpaceBetween>
      {shown.length === 0 ? (
        <Nothing title="No event matches" />
      ) : (
        <Grid gridDefinition={[{ colspan: { default: 12, l: event ? 7 : 12 } }, { colspan: { default: 12, l: 5 } }]}>
          <TreeGrid
            label="Events"
            rows={shown.map((one) => eventRow(one))}
            selected={chosen}
            onSelect={(row) => setChosen(row.key)}
            onToggle={() => {}}
            template={TEMPLATE}
            head={["Id", "Type", "Time"].map((name) => <div role="columnheader" key={name}>{name}</div>)}
            cells={(row) => {
              const one = shown.find((each) => String(each.id) === row.key);
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

