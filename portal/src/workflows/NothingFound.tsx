/** An empty list says why it is, and what to do. */

import Button from "@cloudscape-design/components/button";
import { go } from "../navigation/location";
import { Nothing } from "../states/states";
import { type Filter, isOfEnds } from "./filter";
import { ENDED_NAMES, TAB_NAMES, withQuery } from "./places";

export function NothingFound({ filter }: { filter: Filter }) {
  const filtered = Object.keys(filter.properties).length > 0;
  if (filtered) {
    return (
      <Nothing title="Nothing matches" action={<Button onClick={() => go(withQuery({ ...filter, properties: {} }))}>Clear the filter</Button>}>
        {Object.entries(filter.properties).map(([name, value]) => `${name} = ${value}`).join(", ")}
      </Nothing>
    );
  }
  if (filter.tab === "active") {
    return (
      <Nothing title="Nothing is running" action={<Button onClick={() => go("/recovery")}>Start a drill</Button>}>
        What begins appears here by itself.
      </Nothing>
    );
  }
  return <Nothing title={`${TAB_NAMES[filter.tab]}: none`}>{isOfEnds(filter.tab) ? ENDED_NAMES[filter.ended] : "None right now."}</Nothing>;
}
