/** The execution index: whatever ran, found by whose it is, how it ended, when, and what was in its input. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import DateRangePicker from "@cloudscape-design/components/date-range-picker";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answerOf, useApi } from "../api/client";
import type { Schemas } from "../api/client";
import { Shell } from "../app/Shell";
import { go, usePlace } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { Contained, Failure, Nothing } from "../states/states";
import { Moment } from "../time/Moment";
import { atServer } from "../time/server";
import { DurationCell, ErrorCell, NameCell, SlaCell } from "../workflows/cells";
import { Status } from "../workflows/Status";
import { lookOf } from "../workflows/status";
import { IndexHealth } from "./IndexHealth";
import "./history.css";
import { type HistoryFilter, STATUSES, WORDS, askedOf, chosenRange, filterOf, rangeOf, searchOf } from "./historyFilter";

type Workflow = Schemas["WorkflowItem"];
const PAGE_SIZE = 50;

export default function HistoryPage() {
  const { search } = usePlace();
  const filter = filterOf(search);
  return (
    <Shell crumbs={[{ text: "History", href: "/history" }]} contentType="table">
      <SpaceBetween size="m">
        <Header variant="h1" description="Every execution of every state machine that the index knows, and what runs elsewhere and publishes its events">History</Header>
        <Contained what="The health of the index"><IndexHealth /></Contained>
        <Found filter={filter} />
      </SpaceBetween>
    </Shell>
  );
}

function show(filter: HistoryFilter) {
  go(addresses.history(searchOf(filter)));
}

/** Another question begins with its first page. */
function ask(filter: HistoryFilter, change: Partial<HistoryFilter>) {
  show({ ...filter, ...change, cursor: null });
}

function Found({ filter }: { filter: HistoryFilter }) {
  const api = useApi();
  const asked = askedOf(filter);
  const { data, error, isPending, isFetching, dataUpdatedAt, refetch } = useQuery({
    queryKey: ["history", asked, filter.cursor],
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    queryFn: ({ signal }) => answerOf(api.GET("/workflows", { params: { query: { ...asked, counts: false, limit: PAGE_SIZE, ...(filter.cursor ? { cursor: filter.cursor } : {}) } }, signal })),
  });
  return (
    <>
      <Table
        variant="container"
        stickyHeader
        wrapLines
        resizableColumns
        items={error ? [] : [...(data?.items ?? [])]}
        loading={isPending}
        loadingText="Asking the index"
        trackBy="id"
        columnDefinitions={columnsOf(filter, atServer(dataUpdatedAt))}
        ariaLabels={{ tableLabel: "Executions" }}
        renderAriaLive={({ totalItemsCount }) => `${totalItemsCount} executions on this page`}
        header={
          <Header variant="h2" counter={data && !error ? `(${data.items.length}${data.nextCursor || filter.cursor ? " on this page" : ""})` : ""} actions={<Button iconName="refresh" ariaLabel="Ask again" loading={isFetching && !isPending} onClick={() => void refetch()} />}>
            Executions
          </Header>
        }
        filter={<Filtering filter={filter} />}
        empty={error ? <Failure error={error} again={() => void refetch()} /> : <NothingFound filter={filter} />}
      />
      {data?.partial && !error && (
        <Alert type="info">This page is short: so many executions had to be read to find these. Go on to older ones, or narrow the time or the agent.</Alert>
      )}
      <div className="turning">
        {filter.cursor && <Button iconName="angle-left-double" onClick={() => show({ ...filter, cursor: null })}>Newest</Button>}
        {filter.cursor && <Button iconName="angle-left" onClick={() => window.history.back()}>Back</Button>}
        {data?.nextCursor && !error && <Button iconName="angle-right" iconAlign="right" onClick={() => show({ ...filter, cursor: data.nextCursor })}>Older</Button>}
      </div>
    </>
  );
}

function columnsOf(filter: HistoryFilter, heardAt: number): TableProps.ColumnDefinition<Workflow>[] {
  const withSearch = filter.words.search?.split("=")[0];
  return [
    { id: "status", header: "Status", width: 125, cell: (one) => <Status status={one.status} /> },
    { id: "name", header: "Name, agent", width: 250, isRowHeader: true, cell: (one) => <NameCell workflow={one} /> },
    { id: "started", header: filter.by === "started" ? "Started ↓" : "Started", width: 150, cell: (one) => <Moment at={one.startedAt} /> },
    { id: "ended", header: filter.by === "ended" ? "Ended ↓" : "Ended", width: 150, cell: (one) => <Moment at={one.endedAt} /> },
    { id: "duration", header: "Duration", width: 110, cell: (one) => <DurationCell workflow={one} heardAt={heardAt} /> },
    { id: "sla", header: "SLA", width: 130, cell: (one) => <SlaCell workflow={one} /> },
    { id: "error", header: "Error", width: 240, cell: (one) => <ErrorCell workflow={one} /> },
    { id: "search", header: "Search attributes", width: 220, cell: (one) => <Attributes search={one.search} first={withSearch} /> },
  ];
}

function Attributes({ search, first }: { search: Readonly<Record<string, unknown>>; first: string | undefined }) {
  const found = Object.entries(search).sort(([a], [b]) => Number(b === first) - Number(a === first));
  if (found.length === 0) return <span className="faint">–</span>;
  return (
    <Box fontSize="body-s">
      {found.slice(0, 3).map(([path, value]) => <div key={path}>{`${path} = ${typeof value === "string" ? value : JSON.stringify(value)}`}</div>)}
      {found.length > 3 && <span className="faint">{`and ${found.length - 3} more`}</span>}
    </Box>
  );
}

const LABELS: Record<(typeof WORDS)[number], string> = { agent: "Agent", namePrefix: "Name begins with", search: "Search attribute", triggeredBy: "Triggered by" };
const PROPERTIES: PropertyFilterProps.FilteringProperty[] = WORDS.map((key) => ({
  key,
  propertyLabel: LABELS[key],
  groupValuesLabel: key === "search" ? "path=value, such as order.id=A-17" : LABELS[key],
  operators: ["="],
}));
const TIMES = [{ value: "started", label: "Their start" }, { value: "ended", label: "Their end" }] as const;
const RELATIVE = ["1h", "6h", "24h", "7d", "30d"].map((key) => ({
  key,
  type: "relative" as const,
  amount: Number(key.slice(0, -1)),
  unit: key.endsWith("h") ? ("hour" as const) : ("day" as const),
}));

function Filtering({ filter }: { filter: HistoryFilter }) {
  const options = [...new Set([...STATUSES, ...filter.statuses])].map((value) => ({ value, label: lookOf(value).words }));
  return (
    <div className="asking">
      <FormField label="Status">
        <Multiselect
          placeholder="Any"
          selectedOptions={options.filter((one) => filter.statuses.includes(one.value))}
          options={options}
          tokenLimit={2}
          deselectAriaLabel={(one) => `Without ${one.label ?? ""}`}
          onChange={({ detail }) => ask(filter, { statuses: detail.selectedOptions.flatMap((one) => one.value ?? []) })}
        />
      </FormField>
      <FormField label="Time of">
        <Select
          ariaLabel="Time of"
          selectedOption={TIMES.find((one) => one.value === filter.by) ?? TIMES[0]}
          options={[...TIMES]}
          onChange={({ detail }) => ask(filter, { by: detail.selectedOption.value === "ended" ? "ended" : "started" })}
        />
      </FormField>
      <FormField label="Range">
        <DateRangePicker
          ariaLabel="Range"
          value={rangeOf(filter, new Date())}
          relativeOptions={RELATIVE}
          placeholder="At any time"
          expandToViewport
          isValidRange={(value) => {
            if (value?.type !== "absolute") return { valid: true };
            if (!value.startDate || !value.endDate) return { valid: false, errorMessage: "Give the beginning and the end." };
            return Date.parse(value.startDate) < Date.parse(value.endDate) ? { valid: true } : { valid: false, errorMessage: "The end is before the beginning." };
          }}
          onChange={({ detail }) => ask(filter, chosenRange(detail.value))}
        />
      </FormField>
      <FormField label="Agent, name, attribute" stretch>
        <PropertyFilter
          query={{ operation: "and", tokens: WORDS.flatMap((propertyKey) => (filter.words[propertyKey] ? [{ propertyKey, operator: "=", value: filter.words[propertyKey] }] : [])) }}
          filteringProperties={PROPERTIES}
          filteringOptions={[]}
          filteringPlaceholder="Agent, beginning of a name, path=value"
          filteringAriaLabel="Filter executions"
          hideOperations
          readOnlyOperations
          onChange={({ detail }) => ask(filter, { words: wordsOf(detail.tokens) })}
        />
      </FormField>
    </div>
  );
}

/** The last token of a property counts; text without a property is the beginning of a name. */
function wordsOf(tokens: readonly PropertyFilterProps.Token[]): HistoryFilter["words"] {
  return Object.fromEntries(
    tokens.flatMap((token): [string, string][] => {
      const name = WORDS.find((one) => one === token.propertyKey) ?? (String(token.value).includes("=") ? "search" : "namePrefix");
      const value = String(token.value).trim().slice(0, 256);
      return value ? [[name, value]] : [];
    }),
  );
}

function NothingFound({ filter }: { filter: HistoryFilter }) {
  if (filter.cursor) return <Nothing title="Nothing older">That was all.</Nothing>;
  const narrowed = filter.statuses.length > 0 || Object.keys(filter.words).length > 0;
  if (!narrowed && !filter.from && !filter.until) {
    return <Nothing title="The index is empty">An execution appears here some seconds after it began. For the past there are no events: <code>python -m breakwater.index backfill</code> reads it.</Nothing>;
  }
  return (
    <Nothing
      title="Nothing matches"
      action={
        <SpaceBetween direction="horizontal" size="xs">
          {narrowed && <Button onClick={() => ask(filter, { statuses: [], words: {} })}>Clear the filter</Button>}
          {(filter.from || filter.until) && <Button onClick={() => ask(filter, { from: "", until: "" })}>Look at any time</Button>}
        </SpaceBetween>
      }
    >
      {`Looked for: ${askedInWords(filter)}.`}
    </Nothing>
  );
}

/** What was looked for, in a sentence. Pure. */
export function askedInWords(filter: HistoryFilter): string {
  const range = filter.until ? `${filter.from || "the beginning"} to ${filter.until}` : filter.from ? (/^\d{1,4}[mhd]$/.test(filter.from) ? `in the last ${filter.from}` : `since ${filter.from}`) : "at any time";
  return [`${filter.by} ${range}`, ...(filter.statuses.length > 0 ? [filter.statuses.map((one) => lookOf(one).words).join(" or ")] : []), ...Object.entries(filter.words).map(([name, value]) => `${LABELS[name as (typeof WORDS)[number]]} ${value}`)].join(", ");
}
