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
import { useCallback, useMemo, useState } from "react";
import { Shell } from "../app/Shell";
import { useChanges, useHeld } from "../changes/ChangesProvider";
import { ConnectionChip } from "../changes/ConnectionChip";
import { go, usePlace } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { Failure, Nothing } from "../states/states";
import { ago } from "../time/moment";
import { useNow } from "../time/now";
import { RowActions } from "../workflow/actions/RowActions";
import { settled } from "./arrivals";
import { rowId } from "./cells";
import { COLUMNS, type Seen } from "./columns";
import { type Ended, type Filter, filterOf, isOfEnds, searchOf, type Tab, TABS } from "./filter";
import { FILTERING_OPTIONS, FILTERING_PROPERTIES, propertiesOf, tokensOf } from "./tokens";
import { useKeys } from "./useKeys";
import { useCounts, useWorkflows } from "./useWorkflows";

const NONE: readonly Seen[] = [];

export function WorkflowsPage() {
  const { search } = usePlace();
  const filter = filterOf(search);
  // Another question is another list: pages, and rows that stand still, begin anew.
  return <List filter={filter} key={searchOf(filter).toString()} />;
}

function List({ filter }: { filter: Filter }) {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [page, setPage] = useState(0);
  const { data, error, isPending, isPlaceholderData, refetch } = useWorkflows(filter, cursors[page] ?? null);
  const [standing, setStanding] = useState<{ page: number; items: readonly Seen[] }>({ page: -1, items: NONE });
  const [helping, setHelping] = useState(false);

  const fresh = data?.items ?? NONE;
  if (data && !isPlaceholderData && (standing.page !== page || standing.items.length === 0) && fresh.length > 0) {
    setStanding({ page, items: fresh });
  }
  const shown = settled(standing.page === page ? standing.items : NONE, fresh, (one) => one.id);
  const rows = shown.rows;
  const ids = useMemo(() => rows.map((row) => rowId(row.item)), [rows]);
  useKeys({ rows: ids, help: useCallback(() => setHelping(true), []) });

  const turn = (index: number) => {
    if (data?.nextCursor && index === cursors.length) setCursors([...cursors, data.nextCursor]);
    setPage(index);
  };
  const moved = shown.arrived + shown.left;
  return (
    <Shell crumbs={[{ text: "Workflows", href: "/workflows" }]} contentType="table">
      <SpaceBetween size="s">
        <Heading />
        <StatusTabs filter={filter} />
        <Table
          variant="full-page"
          stickyHeader
          wrapLines
          enableKeyboardNavigation
          resizableColumns
          stickyColumns={{ last: 1 }}
          trackBy={(row) => row.item.id}
          items={[...rows]}
          loading={isPending}
          loadingText="Loading workflows"
          columnDefinitions={[
            ...COLUMNS,
            {
              id: "actions",
              header: "Actions",
              width: 105,
              cell: ({ item, left }) => (left ? null : <RowActions workflow={item} />),
            },
          ]}
          ariaLabels={{ tableLabel: "Workflows" }}
          renderAriaLive={({ totalItemsCount }) => `${totalItemsCount} workflows`}
          filter={<Filtering filter={filter} />}
          pagination={
            <Pagination
              currentPageIndex={page + 1}
              pagesCount={data?.nextCursor ? page + 1 : Math.max(page + 1, cursors.length)}
              openEnd={Boolean(data?.nextCursor)}
              onChange={({ detail }) => turn(detail.currentPageIndex - 1)}
            />
          }
          header={
            moved > 0 ? (
              <Button iconName="refresh" onClick={() => setStanding({ page, items: fresh })}>
                {pill(shown.arrived, shown.left)}
              </Button>
            ) : undefined
          }
          empty={
            error ? <Failure error={error} again={() => void refetch()} /> : <NothingFound filter={filter} />
          }
          footer={<Footer />}
        />
        {error && rows.length > 0 ? <Failure error={error} again={() => void refetch()} /> : null}
        {data?.partial && <Box color="text-status-warning">This page is short because reading it became too much. Go on with the next one, or narrow the filter.</Box>}
      </SpaceBetween>
      <Help visible={helping} close={() => setHelping(false)} />
    </Shell>
  );
}

function pill(arrived: number, left: number): string {
  const parts = [arrived > 0 ? `${arrived} new` : "", left > 0 ? `${left} no longer here` : ""].filter(Boolean);
  return `${parts.join(", ")} – show`;
}

function Heading() {
  const changes = useChanges();
  const held = useHeld();
  return (
    <Header
      variant="h1"
      description="Recovery runs, Step Functions executions, and workflows that publish their own events"
      actions={
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <ConnectionChip />
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
  return (
    <Tabs
      activeTabId={filter.tab}
      ariaLabel="Which workflows"
      disableContentPaddings
      onChange={({ detail }) => {
        const tab = TABS.find((one) => one === detail.activeTabId) ?? "active";
        go(withQuery({ ...filter, tab }));
      }}
      tabs={TABS.map((tab) => ({ id: tab, label: `${TAB_NAMES[tab]}${number(tab)}` }))}
    />
  );
}

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

