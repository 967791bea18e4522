/** AWS is asked too much: what is shown is as old as this. */

import Alert from "@cloudscape-design/components/alert";
import type { Page } from "./useEvents";

export function Busy({ stale }: { stale: Page["stale"] }) {
  if (!stale) return null;
  return <Alert type="warning" header="AWS is busy: this is not the newest">{`${stale.reason} As of ${stale.asOf}.`}</Alert>;
}
