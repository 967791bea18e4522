/** Which of all workflows: tabs, with how many there are of each. */

import Tabs from "@cloudscape-design/components/tabs";
import { memo } from "react";
import { go } from "../navigation/location";
import { type Filter, TABS, type Tab } from "./filter";
import { TAB_NAMES, withQuery } from "./places";
import { useCounts } from "./useWorkflows";

export function StatusTabs({ filter }: { filter: Filter }) {
  const counts = useCounts();
  const number = (tab: Tab): string => {
    if (!counts) return "";
    const more = counts.atLeast ? "+" : "";
    if (tab === "active") return ` (${counts.active}${more})`;
    if (tab === "pending") return ` (${counts.pending}${more})`;
    if (tab === "slow") return ` (${counts.slow}${more})`;
    if (tab === "completed") return ` (${counts.completedToday} today)`;
    if (tab === "failed") return ` (${counts.failedToday} today)`;
    return "";
  };
  return <TabBar filter={filter} labels={TABS.map((tab) => `${TAB_NAMES[tab]}${number(tab)}`).join("\n")} />;
}

/** Counts come with every answer, and are mostly what they were. */
const TabBar = memo(function TabBar({ filter, labels }: { filter: Filter; labels: string }) {
  const names = labels.split("\n");
  return (
    <Tabs
      activeTabId={filter.tab}
      ariaLabel="Which workflows"
      disableContentPaddings
      onChange={({ detail }) => {
        const tab = TABS.find((one) => one === detail.activeTabId) ?? "active";
        go(withQuery({ ...filter, tab }));
      }}
      tabs={TABS.map((tab, at) => ({ id: tab, label: names[at] ?? tab }))}
    />
  );
});
