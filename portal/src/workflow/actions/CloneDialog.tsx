/** A new execution like this one: with its very own input, or another. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf, useApi, useOnce } from "../../api/client";
import { tell } from "../../app/notices";
import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { Failure, Waiting, inWords } from "../../states/states";
import { nameOf } from "../../workflows/nameOf";
import type { Workflow } from "./act";

const SHORTEST_REASON = 3;

/** Why it is no JSON; null where it is. Pure. */
export function noJson(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}`;
  }
}

export function CloneDialog({ workflow, close }: { workflow: Workflow; close: () => void }) {
  const api = useApi();
  const path = { path: { workflow_id: workflow.id } };
  const preview = useQuery({
    queryKey: ["clone preview", workflow.id],
    gcTime: 0,
    queryFn: ({ signal }) => answerOf(api.GET("/workflows/{workflow_id}/clone", { params: path, signal })),
  });
  const [reason, setReason] = useState("");
  const [name, setName] = useState("");
  const [other, setOther] = useState(false);
  const [written, setWritten] = useState<string | null>(null);
  const shown = preview.data?.input ?? "";
  const input = written ?? shown;
  const wrong = other ? noJson(input) : null;
  const headers = useOnce(reason.trim(), name.trim(), other ? input : null);
  const body = { reason: reason.trim(), ...(name.trim() ? { name: name.trim() } : {}) };
  const cloning = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST("/workflows/{workflow_id}/clone", {
          params: path,
          headers,
          body,
          // Its input goes as it was written: numbers that are read here would lose digits.
          bodySerializer: () => (other ? `${JSON.stringify(body).slice(0, -1)},"input":${input}}` : JSON.stringify(body)),
        }),
      ),
    onSuccess: (told) => {
      tell({ type: "success", header: `Clone: ${nameOf(workflow)}`, text: told.message });
      close();
      go(addresses.workflow(told.workflowId));
    },
  });
  const ready = preview.data !== undefined && reason.trim().length >= SHORTEST_REASON && wrong === null;
  return (
    <Modal
      visible
      onDismiss={close}
      header={`Clone ${nameOf(workflow)}?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Leave it</Button>
            <Button variant="primary" disabled={!ready} loading={cloning.isPending} onClick={() => cloning.mutate()}>Clone</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {preview.isPending && <Waiting what="Reading what it would do" />}
        {preview.error && <Failure error={preview.error} again={() => void preview.refetch()} />}
        {preview.data && <Box>{preview.data.message}</Box>}
        <FormField label="Reason" description="It is kept in the audit trail." constraintText={`At least ${SHORTEST_REASON} characters`}>
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} />
        </FormField>
        <FormField label="Name" constraintText="Letters, digits, - and _; left empty, one is made">
          <Input value={name} placeholder={preview.data?.newName ?? ""} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
        <Checkbox checked={other} onChange={({ detail }) => setOther(detail.checked)} description="Otherwise it gets exactly the input that this one had, read at AWS.">With another input</Checkbox>
        {other && (
          <FormField label="Input" errorText={wrong} description={preview.data?.inputRedacted ? "Parts of it are hidden here: put in what belongs there." : undefined}>
            <Textarea value={input} onChange={({ detail }) => setWritten(detail.value)} rows={8} spellcheck={false} />
          </FormField>
        )}
        {cloning.error && <Alert type="error" header={inWords(cloning.error).title}>{inWords(cloning.error).text}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
