/** Lists what a drill launched and is still there, and terminates it when somebody says so. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf, useApi, useOnce } from "../../api/client";
import { tell } from "../../app/notices";
import { Failure, Nothing, Waiting, inWords } from "../../states/states";
import type { Run } from "../useWorkflow";

export function CleanupDialog({ run, close }: { run: Pick<Run, "executionId" | "planName">; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const path = { execution_id: run.executionId };
  const preview = useQuery({
    queryKey: ["cleanup", run.executionId],
    gcTime: 0,
    queryFn: ({ signal }) => answerOf(api.GET("/executions/{execution_id}/cleanup", { params: { path }, signal })),
  });
  const headers = useOnce(run.executionId, reason.trim());
  const cleaning = useMutation({
    mutationFn: () => answerOf(api.POST("/executions/{execution_id}/cleanup", { params: { path }, headers, body: { reason: reason.trim() } })),
    onSuccess: (told) => {
      tell({ type: "success", header: `Cleaning up after ${run.planName}`, text: told.message });
      void queries.invalidateQueries({ queryKey: ["workflow", run.executionId] });
      void queries.invalidateQueries({ queryKey: ["runs"] });
      close();
    },
  });
  const doomed = preview.data?.items ?? [];
  return (
    <Modal
      visible
      size="large"
      onDismiss={close}
      header={`Clean up after the drill of ${run.planName}?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Leave them</Button>
            <Button variant="primary" disabled={doomed.length === 0 || reason.trim().length < 3} loading={cleaning.isPending} onClick={() => cleaning.mutate()}>
              {doomed.length > 0 ? `Terminate ${doomed.length} ${doomed.length === 1 ? "instance" : "instances"}` : "Terminate"}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {preview.error ? <Failure error={preview.error} again={() => void preview.refetch()} /> : preview.isPending ? <Waiting what="Looking what is there" /> : (
        <SpaceBetween size="m">
          <Alert type="warning">Only instances that this very run launched as a drill. Source servers are not touched.</Alert>
          <Table
            variant="embedded"
            items={[...doomed].slice(0, 50)}
            trackBy="recoveryInstanceId"
            ariaLabels={{ tableLabel: "What would be terminated" }}
            empty={<Nothing title="Nothing is left to clean up" />}
            columnDefinitions={[
              { id: "instance", header: "Instance", isRowHeader: true, cell: (one) => one.recoveryInstanceId },
              { id: "server", header: "Of server", cell: (one) => one.sourceServerId },
              { id: "wave", header: "Wave", cell: (one) => one.wave },
              { id: "state", header: "State", cell: (one) => one.state },
            ]}
          />
          {doomed.length > 50 && <Box>{`and ${doomed.length - 50} more.`}</Box>}
          <FormField label="Reason" description="It is kept in the audit trail." constraintText="At least 3 characters">
            <Textarea rows={2} value={reason} onChange={({ detail }) => setReason(detail.value)} />
          </FormField>
          {cleaning.error && <Alert type="error" header={inWords(cleaning.error).title}>{inWords(cleaning.error).text}</Alert>}
        </SpaceBetween>
      )}
    </Modal>
  );
}
