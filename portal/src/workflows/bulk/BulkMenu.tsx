/** Cancel or retry those that are marked, or all that the list's filter finds. */

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useBarred } from "../../session/permissions";
import type { Asked } from "../filter";
import { BULK_ACTIONS, BULK_NAMES, type BulkAction, unasked } from "./bulk";
import { BulkDialog } from "./BulkDialog";
import { SelectedDialog } from "./SelectedDialog";

export interface BulkMenuProps {
  asked: Asked;
  /** How many are marked. */
  marked?: number;
  /** As they are now. */
  markedNow?: () => readonly Schemas["WorkflowItem"][];
}

type Asking = { readonly action: BulkAction; readonly workflows: readonly Schemas["WorkflowItem"][] | null };

export function BulkMenu({ asked, marked = 0, markedNow = () => [] }: BulkMenuProps) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const barred = useBarred("runDrill");
  const item = (id: string, text: string, reason: string | null) => ({ id, text, disabled: reason !== null, ...(reason === null ? {} : { disabledReason: reason }) });
  const unmarked = barred.disabledReason ?? (marked === 0 ? "Mark workflows first: the boxes of the list, or x on a row." : null);
  const unfiltered = barred.disabledReason ?? unasked(asked);
  return (
    <>
      <ButtonDropdown
        expandToViewport
        items={[
          ...BULK_ACTIONS.map((id) => item(`${id} marked`, `${BULK_NAMES[id]} ${marked > 0 ? `the ${marked} ` : "those "}that are marked…`, unmarked)),
          ...BULK_ACTIONS.map((id) => item(id, `${BULK_NAMES[id]} all that match…`, unfiltered)),
        ]}
        onItemClick={({ detail }) => {
          const action = BULK_ACTIONS.find((one) => detail.id.startsWith(one));
          if (action) setAsking({ action, workflows: detail.id === action ? null : markedNow() });
        }}
      >
        {marked > 0 ? `${marked} marked` : "Many at once"}
      </ButtonDropdown>
      {asking && asking.workflows === null && <BulkDialog action={asking.action} asked={asked} close={() => setAsking(null)} />}
      {asking && asking.workflows !== null && <SelectedDialog action={asking.action} workflows={asking.workflows} close={() => setAsking(null)} />}
    </>
  );
}
