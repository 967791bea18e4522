/** How long something took, or has taken so far: it ticks only while that something runs. */

import { duration, secondsBetween } from "./duration";
import { useNow } from "./now";

export function Duration(props: { from: string | null | undefined; until: string | null | undefined; runs?: boolean }) {
  const runs = props.runs ?? !props.until;
  const now = useNow(runs);
  return <span className="numerals">{duration(secondsBetween(props.from, props.until, now))}</span>;
}
