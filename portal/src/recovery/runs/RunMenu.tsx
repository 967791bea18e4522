/** What may be done with a run: its report, its actions, its cleanup. What may not says why. */

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { useApi } from "../../api/client";
import { tell } from "../../app/notices";
import { useBarred } from "../../session/permissions";
import { inWords } from "../../states/states";
import { ActionDialog } from "../../workflow/actions/ActionDialog";
import { menuOf } from "../../workflow/actions/RowActions";
import { ACTIONS, type ActionName, type Workflow } from "../../workflow/actions/act";
import { CleanupDialog } from "../../workflow/waves/CleanupDialog";
import { type Run, noCleanup } from "./objective";
import { type Format, saveReport } from "./report";

/** @param workflow the run as a workflow, with what the reader may do; older runs may be without. */
export function RunMenu({ run, workflow }: { run: Run; workflow: Workflow | undefined }) {
  const api = useApi();
  const barred = useBarred("runDrill");
  const [asking, setAsking] = useState<ActionName | null>(null);
  const [cleaning, setCleaning] = useState(false);
  const report = (format: Format) => {
    saveReport(api, run, format).catch((error: unknown) => tell({ type: "error", header: `The report of ${run.planName} could not be saved`, text: inWords(error).text }));
  };
  const noCleaning = noCleanup(run) ?? barred.disabledReason ?? null;
  const chosen = (id: string) => {
    if (id === "html" || id === "json") report(id);
    else if (id === "cleanup") setCleaning(true);
    else setAsking(ACTIONS.find((one) => one === id) ?? null);
  };
  return (
    <>
      <ButtonDropdown
        variant="inline-icon"
        expandToViewport
        ariaLabel={`Actions for the run of ${run.planName} of ${run.startedAt.slice(0, 16)}`}
        onItemClick={({ detail }) => chosen(detail.id)}
        items={[
          { id: "report", text: "Report", items: [{ id: "html", text: "Save as a page (HTML)" }, { id: "json", text: "Save as JSON" }] },
          {
            id: "run",
            text: "Run",
            items: [
              ...(workflow ? menuOf(workflow) : ACTIONS.map((id) => ({ id, text: NAMES[id], disabled: true, disabledReason: "It is an old run: open it, and its own page offers what is possible." }))),
              { id: "cleanup", text: "Clean up …", disabled: noCleaning !== null, ...(noCleaning ? { disabledReason: noCleaning } : {}) },
            ],
          },
        ]}
      />
      {asking && workflow && <ActionDialog workflow={workflow} action={asking} close={() => setAsking(null)} />}
      {cleaning && <CleanupDialog run={run} close={() => setCleaning(false)} />}
    </>
  );
}

const NAMES: Record<ActionName, string> = { pause: "Pause", resume: "Resume", cancel: "Cancel", retry: "Retry" };
