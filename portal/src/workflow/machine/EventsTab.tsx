/** The raw events of a history, redacted, as AWS numbers them. Filtered here; the original beside. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Grid from "@cloudscape-design/components/grid";
import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { useMemo, useState } from "react";
import { Failure, Nothing, Waiting } from "../../states/states";
import { duration } from "../../time/duration";
import { moment } from "../../time/moment";
import { useNow } from "../../time/now";
import { Payload } from "../panel/Payload";
import { TreeGrid } from "../steps/TreeGrid";
import type { Row } from "../steps/tree";
import { Busy } from "./Busy";
import { type Event, useEvents } from "./useEvents";

const TEMPLATE = "70px minmax(200px, 2fr) minmax(150px, 2fr) minmax(90px, 1fr) minmax(150px, 1fr)";

export default function EventsTab({ workflowId, runs = false }: { workflowId: string; runs?: boolean }) {
  const [words, setWords] = useState("");
  const [failedOnly, setFailedOnly] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const now = useNow(false);
  const { data, error, isPending, isFetchingNextPage, refetch, events, isMore, readOn, stale, reason, total: counted } = useEvents(workflowId, runs);
  const shown = useMemo(() => matching(events, words, failedOnly), [events, words, failedOnly]);
  const rows = useMemo(() => shown.map(eventRow), [shown]);
  const states = useMemo(() => statesOf(events), [events]);
  const start = timeOf(events[0]);
  const byId = useMemo(() => new Map(shown.map((one) => [String(one.id), one])), [shown]);
  if (error && !data) return <Failure error={error} again={() => void refetch()} />;
  if (isPending) return <Waiting what="Reading the events" />;
  if (reason !== null && events.length === 0) return <Nothing title="No events">{reason}</Nothing>;
  const event = chosen === null ? null : (byId.get(chosen) ?? null);
  const total = `${Math.max(counted ?? 0, events.length)}${isMore && counted === null ? " or more" : ""}`;
  return (
    <SpaceBetween size="s">
      <Busy stale={stale} />
      {error && <Failure error={error} again={() => void readOn()} />}
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        <TextFilter filteringText={words} onChange={({ detail }) => setWords(detail.filteringText)} filteringPlaceholder="Type, or words in it" filteringAriaLabel="Filter events" countText={`${shown.length} of ${total} events`} />
        <Toggle checked={failedOnly} onChange={({ detail }) => setFailedOnly(detail.checked)}>Failures only</Toggle>
        {isMore && <Button loading={isFetchingNextPage} onClick={() => void readOn()}>More events</Button>}
      </SpaceBetween>
      {shown.length === 0 ? (
        <Nothing title={events.length === 0 ? "No event yet" : "No event matches"} />
      ) : (
        <Grid gridDefinition={[{ colspan: { default: 12, l: event ? 7 : 12 } }, { colspan: { default: 12, l: 5 } }]}>
          <TreeGrid
            label="Events"
            rows={rows}
            selected={chosen}
            onSelect={(row) => setChosen(row.key)}
            onToggle={() => {}}
            template={TEMPLATE}
            head={["Id", "Type", "State", "After", "Time"].map((name) => <div role="columnheader" key={name}>{name}</div>)}
            cells={(row) => {
              const one = byId.get(row.key);
              return (
                <>
                  <div role="rowheader" className="numerals">{row.key}</div>
                  <div role="gridcell">{String(one?.type ?? "unknown event")}</div>
                  <div role="gridcell">{states.get(row.key) ?? ""}</div>
                  <div role="gridcell" className="numerals">{after(one, start)}</div>
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

function timeOf(event: Event | undefined): number {
  return typeof event?.timestamp === "string" ? Date.parse(event.timestamp) : Number.NaN;
}

function after(event: Event | undefined, start: number): string {
  const seconds = (timeOf(event) - start) / 1000;
  return Number.isNaN(seconds) ? "" : duration(Math.max(seconds, 0));
}

/** Of which state each tells, by the event's id: its own name, or that of the event it follows, told or not. Pure. */
export function statesOf(events: readonly Event[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const event of events) {
    const entered = named(event.stateEnteredEventDetails);
    const name = entered ?? named(event.stateExitedEventDetails) ?? (/StateExited|^Execution/.test(String(event.type)) ? undefined : known.get(String(event.previousEventId || Number(event.id) - 1)));
    if (name !== undefined) known.set(String(event.id), name);
  }
  return known;
}

function named(details: unknown): string | undefined {
  const name = typeof details === "object" && details !== null ? (details as Record<string, unknown>).name : undefined;
  return typeof name === "string" ? name : undefined;
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

