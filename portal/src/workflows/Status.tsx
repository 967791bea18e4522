/** A status as icon and word. */

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { lookOf } from "./status";

export function Status({ status }: { status: string }) {
  const look = lookOf(status);
  return <StatusIndicator type={look.type} wrapText={false}>{look.words}</StatusIndicator>;
}
