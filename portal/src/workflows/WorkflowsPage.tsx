/** Every workflow, whatever runs it: what is active, what is late, what failed today. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Tabs from "@cloudscape-design/components/tabs";
import { type ReactNode, memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Shell } from "../app/Shell";
import { useChanges, useHeld } from "../changes/ChangesProvider";
import { ConnectionChip } from "../changes/ConnectionChip";
import { go, usePlace } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { Failure, Nothing } from "../states/states";
import { ago } from "../time/moment";
import { useNow } from "../time/now";
import { settled } from "./arrivals";
import { elementOf } from "./cells";
import { COLUMNS, type Seen } from "./columns";
import { BulkMenu } from "./bulk/BulkMenu";
import { BulkProgress } from "./bulk/BulkProgress";
import { type Ended, type Filter, askedOf, filterOf, isOfEnds, searchOf, type Tab, TABS } from "./filter";
import { Rows, RowsProvider } from "./rows";
import { FILTERING_OPTIONS, FILTERING_PROPERTIES, propertiesOf, tokensOf } from "./tokens";
import { useKeys } from "./useKeys";
import { useCounts, useWorkflows } from "./useWorkflows";
import { ViewsMenu } from "./views/ViewsMenu";

const NONE: readonly Seen[] = [];
const BULK_ID = /^bulk-[0-9a-f]{1,58}$/;
const CRUMBS = [{ text: "Workflows", href: "/workflows" }];

export function WorkflowsPage() {
  const { search } = usePlace();
  const filter = filterOf(search);
  const bulk = search.get("bulk");
  return (
    <Shell crumbs={CRUMBS} contentType="table">
      {/* Another question is another list: pages, and rows that stand still, begin anew. */}
      <List search={searchOf(filter).toString()} key={searchOf(filter).toString()} />
      {bulk !== null && BULK_ID.test(bulk) && <BulkProgress id={bulk} key={bulk} />}
    </Shell>
  );
}

function List({ search }: { search: string }) {
  const filter = useMemo(() => filterOf(new URLSearchParams(search)), [search]);
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [page, setPage] = useState(0);
  const { data, error, isPending, isPlaceholderData, refetch } = useWorkflows(filter, cursors[page] ?? null);
  const [standing, setStanding] = useState<{ page: number; items: readonly Seen[] }>({ page: -1, items: NONE });
  const [helping, setHelping] = useState(false);
  const [store] = useState(() => new Rows());

  const fresh = data?.items ?? NONE;
  if (data && !isPlaceholderData && (standing.page !== page || standing.items.length === 0) && fresh.length > 0) {
    setStanding({ page, items: fresh });
  }
  const shown = settled(standing.page === page ? standing.items : NONE, fresh, (one) => one.id);
  const written = shown.rows.map((row) => row.item.id).join("\n");
  const ids = useMemo(() => (written === "" ? [] : written.split("\n")), [written]);
  // Before the table shows an id its row is known; afterwards only its cells are told.
  store.begin(shown.rows);
  useLayoutEffect(() => store.set(shown.rows));
  useKeys({ rows: useMemo(() => ids.map(elementOf), [ids]), help: useCallback(() => setHelping(true), []) });

  const next = data?.nextCursor ?? null;
  const again = useCallback(() => void refetch(), [refetch]);
  const pagination = useMemo(() => {
    const turn = (index: number) => {
      if (next && index === cursors.length) setCursors([...cursors, next]);
      setPage(index);
    };
    return (
      <Pagination
        currentPageIndex={page + 1}
        pagesCount={next ? page + 1 : Math.max(page + 1, cursors.length)}
        openEnd={Boolean(next)}
        onChange={({ detail }) => turn(detail.currentPageIndex - 1)}
      />
    );
  }, [next, cursors, page]);
  const { arrived, left } = shown;
  const latest = useRef(fresh);
  latest.current = fresh;
  const header = useMemo(
    () => (arrived + left > 0 ? <Button iconName="refresh" onClick={() => setStanding({ page, items: latest.current })}>{pill(arrived, left)}</Button> : undefined),
    [arrived, left, page],
  );
  const empty = useMemo(() => (error ? <Failure error={error} again={again} /> : <NothingFound filter={filter} />), [error, again, filter]);
  return (
    <RowsProvider value={store}>
      <SpaceBetween size="s">
        <Heading filter={filter} />
        <StatusTabs filter={filter} />
        <Grid ids={ids} loading={isPending} filter={filter} pagination={pagination} header={header} empty={empty} />
        {error && ids.length > 0 ? <Failure error={error} again={again} /> : null}
        {data?.partial && <Box color="text-status-warning">This page is short because reading it became too much. Go on with the next one, or narrow the filter.</Box>}
      </SpaceBetween>
      <Help visible={helping} close={() => setHelping(false)} />
    </RowsProvider>
  );
}

interface GridProps {
  ids: readonly string[];
  loading: boolean;
  filter: Filter;
  pagination: ReactNode;
  header: ReactNode;
  empty: ReactNode;
}

const LABELS = { tableLabel: "Workflows" };
const STICKY = { last: 1 };

/** Renders when other rows are shown, not when a row changes. */
const Grid = memo(function Grid({ ids, loading, filter, pagination, header, empty }: GridProps) {
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      enableKeyboardNavigation
      resizableColumns
      stickyColumns={STICKY}
      trackBy={(id) => id}
      items={ids}
      loading={loading}
      loadingText="Loading workflows"
      columnDefinitions={COLUMNS}
      ariaLabels={LABELS}
      renderAriaLive={({ totalItemsCount }) => `${totalItemsCount} workflows`}
      filter={<Filtering filter={filter} />}
      pagination={pagination}
      header={header}
      empty={empty}
      footer={<Footer />}
    />
  );
});

function pill(arrived: number, left: number): string {
  const parts = [arrived > 0 ? `${arrived} new` : "", left > 0 ? `${left} no longer here` : ""].filter(Boolean);
  return `${parts.join(", ")} – show`;
}

function Heading({ filter }: { filter: Filter }) {
  const changes = useChanges();
  const held = useHeld();
  return (
    <Header
      variant="h1"
      description="Recovery runs, Step Functions executions, and workflows that publish their own events"
      actions={
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <ConnectionChip />
          <ViewsMenu search={searchOf(filter).toString()} />
          <BulkMenu asked={askedOf(filter, new Date().toISOString().slice(0, 10))} />
          <Button iconName={held ? "caret-right-filled" : "pause"} onClick={() => changes.hold(!held)}>
            {held ? "Go on" : "Hold updates"}
          </Button>
        </SpaceBetween>
      }
    >
      Workflows
    </Header>
  );
}

const TAB_NAMES: Record<Tab, string> = {
  active: "Active",
  pending: "Pending",
  completed: "Completed",
  failed: "Failed",
  slow: "Slow",
  all: "All",
};

function StatusTabs({ filter }: { filter: Filter }) {
  const counts = useCounts();
  const number = (tab: Tab): string => {
    if (!counts) return "";
    const more = counts.atLeast ? "+" : "";
    if (tab === "active") return ` (${counts.active}${more})`;
    if (tab === "pending") return ` (${counts.pending}${more})`;
    if (tab === "slow") return ` (${counts.slow}${more})`;
    if (tab === "completed") return ` (${counts.completedToday} today)`;
    if (tab === "failed") return ` (${counts.failedToday} today)`;
    return "";
  };
  return <TabBar filter={filter} labels={TABS.map((tab) => `${TAB_NAMES[tab]}${number(tab)}`).join("\n")} />;
}

/** Counts come with every answer, and are mostly what they were. */
const TabBar = memo(function TabBar({ filter, labels }: { filter: Filter; labels: string }) {
  const names = labels.split("\n");
  return (
    <Tabs
      activeTabId={filter.tab}
      ariaLabel="Which workflows"
      disableContentPaddings
      onChange={({ detail }) => {
        const tab = TABS.find((one) => one === detail.activeTabId) ?? "active";
        go(withQuery({ ...filter, tab }));
      }}
      tabs={TABS.map((tab, at) => ({ id: tab, label: names[at] ?? tab }))}
    />
  );
});

function withQuery(filter: Filter): string {
  const text = searchOf(filter).toString();
  return addresses.workflows(text ? `?${text}` : "");
}

const ENDED_NAMES: Record<Ended, string> = {
  today: "Ended today (UTC)",
  "24h": "Ended in the last 24 hours",
  "7d": "Ended in the last 7 days",
  any: "Ended at any time",
};

function Filtering({ filter }: { filter: Filter }) {
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <div id="filter">
        <PropertyFilter
          query={tokensOf(filter)}
          onChange={({ detail }) => go(withQuery({ ...filter, properties: propertiesOf(detail) }))}
          filteringProperties={FILTERING_PROPERTIES}
          filteringOptions={FILTERING_OPTIONS}
          filteringPlaceholder="Filter by name, type, who triggered it, or a search attribute"
          filteringAriaLabel="Filter workflows"
          hideOperations
          readOnlyOperations
        />
      </div>
      {isOfEnds(filter.tab) && (
        <Select
          ariaLabel="When they ended"
          selectedOption={{ value: filter.ended, label: ENDED_NAMES[filter.ended] }}
          options={(Object.keys(ENDED_NAMES) as Ended[]).map((value) => ({ value, label: ENDED_NAMES[value] }))}
          onChange={({ detail }) =>
            go(withQuery({ ...filter, ended: (detail.selectedOption.value ?? "today") as Ended }))
          }
        />
      )}
    </SpaceBetween>
  );
}

function NothingFound({ filter }: { filter: Filter }) {
  const filtered = Object.keys(filter.properties).length > 0;
  if (filtered) {
    return (
      <Nothing title="Nothing matches" action={<Button onClick={() => go(withQuery({ ...filter, properties: {} }))}>Clear the filter</Button>}>
        {Object.entries(filter.properties).map(([name, value]) => `${name} = ${value}`).join(", ")}
      </Nothing>
    );
  }
  if (filter.tab === "active") {
    return (
      <Nothing title="Nothing is running" action={<Button onClick={() => go("/recovery")}>Start a drill</Button>}>
        What begins appears here by itself.
      </Nothing>
    );
  }
  return <Nothing title={`${TAB_NAMES[filter.tab]}: none`}>{isOfEnds(filter.tab) ? ENDED_NAMES[filter.ended] : "None right now."}</Nothing>;
}

function Footer() {
  const counts = useCounts();
  const now = useNow();
  if (!counts) return null;
  const compliance = counts.slaCompliancePercentToday;
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {compliance === null
        ? "SLA today: nothing with a target has ended yet"
        : `SLA today: ${compliance.toFixed(1)} % of ${counts.withTargetToday} with a target were met`}
      {` · counted ${ago(counts.asOf, now)}`}
    </Box>
  );
}

function Help({ visible, close }: { visible: boolean; close: () => void }) {
  const keys = [
    ["j, k", "next, previous workflow"],
    ["Enter", "open it"],
    ["/", "filter"],
    ["?", "this help"],
  ];
  return (
    <Modal visible={visible} onDismiss={close} header="Keyboard">
      <table>
        <tbody>
          {keys.map(([key, meaning]) => (
            <tr key={key}>
              <td><kbd>{key}</kbd></td>
              <td style={{ paddingInlineStart: "1rem" }}>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}

