/** A moment in the reader's zone; UTC on hover and for screen readers. */

import { inUtc, moment } from "./moment";
import { useNow } from "./now";

export function Moment({ at }: { at: string | null | undefined }) {
  const now = useNow(false);
  if (!at) return <span>–</span>;
  return (
    <time dateTime={at} title={inUtc(at)} className="numerals">
      {moment(at, now)}
    </time>
  );
}
