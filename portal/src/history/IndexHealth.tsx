/** Is the index itself well? What it shows is only as good as that. */

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { answerOf, useApi } from "../api/client";
import { inWords } from "../states/states";
import { Moment } from "../time/Moment";
import { duration } from "../time/duration";

export function IndexHealth() {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["index health"],
    staleTime: 30_000,
    refetchInterval: 60_000,
    queryFn: ({ signal }) => answerOf(api.GET("/index/health", { signal })),
  });
  if (isPending) return <StatusIndicator type="loading">Looking whether the index is well</StatusIndicator>;
  if (error && !data) {
    return <Alert type="warning" header="Whether the index is well is not known" action={<Button onClick={() => void refetch()}>Ask again</Button>}>{inWords(error).text}</Alert>;
  }
  if (!data) return null;
  return (
    <>
      {!data.well && (
        <Alert type="warning" header="The index is not well: something may be missing below">
          <ul>{data.problems.map((one) => <li key={one}>{one}</li>)}</ul>
        </Alert>
      )}
      <ExpandableSection headerText={data.well ? "The index is well" : "What the index notes of itself"} headerActions={<StatusIndicator type={data.well ? "success" : "warning"}>{data.well ? "Well" : "Not well"}</StatusIndicator>}>
        <KeyValuePairs columns={4} items={factsOf(data.record).map((one) => ({ label: one.label, value: one.at !== undefined ? <Moment at={one.at} /> : <span className="numerals">{one.text}</span> }))} />
      </ExpandableSection>
    </>
  );
}

export interface Fact {
  readonly label: string;
  readonly text?: string;
  readonly at?: string;
}

const KNOWN: readonly (readonly [string, string, "moment" | "seconds" | "number"])[] = [
  ["capturedAt", "Last change written", "moment"],
  ["lagSeconds", "Behind by", "seconds"],
  ["waiting", "Changes that wait", "number"],
  ["lastSweepAt", "Last sweep", "moment"],
  ["sweepMinutes", "A sweep every (minutes)", "number"],
  ["lastSweepRepairs", "Mended by it", "number"],
  ["repairs", "Mended in all", "number"],
  ["deadLetters", "Could not be indexed", "number"],
];

/** What the record has of what people ask about; the rest is for `python -m breakwater.index health`. Pure. */
export function factsOf(record: Readonly<Record<string, unknown>>): Fact[] {
  return KNOWN.flatMap(([name, label, kind]): Fact[] => {
    const value = record[name];
    if (kind === "moment") return typeof value === "string" ? [{ label, at: value }] : [];
    if (typeof value !== "number") return [];
    return [{ label, text: kind === "seconds" ? duration(value) : String(value) }];
  });
}
