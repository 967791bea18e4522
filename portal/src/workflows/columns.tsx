/** The columns of the list. */

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Schemas } from "../api/client";
import { Moment } from "../time/Moment";
import type { Row } from "./arrivals";
import { DurationCell, ErrorCell, NameCell, ProgressCell, SlaCell } from "./cells";
import { Status } from "./Status";

/** With when the API said so: what runs is carried on from there. */
export type Seen = Schemas["WorkflowItem"] & { readonly heardAt: number };

export const COLUMNS: TableProps.ColumnDefinition<Row<Seen>>[] = [
  {
    id: "status",
    header: "Status",
    width: 135,
    cell: ({ item, left }) =>
      left ? <StatusIndicator type="not-started">No longer here</StatusIndicator> : <Status status={item.status} />,
  },
  { id: "name", header: "Name", width: 250, isRowHeader: true, cell: ({ item }) => <NameCell workflow={item} /> },
  { id: "progress", header: "Progress", width: 160, cell: ({ item }) => <ProgressCell workflow={item} /> },
  { id: "started", header: "Started", width: 145, cell: ({ item }) => <Moment at={item.startedAt} /> },
  { id: "duration", header: "Duration", width: 110, cell: ({ item }) => <DurationCell workflow={item} heardAt={item.heardAt} /> },
  { id: "sla", header: "SLA", width: 130, cell: ({ item }) => <SlaCell workflow={item} /> },
  { id: "error", header: "Error", width: 200, cell: ({ item }) => <ErrorCell workflow={item} /> },
];
