/** Measured recovery times beside the objective, the newest at the right. Its twin is the table of runs. */

import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { duration } from "../../time/duration";
import { inUtc } from "../../time/moment";
import { type Run, measuredRuns, measuredSeconds, verdictOf } from "./objective";
import "./rto-chart.css";

const MOST = 30;

export function RtoChart({ runs }: { runs: readonly Run[] }) {
  const shown = measuredRuns(runs).slice(-MOST);
  if (shown.length === 0) return null;
  const target = shown.at(-1)?.rtoMinutes ?? null;
  const highest = Math.max(...shown.map((run) => measuredSeconds(run) ?? 0), target === null ? 0 : target * 60) * 1.1;
  const share = (seconds: number) => `${(100 * seconds) / highest}%`;
  return (
    <div className="rto-chart">
      <div className="bars" role="list" aria-label="Measured recovery times, oldest first">
        {shown.map((run) => {
          const seconds = measuredSeconds(run) ?? 0;
          const verdict = verdictOf(run);
          const words = `${run.isDrill ? "Drill" : "Recovery"} of ${inUtc(run.startedAt)}: ${duration(seconds)}${verdict ? `, target ${verdict.words.toLowerCase()}` : ""}`;
          return (
            <span role="listitem" key={run.executionId}>
              <button type="button" title={words} aria-label={words} data-met={verdict?.type === "success" ? "yes" : verdict ? "no" : "none"} style={{ blockSize: share(seconds) }} onClick={() => go(addresses.workflow(run.executionId))} />
            </span>
          );
        })}
        {target !== null && <i className="target" style={{ insetBlockEnd: share(target * 60) }}><span>{`target ${duration(target * 60)}`}</span></i>}
      </div>
    </div>
  );
}
