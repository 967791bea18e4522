/** Begins a drill, or a real recovery. Which of both is always said; the latter by typing the plan's name. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answerOf, once, useApi } from "../../api/client";
import { Refused } from "../../api/problem";
import { tell } from "../../app/notices";
import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { inWords } from "../../states/states";
import { sentence } from "../findings";
import { type Plan, RUNS, usePlan, useReadiness } from "../queries";

export function StartDialog({ plan: shown, isDrill, close }: { plan: Plan; isDrill: boolean; close: () => void }) {
  // What is started is the plan as it is stored now: it is read once more, and told where it is another than was seen.
  const [seen] = useState(shown.version);
  const plan = usePlan(shown.planId).data ?? shown;
  const api = useApi();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  // One key for one intention: a second click after a lost answer starts nothing twice.
  const key = useMemo(once, [reason, typed]);
  const starting = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST("/executions", {
          headers: key,
          body: { planId: plan.planId, isDrill, reason: reason.trim(), ...(isDrill ? {} : { planName: typed }) },
        }),
      ),
    onSuccess: (run) => {
      tell({ type: "success", header: `${isDrill ? "Drill" : "Recovery"} of ${plan.name} has begun` });
      void queries.invalidateQueries({ queryKey: RUNS });
      close();
      go(addresses.workflow(run.executionId));
    },
  });
  const ready = reason.trim().length >= 3 && (isDrill || typed === plan.name);
  const what = isDrill ? "Start the drill" : "Start the recovery";
  return (
    <Modal
      visible
      onDismiss={close}
      header={isDrill ? `Drill ${plan.name}?` : `Recover ${plan.name} for real?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>Start nothing</Button>
            <Button variant="primary" disabled={!ready} loading={starting.isPending} onClick={() => starting.mutate()}>{what}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !starting.isPending) starting.mutate();
        }}
      >
        <SpaceBetween size="m">
          {isDrill ? (
            <Box>Drill instances are launched in {plan.waves.length} {plan.waves.length === 1 ? "wave" : "waves"}. Source servers go on, and replication too. The instances cost money until they are cleaned up.</Box>
          ) : (
            <Alert type="warning" header="This is a real recovery">Recovery instances are launched to take over production. Nobody stops the source servers for you.</Alert>
          )}
          {plan.version !== seen && (
            <Alert type="warning" header={`${plan.updatedBy} has changed this plan since you opened it`}>
              It is version {plan.version} now, not {seen}: {plan.waves.map((wave) => wave.name).join(", ")}. That is what would be started.
            </Alert>
          )}
          <WouldItWork plan={plan} />
          <FormField label="Reason" description="It is kept in the audit trail and in the report." constraintText="At least 3 characters">
            <Textarea value={reason} rows={2} autoFocus onChange={({ detail }) => setReason(detail.value)} />
          </FormField>
          {!isDrill && (
            <FormField label={<>Type the plan's name: <b>{plan.name}</b></>}>
              <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />
            </FormField>
          )}
          {starting.error && (
            <Alert type="error" header={inWords(starting.error).title}>
              {inWords(starting.error).text}
              {starting.error instanceof Refused && starting.error.findings.length > 0 && (
                <ul>{starting.error.findings.slice(0, 10).map((one) => <li key={one.place + one.problem}>{sentence(one)}</li>)}</ul>
              )}
            </Alert>
          )}
        </SpaceBetween>
      </form>
    </Modal>
  );
}

function WouldItWork({ plan }: { plan: Plan }) {
  const { data, error, isPending } = useReadiness(plan.planId, plan.version);
  if (isPending) return <StatusIndicator type="loading">Asking DRS whether it would work</StatusIndicator>;
  if (error) return <StatusIndicator type="warning">{`Whether it would work is not known: ${inWords(error).text}`}</StatusIndicator>;
  const servers = data.waves.reduce((sum, wave) => sum + wave.servers, 0);
  if (data.ready) {
    return <StatusIndicator type="success">{`${servers} servers are ready${data.warningCount > 0 ? `, with ${data.warningCount} ${data.warningCount === 1 ? "warning" : "warnings"}` : ""}`}</StatusIndicator>;
  }
  return (
    <div>
      <StatusIndicator type="error">{`${data.problemCount} ${data.problemCount === 1 ? "problem keeps" : "problems keep"} it from working as it is`}</StatusIndicator>
      <ul>{data.problems.slice(0, 3).map((one) => <li key={one.place + one.code}>{one.problem}</li>)}</ul>
    </div>
  );
}
