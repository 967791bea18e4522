/** Cancel or retry all that the list's filter finds. */

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { useBarred } from "../../session/permissions";
import type { Asked } from "../filter";
import { BULK_ACTIONS, BULK_NAMES, type BulkAction, unasked } from "./bulk";
import { BulkDialog } from "./BulkDialog";

export function BulkMenu({ asked }: { asked: Asked }) {
  const [action, setAction] = useState<BulkAction | null>(null);
  const barred = useBarred("runDrill");
  const reason = barred.disabledReason ?? unasked(asked);
  return (
    <>
      <ButtonDropdown
        expandToViewport
        items={BULK_ACTIONS.map((id) => ({
          id,
          text: `${BULK_NAMES[id]} all that match…`,
          disabled: reason !== null,
          ...(reason === null ? {} : { disabledReason: reason }),
        }))}
        onItemClick={({ detail }) => setAction(BULK_ACTIONS.find((one) => one === detail.id) ?? null)}
      >
        Many at once
      </ButtonDropdown>
      {action && <BulkDialog action={action} asked={asked} close={() => setAction(null)} />}
    </>
  );
}
