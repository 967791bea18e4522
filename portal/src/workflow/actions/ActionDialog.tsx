/** Asks before something is done: names the thing, says what it means, and takes the reason. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi, useOnce } from "../../api/client";
import { tell } from "../../app/notices";
import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { inWords } from "../../states/states";
import { nameOf } from "../../workflows/nameOf";
import { type ActionName, type Workflow, act } from "./act";
import { wordsFor } from "./words";

export interface ActionDialogProps {
  workflow: Workflow;
  action: ActionName;
  /** Names of the held waves that are to be released; all where it is left out. */
  waves?: readonly string[];
  close: () => void;
}

const SHORTEST_REASON = 3;

export function ActionDialog({ workflow, action, waves, close }: ActionDialogProps) {
  const api = useApi();
  const queries = useQueryClient();
  const words = wordsFor(action, workflow);
  const [reason, setReason] = useState("");
  const [cleanup, setCleanup] = useState(true);
  const [typed, setTyped] = useState("");
  const offersCleanup = action === "cancel" && workflow.isDrill === true;
  const mustType = action === "retry" && workflow.isDrill === false;
  const wanted = { reason: reason.trim(), ...(offersCleanup ? { cleanup } : {}), ...(mustType ? { typedName: typed } : {}), ...(waves ? { waves } : {}) };
  const key = useOnce(workflow.id, action, wanted);
  const doing = useMutation({
    mutationFn: () => act(api, workflow, action, wanted, key),
    onSuccess: (told) => {
      tell({ type: "success", header: `${words.button}: ${nameOf(workflow)}`, text: told.message });
      void queries.invalidateQueries();
      close();
      if (told.id !== workflow.id) go(addresses.workflow(told.id));
    },
  });
  const ready = reason.trim().length >= SHORTEST_REASON && (!mustType || typed === nameOf(workflow));
  const meaning = waves ? `Released: ${waves.join(", ")}.` : words.meaning;
  return (
    <Modal
      visible
      onDismiss={close}
      header={words.question}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Leave it as it is</Button>
            <Button variant="primary" disabled={!ready} loading={doing.isPending} onClick={() => doing.mutate()}>
              {waves ? "Release" : words.button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !doing.isPending) doing.mutate();
        }}
      >
        <SpaceBetween size="m">
          {words.isDestructive ? <Alert type="warning">{meaning}</Alert> : <Box>{meaning}</Box>}
          {offersCleanup && (
            <Checkbox checked={cleanup} onChange={({ detail }) => setCleanup(detail.checked)} description="Only instances that this very run launched as a drill. Source servers are not touched.">
              Then terminate the drill instances that it launched
            </Checkbox>
          )}
          <FormField label="Reason" description="It is kept in the audit trail." constraintText={`At least ${SHORTEST_REASON} characters`}>
            <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} autoFocus />
          </FormField>
          {mustType && (
            <FormField label={<>Type the plan's name to confirm a real recovery: <b>{nameOf(workflow)}</b></>}>
              <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />
            </FormField>
          )}
          {doing.error && <Alert type="error" header={inWords(doing.error).title}>{inWords(doing.error).text}</Alert>}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
