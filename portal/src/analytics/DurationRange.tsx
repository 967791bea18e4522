/** Percentiles on one scale for a whole table: from p50 to p95 thick, to p99 thin. The cells beside it say the same. */

import { duration } from "../time/duration";
import { type Scale, position } from "./figures";
import type { Schemas } from "../api/client";

export function DurationRange({ told, scale }: { told: Schemas["DurationFigures"]; scale: Scale | null }) {
  if (!scale || told.p50 === null || told.p95 === null || told.p99 === null) return <span className="faint">–</span>;
  const x = (seconds: number) => 4 + 192 * position(seconds, scale);
  const [p50, p95, p99] = [x(told.p50), x(told.p95), x(told.p99)];
  return (
    <svg className="range" viewBox="0 0 200 16" role="img" aria-label={`median ${duration(told.p50)}, p95 ${duration(told.p95)}, p99 ${duration(told.p99)}`}>
      <line className="ground" x1="4" x2="196" y1="8" y2="8" />
      <line className="tail" x1={p95} x2={p99} y1="8" y2="8" />
      <rect className="most" x={p50} width={Math.max(2, p95 - p50)} y="4" height="8" rx="3" />
      <circle className="median" cx={p50} cy="8" r="4" />
      <line className="end" x1={p99} x2={p99} y1="3" y2="13" />
    </svg>
  );
}
