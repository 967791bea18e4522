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
import { amend, usePlace } from "../navigation/location";
import { Failure } from "../states/states";
import { serverNow } from "../time/server";
import { settled } from "./arrivals";
import { elementOf } from "./cells";
import type { Seen } from "./columns";
import { BulkMenu } from "./bulk/BulkMenu";
import { BulkProgress } from "./bulk/BulkProgress";
import { toggled } from "./bulk/selected";
import { type Filter, askedOf, filterOf, searchOf } from "./filter";
import { Grid } from "./Grid";
import { Help } from "./Help";
import { NothingFound } from "./NothingFound";
import { Rows, RowsProvider } from "./rows";
import { KnownPages } from "./pages";
import { StatusTabs } from "./StatusTabs";
import { useKeys } from "./useKeys";
import { useWorkflows } from "./useWorkflows";
import { ViewsMenu } from "./views/ViewsMenu";

const NONE: readonly Seen[] = [];
const NO_IDS: readonly string[] = [];
const BULK_ID = /^bulk-[0-9a-f]{1,58}$/;
const CRUMBS = [{ text: "Workflows", href: "/workflows" }];

export function WorkflowsPage() {
  const { search } = usePlace();
  const filter = filterOf(search);
  const bulk = search.get("bulk");
  const after = search.get("after");
  return (
    <Shell crumbs={CRUMBS} contentType="table">
      <List search={searchOf(filter).toString()} after={after === "" ? null : after} />
      {bulk !== null && BULK_ID.test(bulk) && <BulkProgress id={bulk} key={bulk} />}
    </Shell>
  );
}

const KNOWN = new KnownPages();

/** It stays there when something else is asked, and with it the focus; only its rows begin anew. */
function List({ search, after }: { search: string; after: string | null }) {
  const filter = useMemo(() => filterOf(new URLSearchParams(search)), [search]);
  const { data, error, isPending, isPlaceholderData, refetch } = useWorkflows(filter, after);
  const here = `${search}\n${after ?? ""}`;
  const [standing, setStanding] = useState<{ of: string; items: readonly Seen[] }>({ of: "", items: NONE });
  const [helping, setHelping] = useState(false);
  const [store] = useState(() => new Rows());

  const fresh = data?.items ?? NONE;
  if (data && !isPlaceholderData && (standing.of !== here || standing.items.length === 0) && fresh.length > 0) {
    setStanding({ of: here, items: fresh });
  }
  // A row that has left is shown as it was last known, not as it was when the rows began to stand.
  const stood = standing.of === here ? standing.items.map((item) => store.of(item.id)?.item ?? item) : NONE;
  const shown = settled(stood, fresh, (one) => one.id);
  const written = shown.rows.map((row) => row.item.id).join("\n");
  const ids = useMemo(() => (written === "" ? [] : written.split("\n")), [written]);
  // Before the table shows an id its row is known; afterwards only its cells are told.
  store.begin(shown.rows);
  useLayoutEffect(() => store.set(shown.rows));
  const [chosen, setChosen] = useState<readonly string[]>(NO_IDS);
  // What is not shown any more is not acted on.
  const marked = useMemo(() => chosen.filter((id) => ids.includes(id)), [chosen, ids]);
  const mark = useCallback((at: number) => setChosen((known) => toggled(known, ids[at] ?? "")), [ids]);
  const markedNow = useCallback(() => marked.flatMap((id) => store.of(id)?.item ?? []), [marked, store]);
  useKeys({ rows: useMemo(() => ids.map(elementOf), [ids]), help: useCallback(() => setHelping(true), []), mark });

  const next = data?.nextCursor ?? null;
  const again = useCallback(() => void refetch(), [refetch]);
  const pagination = useMemo(() => {
    const { page, cursors } = KNOWN.of(search, after);
    return (
      <Pagination
        currentPageIndex={page + 1}
        pagesCount={next ? page + 1 : Math.max(page + 1, cursors.length)}
        openEnd={Boolean(next)}
        onChange={({ detail }) => amend({ after: KNOWN.turn(search, { page, cursors }, detail.currentPageIndex - 1, next) }, { replace: false })}
      />
    );
  }, [next, search, after]);
  const { arrived, left } = shown;
  const latest = useRef(fresh);
  latest.current = fresh;
  const header = useMemo(
    () => (arrived + left > 0 ? <Button iconName="refresh" onClick={() => setStanding({ of: here, items: latest.current })}>{pill(arrived, left)}</Button> : undefined),
    [arrived, left, here],
  );
  const empty = useMemo(() => (error ? <Failure error={error} again={again} /> : <NothingFound filter={filter} />), [error, again, filter]);
  return (
    <RowsProvider value={store}>
      <SpaceBetween size="s">
        <Heading filter={filter} marked={marked.length} markedNow={markedNow} />
        <StatusTabs filter={filter} />
        <Grid ids={ids} marked={marked} onMark={setChosen} loading={isPending} filter={filter} pagination={pagination} header={header} empty={empty} />
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

function Heading({ filter, marked, markedNow }: { filter: Filter; marked: number; markedNow: () => readonly Seen[] }) {
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
          <BulkMenu asked={askedOf(filter, new Date(serverNow()).toISOString().slice(0, 10))} marked={marked} markedNow={markedNow} />
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
