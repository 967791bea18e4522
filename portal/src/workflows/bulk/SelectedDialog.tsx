/** Cancels or retries those that were marked, one after the other; what came of each stands beside it. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Schemas, once, useApi } from "../../api/client";
import { useReason } from "../../session/drafts";
import { inWords } from "../../states/states";
import { act } from "../../workflow/actions/act";
import { nameOf } from "../nameOf";
import { ProgressLine } from "../ProgressLine";
import { BULK_NAMES, type BulkAction } from "./bulk";
import { sorted } from "./selected";

type Workflow = Schemas["WorkflowItem"];

interface Outcome {
  readonly done: boolean;
  readonly words: string;
}

const SHORTEST_REASON = 3;

/** @param workflows as they were when somebody asked: what changes meanwhile is not another question. */
export function SelectedDialog({ action, workflows, close }: { action: BulkAction; workflows: readonly Workflow[]; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [reason, setReason] = useReason(`reason to ${action} what is marked`);
  const [cleanup, setCleanup] = useState(true);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const leaving = useRef(false);
  const { able, reasons } = sorted(workflows, action);
  const drills = action === "cancel" && able.some((one) => one.isDrill === true);
  const doing = useMutation({
    mutationFn: async () => {
      for (const one of able) {
        if (leaving.current) return;
        const outcome = await act(api, one, action, { reason: reason.trim(), cleanup }, once()).then(
          (told): Outcome => ({ done: true, words: told.message }),
          (refused: unknown): Outcome => ({ done: false, words: inWords(refused).text }),
        );
        setOutcomes((known) => new Map(known).set(one.id, outcome));
      }
    },
    onSettled: () => void queries.invalidateQueries(),
  });
  const leave = () => {
    leaving.current = true;
    close();
  };
  const begun = doing.isPending || doing.isSuccess;
  const name = `${BULK_NAMES[action]} ${able.length}`;
  return (
    <Modal
      visible
      onDismiss={leave}
      header={`${BULK_NAMES[action]} the ${workflows.length} that are marked?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={leave}>{doing.isSuccess ? "Close" : begun ? "Stop before the next one" : "Leave them as they are"}</Button>
            {!doing.isSuccess && <Button variant="primary" disabled={able.length === 0 || reason.trim().length < SHORTEST_REASON} loading={doing.isPending} onClick={() => doing.mutate()}>{name}</Button>}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {reasons.size > 0 && (
          <Alert type="info" header={`${able.length} can be acted on, ${workflows.length - able.length} cannot`}>
            <ul aria-label="Why not">{[...reasons].map(([why, count]) => <li key={why}>{`${count}: ${why}`}</li>)}</ul>
          </Alert>
        )}
        {begun && <ProgressLine percent={Math.round((100 * outcomes.size) / Math.max(able.length, 1))} label="How far it is" words={`${outcomes.size} of ${able.length}. Keep this page open until it is done.`} />}
        {able.length > 0 && <Results workflows={able} outcomes={outcomes} />}
        {!begun && drills && <Checkbox checked={cleanup} onChange={({ detail }) => setCleanup(detail.checked)}>Of drills: then terminate the instances that they launched</Checkbox>}
        {!begun && able.length > 0 && (
          <FormField label="Reason" description="It is kept in the audit trail, with each workflow." constraintText={`At least ${SHORTEST_REASON} characters`}>
            <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}

function Results({ workflows, outcomes }: { workflows: readonly Workflow[]; outcomes: ReadonlyMap<string, Outcome> }) {
  return (
    <Table
      variant="embedded"
      wrapLines
      items={workflows}
      trackBy="id"
      ariaLabels={{ tableLabel: "Those that are marked" }}
      columnDefinitions={[
        { id: "name", header: "Workflow", isRowHeader: true, cell: (one) => <>{nameOf(one)}<Box color="text-body-secondary" fontSize="body-s">{one.type}</Box></> },
        { id: "result", header: "Result", cell: (one) => <Result outcome={outcomes.get(one.id)} /> },
      ]}
    />
  );
}

function Result({ outcome }: { outcome: Outcome | undefined }) {
  if (!outcome) return <StatusIndicator type="pending">Not begun</StatusIndicator>;
  return <StatusIndicator type={outcome.done ? "success" : "error"}>{outcome.words}</StatusIndicator>;
}
