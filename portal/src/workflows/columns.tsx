/** The columns of the list. A table knows ids only: each cell looks after its own row, and renders when its own part changes. */

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { type ComponentType, memo } from "react";
import type { Schemas } from "../api/client";
import { Moment } from "../time/Moment";
import { RowActions } from "../workflow/actions/RowActions";
import type { Row } from "./arrivals";
import { DurationCell, ErrorCell, NameCell, ProgressCell, SlaCell } from "./cells";
import { useRow } from "./rows";
import { Status } from "./Status";

/** With when the API said so: what runs is carried on from there. */
export type Seen = Schemas["WorkflowItem"] & { readonly heardAt: number };

type Shows = ComponentType<Row<Seen>>;

/** @param fields what it shows: only they make it render anew. */
function cellOf(fields: readonly (keyof Seen)[], Shown: Shows) {
  const Kept = memo(Shown, (before, now) => before.left === now.left && fields.every((field) => isSame(before.item[field], now.item[field])));
  function Cell({ id }: { id: string }) {
    const row = useRow(id);
    return row ? <Kept {...row} /> : null;
  }
  return (id: string) => <Cell id={id} />;
}

function isSame(before: unknown, now: unknown): boolean {
  return before === now || (typeof before === "object" && JSON.stringify(before) === JSON.stringify(now));
}

/** What went wrong stands where a window of a laptop shows it; when it began may be beyond. */
export const COLUMNS: readonly TableProps.ColumnDefinition<string>[] = [
  {
    id: "status",
    header: "Status",
    width: 140,
    cell: cellOf(["status"], ({ item, left }) =>
      left ? <StatusIndicator type="not-started">No longer here</StatusIndicator> : <Status status={item.status} />,
    ),
  },
  { id: "name", header: "Name", width: 168, isRowHeader: true, cell: cellOf(["id", "name", "type", "engine", "isDrill", "search"], ({ item }) => <NameCell workflow={item} />) },
  { id: "progress", header: "Progress", width: 125, cell: cellOf(["progress", "status", "name"], ({ item }) => <ProgressCell workflow={item} />) },
  { id: "duration", header: "Duration", width: 110, cell: cellOf(["durationSeconds", "heardAt", "status", "startedAt"], ({ item, left }) => <DurationCell workflow={item} heardAt={item.heardAt} left={left} />) },
  { id: "sla", header: "SLA", width: 130, cell: cellOf(["slaStatus", "slaTargetSeconds", "status", "durationSeconds"], ({ item }) => <SlaCell workflow={item} />) },
  { id: "error", header: "Error", width: 174, cell: cellOf(["error", "cause", "status"], ({ item }) => <ErrorCell workflow={item} />) },
  { id: "started", header: "Started", width: 140, cell: cellOf(["startedAt"], ({ item }) => <Moment at={item.startedAt} />) },
  {
    id: "actions",
    header: "Actions",
    width: 104,
    cell: cellOf(["id", "name", "status", "capabilities"], ({ item, left }) => <RowActions workflow={item} left={left} />),
  },
];
