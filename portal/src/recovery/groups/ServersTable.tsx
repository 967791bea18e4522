/** Source servers: whether each could be launched now, and how old its data is. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { Failure, Nothing } from "../../states/states";
import { Moment } from "../../time/Moment";
import { duration } from "../../time/duration";
import { Paging, usePages } from "../Paging";
import { type Group, type Server, useGroupServers } from "../queries";

/** The servers that a group resolves to at this moment. */
export function GroupServers({ group, level = "h2" }: { group: Pick<Group, "groupId" | "name">; level?: "h2" | "h3" }) {
  const pages = usePages();
  const { data, error, isPending, refetch } = useGroupServers(group.groupId, pages.cursor);
  if (error && !data) return <Failure title={`The servers of ${group.name} are not known`} error={error} again={() => void refetch()} />;
  const count = data ? `(${data.items.length}${data.nextCursor ? "+" : ""})` : "";
  return (
    <>
      {data?.unreachable && <Alert type="warning" header={`${group.name}: its account cannot be looked at`}>{data.unreachable}</Alert>}
      {data && !data.initialized && <Alert type="warning">Elastic Disaster Recovery is not set up in this account and Region.</Alert>}
      {data && data.missing.length > 0 && <Alert type="warning" header="DRS does not know these servers any more">{data.missing.join(", ")}</Alert>}
      <ServersTable
        servers={data?.items ?? []}
        loading={isPending}
        header={<Header variant={level} counter={count} description="What it resolves to right now; a run freezes its own list when it starts">{level === "h3" ? group.name : "Servers"}</Header>}
        name={`Servers of ${group.name}`}
        pagination={<Paging pages={pages} next={data?.nextCursor} what="servers" />}
      />
    </>
  );
}

export interface ServersTableProps {
  servers: readonly Server[];
  name: string;
  loading?: boolean;
  header?: ReactNode;
  pagination?: ReactNode;
}

export function ServersTable({ servers, name, loading = false, header, pagination }: ServersTableProps) {
  return (
    <Table
      variant="container"
      wrapLines
      header={header}
      pagination={pagination}
      items={[...servers]}
      loading={loading}
      loadingText="Asking DRS"
      trackBy="sourceServerId"
      ariaLabels={{ tableLabel: name }}
      empty={<Nothing title="No server">Nothing that DRS replicates there is selected.</Nothing>}
      columnDefinitions={[
        {
          id: "name",
          header: "Server",
          isRowHeader: true,
          minWidth: 190,
          cell: (one) => (
            <div>
              {one.name}
              <Box color="text-body-secondary" fontSize="body-s">{one.sourceServerId}</Box>
            </div>
          ),
        },
        { id: "ready", header: "Could it be launched?", minWidth: 170, cell: (one) => <Launchable server={one} /> },
        { id: "state", header: "Replication", minWidth: 150, cell: (one) => <Replication server={one} /> },
        { id: "lag", header: "Behind by", minWidth: 110, cell: (one) => <span className="numerals">{one.lagSeconds === null ? "not known" : duration(one.lagSeconds)}</span> },
        { id: "snapshot", header: "Last snapshot", minWidth: 150, cell: (one) => <Moment at={one.lastSnapshotAt} /> },
        { id: "launch", header: "Last launch", minWidth: 160, cell: (one) => <LastLaunch server={one} /> },
      ]}
    />
  );
}

const LAUNCHABLE: Record<string, { type: StatusIndicatorProps.Type; words: string }> = {
  yes: { type: "success", words: "Ready" },
  ifSnapshot: { type: "warning", words: "From its last snapshot" },
  no: { type: "error", words: "Not yet" },
  unknown: { type: "info", words: "Not known" },
};

function Launchable({ server }: { server: Server }) {
  const look = LAUNCHABLE[server.launchable] ?? { type: "info" as const, words: server.launchable };
  return <StatusIndicator type={look.type}>{look.words}</StatusIndicator>;
}

function Replication({ server }: { server: Server }) {
  return (
    <div>
      {server.replicationState ? inWords(server.replicationState) : "no state"}
      {server.replicationError && <Box color="text-status-error" fontSize="body-s">{inWords(server.replicationError)}</Box>}
    </div>
  );
}

function LastLaunch({ server }: { server: Server }) {
  const { lastLaunch } = server;
  if (!lastLaunch) return <span className="faint">never</span>;
  return (
    <div>
      <Moment at={lastLaunch.at} />
      <Box color="text-body-secondary" fontSize="body-s">{`${inWords(lastLaunch.kind)}, ${inWords(lastLaunch.status).toLowerCase()}`}</Box>
    </div>
  );
}

/** `INITIAL_SYNC` → `Initial sync`: DRS's own words, readable; a new one reads as well. Pure. */
export function inWords(constant: string): string {
  const words = constant.toLowerCase().replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
