/** Every workflow, whatever runs it: what is active, what is late, what failed today. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Shell } from "../app/Shell";
import { useChanges, useHeld } from "../changes/ChangesProvider";
import { ConnectionChip } from "../changes/ConnectionChip";
import { usePlace } from "../navigation/location";
import { Failure } from "../states/states";
import { serverNow } from "../time/server";
import { settled } from "./arrivals";
import { elementOf } from "./cells";
import type { Seen } from "./columns";
import { BulkMenu } from "./bulk/BulkMenu";
import { BulkProgress } from "./bulk/BulkProgress";
import { type Filter, askedOf, filterOf, searchOf } from "./filter";
import { Grid } from "./Grid";
import { Help } from "./Help";
import { NothingFound } from "./NothingFound";
import { Rows, RowsProvider } from "./rows";
import { StatusTabs } from "./StatusTabs";
import { useKeys } from "./useKeys";
import { useWorkflows } from "./useWorkflows";
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
          <BulkMenu asked={askedOf(filter, new Date(serverNow()).toISOString().slice(0, 10))} />
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
