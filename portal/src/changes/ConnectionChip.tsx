/** Live · Reconnecting · Stale, in words and with an icon: never by colour alone. */

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { moment } from "../time/moment";
import { useNow } from "../time/now";
import { atServer } from "../time/server";
import { useConnection, useHeld } from "./ChangesProvider";

export function ConnectionChip() {
  const connection = useConnection();
  const held = useHeld();
  const now = useNow(connection.kind !== "live");
  if (connection.kind === "reconnecting") {
    const seconds = Math.max(0, Math.round((now - atServer(connection.since)) / 1000));
    return <StatusIndicator type="in-progress">{`Reconnecting (${seconds} s)`}</StatusIndicator>;
  }
  if (connection.kind === "stale") {
    return <StatusIndicator type="warning">{`Stale since ${moment(new Date(atServer(connection.since)).toISOString(), now)}`}</StatusIndicator>;
  }
  return held ? <StatusIndicator type="stopped">Updates held</StatusIndicator> : <StatusIndicator type="success">Live</StatusIndicator>;
}
