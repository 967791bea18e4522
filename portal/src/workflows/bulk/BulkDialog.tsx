/** What it would do, to how many and to whom not; then, with the text typed and a reason, it begins. */

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
import { type Schemas, answerOf, useApi, useOnce } from "../../api/client";
import { amend } from "../../navigation/location";
import { Failure, Waiting, inWords } from "../../states/states";
import type { Asked } from "../filter";
import { BULK_NAMES, type BulkAction } from "./bulk";

const SHORTEST_REASON = 3;

export function BulkDialog({ action, asked, close }: { action: BulkAction; asked: Asked; close: () => void }) {
  const api = useApi();
  const [cleanup, setCleanup] = useState(true);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  // It is a POST, but it does nothing; and it is made once, for what is shown is what is confirmed.
  const preview = useQuery({
    queryKey: ["bulk preview", action, asked, cleanup],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: ({ signal }) => answerOf(api.POST("/bulk", { body: { action, filter: asked, ...(action === "cancel" ? { cleanup } : {}) }, signal })),
  });
  const { data } = preview;
  const headers = useOnce(data?.bulkId, typed, reason.trim());
  const starting = useMutation({
    mutationFn: (bulkId: string) =>
      answerOf(api.POST("/bulk/{bulk_id}/start", { params: { path: { bulk_id: bulkId } }, headers, body: { confirmation: typed, reason: reason.trim() } })),
    onSuccess: (bulk) => {
      close();
      amend({ bulk: bulk.bulkId });
    },
  });
  const ready = data !== undefined && data.eligible > 0 && typed === data.confirmation && reason.trim().length >= SHORTEST_REASON;
  return (
    <Modal
      visible
      onDismiss={close}
      header={`${BULK_NAMES[action]} all that match?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Leave them as they are</Button>
            <Button variant="primary" disabled={!ready} loading={starting.isPending} onClick={() => data && starting.mutate(data.bulkId)}>
              {data ? `${BULK_NAMES[action]} ${data.eligible}` : BULK_NAMES[action]}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box color="text-body-secondary">{Object.entries(asked).map(([name, value]) => `${name} = ${value}`).join(", ")}</Box>
        {action === "cancel" && (
          <Checkbox checked={cleanup} onChange={({ detail }) => {
            setCleanup(detail.checked);
            setTyped(""); // what was confirmed is not what would be done now
          }}>Of drills: then terminate the instances that they launched</Checkbox>
        )}
        {preview.isPending && <Waiting what="Looking at what matches" />}
        {preview.error && <Failure error={preview.error} again={() => void preview.refetch()} />}
        {data && <Preview action={action} preview={data} />}
        {data && data.eligible > 0 && (
          <>
            <FormField label="Reason" description="It is kept in the audit trail, with each workflow." constraintText={`At least ${SHORTEST_REASON} characters`}>
              <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} />
            </FormField>
            <FormField label={<>Type to confirm: <b>{data.confirmation}</b></>}>
              <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />
            </FormField>
          </>
        )}
        {starting.error && <Alert type="error" header={inWords(starting.error).title}>{inWords(starting.error).text}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}

function Preview({ action, preview }: { action: BulkAction; preview: Schemas["BulkPreview"] }) {
  const reasons = Object.entries(preview.reasons);
  const seconds = Math.ceil(preview.eligible / Math.max(preview.perSecond, 0.1));
  return (
    <Alert type={preview.eligible === 0 ? "info" : "warning"} header={`${preview.eligible} can be acted on, ${preview.notEligible} cannot`}>
      {preview.eligible > 0 && <div>{`${BULK_NAMES[action]}: one after the other, some ${seconds} s in all. This is what the list knows: each is looked at again just before, and what is not possible by then is left as it is, with the reason.`}</div>}
      {reasons.length > 0 && (
        <ul aria-label="Why not">
          {reasons.map(([reason, count]) => <li key={reason}>{`${count}: ${reason}`}</li>)}
        </ul>
      )}
    </Alert>
  );
}
