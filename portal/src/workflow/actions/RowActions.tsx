/** What may be done with a workflow, in a menu; what may not says why. */

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { memo, useState } from "react";
import { nameOf } from "../../workflows/nameOf";
import { ACTIONS, type ActionName, type Workflow } from "./act";
import { ActionDialog } from "./ActionDialog";
import { wordsFor } from "./words";

export function menuOf(workflow: Workflow) {
  return ACTIONS.map((id) => {
    const able = workflow.capabilities[id];
    return {
      id,
      text: wordsFor(id, workflow).button,
      disabled: !able?.possible,
      ...(able?.possible ? {} : { disabledReason: able?.reason ?? "This kind of workflow does not offer it." }),
    };
  });
}

/** A list renders fifty of these whenever something changes; most of them have not. */
export const RowActions = memo(Menu, (before, after) => before.left === after.left && sameActions(before.workflow, after.workflow));

function sameActions(before: Workflow, after: Workflow): boolean {
  return before.id === after.id && before.status === after.status && JSON.stringify(before.capabilities) === JSON.stringify(after.capabilities);
}

/** @param left it is not in the list any more. A question that is open stays: somebody types its reason. */
function Menu({ workflow, left = false }: { workflow: Workflow; left?: boolean }) {
  const [asking, setAsking] = useState<ActionName | null>(null);
  return (
    <>
      {!left && (
        <ButtonDropdown
          variant="inline-icon"
          expandToViewport
          ariaLabel={`Actions for ${nameOf(workflow)}`}
          items={menuOf(workflow)}
          onItemClick={({ detail }) => setAsking(ACTIONS.find((one) => one === detail.id) ?? null)}
        />
      )}
      {asking && <ActionDialog workflow={workflow} action={asking} close={() => setAsking(null)} />}
    </>
  );
}
