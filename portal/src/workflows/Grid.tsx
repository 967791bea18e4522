/** The table of the list, with its filter above and its figures below. */

import Box from "@cloudscape-design/components/box";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { type ReactNode, memo, useMemo } from "react";
import { useNarrow } from "../app/narrow";
import { go } from "../navigation/location";
import { ago } from "../time/moment";
import { useNow } from "../time/now";
import { COLUMNS } from "./columns";
import { type Ended, type Filter, isOfEnds } from "./filter";
import { ENDED_NAMES, withQuery } from "./places";
import { FILTERING_OPTIONS, FILTERING_PROPERTIES, propertiesOf, tokensOf } from "./tokens";
import { nameOf } from "./nameOf";
import { useRows } from "./rows";
import { useCounts } from "./useWorkflows";

interface GridProps {
  ids: readonly string[];
  marked: readonly string[];
  onMark: (ids: string[]) => void;
  loading: boolean;
  filter: Filter;
  pagination: ReactNode;
  header: ReactNode;
  empty: ReactNode;
}

const LABELS = { tableLabel: "Workflows", selectionGroupLabel: "Marked workflows", allItemsSelectionLabel: () => "Mark all of this page" };
const STICKY = { last: 1 };
const NOT_STICKY = {};

/** Renders when other rows are shown, not when a row changes. */
export const Grid = memo(function Grid({ ids, marked, onMark, loading, filter, pagination, header, empty }: GridProps) {
  // Beside what stands still nothing else would be seen.
  const isNarrow = useNarrow();
  const rows = useRows();
  const labels = useMemo(() => ({ ...LABELS, itemSelectionLabel: (_: unknown, id: string) => `Mark ${markedAs(rows.of(id)?.item)}` }), [rows]);
  return (
    <Table
      variant="full-page"
      stickyHeader
      wrapLines
      enableKeyboardNavigation
      resizableColumns
      stickyColumns={isNarrow ? NOT_STICKY : STICKY}
      trackBy={(id) => id}
      selectionType="multi"
      selectedItems={marked}
      onSelectionChange={({ detail }) => onMark(detail.selectedItems)}
      items={ids}
      loading={loading}
      loadingText="Loading workflows"
      columnDefinitions={COLUMNS}
      ariaLabels={labels}
      renderAriaLive={({ totalItemsCount }) => `${totalItemsCount} workflows`}
      filter={<Filtering filter={filter} />}
      pagination={pagination}
      header={header}
      empty={empty}
      footer={<Footer />}
    />
  );
});

function markedAs(item: Parameters<typeof nameOf>[0] | undefined): string {
  return item ? nameOf(item) : "this workflow";
}

function Filtering({ filter }: { filter: Filter }) {
  return (
    <SpaceBetween size="xs" direction="horizontal">
      <div id="filter">
        <PropertyFilter
          query={tokensOf(filter)}
          onChange={({ detail }) => go(withQuery({ ...filter, properties: propertiesOf(detail) }))}
          filteringProperties={FILTERING_PROPERTIES}
          filteringOptions={FILTERING_OPTIONS}
          filteringPlaceholder="Filter by name, type, error, or a search attribute"
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
