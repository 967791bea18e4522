/** Removes a plan or a group, once its name has been typed; at the version that was seen. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/client";
import { refusalOf } from "../api/problem";
import { tell } from "../app/notices";
import { go } from "../navigation/location";
import { addresses } from "../navigation/routes";
import { useReason } from "../session/drafts";
import { inWords } from "../states/states";
import { GROUPS, type Group, PLANS, type Plan } from "./queries";

export type Removed = { readonly kind: "plan"; readonly thing: Plan } | { readonly kind: "group"; readonly thing: Group };

export function RemoveDialog({ removed, close }: { removed: Removed; close: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useReason(`reason to remove ${removed.kind === "plan" ? removed.thing.planId : removed.thing.groupId}`);
  const { name, version } = removed.thing;
  const removing = useMutation({
    mutationFn: async () => {
      const query = { version, ...(reason.trim() ? { reason: reason.trim() } : {}) };
      const { error, response } =
        removed.kind === "plan"
          ? await api.DELETE("/recovery-plans/{plan_id}", { params: { path: { plan_id: removed.thing.planId }, query } })
          : await api.DELETE("/protection-groups/{group_id}", { params: { path: { group_id: removed.thing.groupId }, query } });
      if (!response.ok) throw refusalOf(response.status, error, response.headers.get("Retry-After"));
    },
    onSuccess: () => {
      tell({ type: "success", header: `${name} was removed` });
      go(addresses.recovery(removed.kind === "plan" ? undefined : "groups"));
      void queries.invalidateQueries({ queryKey: removed.kind === "plan" ? PLANS : GROUPS });
    },
  });
  const ready = typed === name;
  return (
    <Modal
      visible
      onDismiss={close}
      header={`Remove the ${removed.kind === "plan" ? "plan" : "protection group"} ${name}?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Keep it</Button>
            <Button variant="primary" disabled={!ready} loading={removing.isPending} onClick={() => removing.mutate()}>Remove</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !removing.isPending) removing.mutate();
        }}
      >
        <SpaceBetween size="m">
          <Alert type="warning">
            {removed.kind === "plan" ? "It cannot be brought back. Its runs, their reports and the audit trail stay." : "It cannot be brought back. No server is touched; nothing recovers these servers as a group any more."}
          </Alert>
          <FormField label={<>Type its name to confirm: <b>{name}</b></>}>
            <Input value={typed} autoFocus onChange={({ detail }) => setTyped(detail.value)} />
          </FormField>
          <FormField label={<>Reason <i>– optional</i></>} description="It is kept in the audit trail.">
            <Input value={reason} onChange={({ detail }) => setReason(detail.value.slice(0, 500))} />
          </FormField>
          {removing.error && <Alert type="error" header={inWords(removing.error).title}>{inWords(removing.error).text}</Alert>}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
