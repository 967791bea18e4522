/** A plan is written or changed; its graph is drawn as it is typed, and a cycle is told at once. */

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answerOf, once, useApi } from "../../api/client";
import { Shell } from "../../app/Shell";
import { tell } from "../../app/notices";
import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { useDraft, useUnsaved } from "../../session/drafts";
import { Failure, Waiting } from "../../states/states";
import { FormFrame } from "../FormFrame";
import { errorAt } from "../findings";
import { PLANS, type Plan, useAllGroups, usePlan } from "../queries";
import { useSaving } from "../useSaving";
import { PlanGraph } from "./PlanGraph";
import { WaveFields } from "./WaveFields";
import { NEW_PLAN, type PlanForm, bodyOf, changedWave, formOf, nameOfWave, wavesOf, withWave, withoutWave } from "./planForm";
import { planProblems, problemsAtOnce } from "./planProblems";

export default function PlanFormPage({ id }: { id: string | null }) {
  const { data: plan, error, refetch } = usePlan(id);
  const crumbs = [{ text: "Recovery", href: "/recovery" }, ...(id ? [{ text: plan?.name ?? "Plan", href: addresses.plan(id) }, { text: "Edit", href: addresses.editPlan(id) }] : [{ text: "Create plan", href: addresses.newPlan }])];
  const content = () => {
    if (id === null) return <Fields plan={null} />;
    if (plan) return <Fields plan={plan} key={plan.planId} />;
    return error ? <Failure error={error} again={() => void refetch()} /> : <Waiting what="Loading the plan" />;
  };
  return <Shell crumbs={crumbs} contentType="form">{content()}</Shell>;
}

const FIELDS = ["name", "rtoMinutes", "rpoMinutes", "timeoutMinutes", "pauseTimeoutMinutes"];
const OF_WAVE = ["name", "groupIds", "dependsOn", "timeoutMinutes", "failurePolicy"];

function Fields({ plan }: { plan: Plan | null }) {
  const api = useApi();
  const queries = useQueryClient();
  const groups = useAllGroups();
  const [form, setForm] = useDraft<PlanForm>(`plan ${plan?.planId ?? "new"}`, () => (plan ? formOf(plan) : NEW_PLAN));
  const [version, setVersion] = useDraft(`version of plan ${plan?.planId ?? "new"}`, () => plan?.version ?? 0);
  const [tried, setTried] = useState(false);
  const key = useMemo(once, [form]);
  const saving = useSaving<Plan>(
    () =>
      plan
        ? answerOf(api.PUT("/recovery-plans/{plan_id}", { params: { path: { plan_id: plan.planId } }, body: { ...bodyOf(form), version } }))
        : answerOf(api.POST("/recovery-plans", { headers: key, body: bodyOf(form) })),
    (saved) => {
      tell({ type: "success", header: `${saved.name} was saved` });
      queries.setQueryData([...PLANS, "one", saved.planId], saved);
      void queries.invalidateQueries({ queryKey: PLANS });
      go(addresses.plan(saved.planId));
    },
  );
  const change = (next: PlanForm) => {
    setForm(next);
    saving.changed();
  };
  const [stored] = useState(() => JSON.stringify(plan ? formOf(plan) : NEW_PLAN));
  useUnsaved(JSON.stringify(form) !== stored);
  const local = tried ? planProblems(form) : problemsAtOnce(form);
  const findings = [...local, ...saving.findings];
  const waves = wavesOf(form);
  const cycles = local.filter((one) => one.problem.startsWith("These waves wait"));
  const submit = () => {
    setTried(true);
    if (planProblems(form).length === 0) saving.save();
  };
  const nameOf = (groupId: string) => groups.data?.find((group) => group.groupId === groupId)?.name ?? groupId;
  const minutes = (name: "rto" | "rpo" | "timeout" | "pauseTimeout", place: string, label: string, description: string, optional = false) => (
    <FormField label={optional ? <>{label} <i>– optional</i></> : label} description={description} constraintText="Minutes" errorText={errorAt(findings, place)}>
      <Input inputMode="numeric" value={form[name]} onChange={({ detail }) => change({ ...form, [name]: detail.value })} />
    </FormField>
  );
  return (
    <FormFrame
      title={plan ? `Edit ${plan.name}` : "Create a recovery plan"}
      description="A run freezes its plan when it starts: what you save here changes no run that is going on."
      cancelTo={plan ? addresses.plan(plan.planId) : addresses.recovery()}
      saving={saving}
      findings={findings}
      fields={[...FIELDS, ...form.waves.flatMap((_, index) => OF_WAVE.map((one) => `waves[${index}].${one}`))]}
      submit={submit}
      takeTheirs={(stored) => {
        setVersion(stored.version);
        saving.decided();
        change(formOf(stored));
      }}
      keepMine={(stored) => {
        setVersion(stored.version);
        saving.decided();
        tell({ type: "info", header: "Look once more, then save: yours will replace theirs" });
      }}
    >
      <Container header={<Header variant="h2">Plan</Header>}>
        <SpaceBetween size="m">
          <FormField label="Name" constraintText="At most 80 characters. A real recovery is confirmed by typing it." errorText={errorAt(findings, "name")}>
            <Input value={form.name} onChange={({ detail }) => change({ ...form, name: detail.value.slice(0, 80) })} />
          </FormField>
          <ColumnLayout columns={2}>
            {minutes("rto", "rtoMinutes", "Recovery time objective (RTO)", "Reported against, never enforced.", true)}
            {minutes("rpo", "rpoMinutes", "Recovery point objective (RPO)", "How old the data may be.", true)}
            {minutes("timeout", "timeoutMinutes", "A run is ended after", "Without the time in which it is paused; three days at most.")}
            {minutes("pauseTimeout", "pauseTimeoutMinutes", "A pause is ended after", "A run that nobody resumes for so long is over.")}
          </ColumnLayout>
          <FormField label="When a wave fails">
            <RadioGroup
              value={form.onFailure}
              onChange={({ detail }) => change({ ...form, onFailure: detail.value === "stop" ? "stop" : "continueIndependent" })}
              items={[
                { value: "stop", label: "Nothing new starts", description: "Waves that are launching are watched to their end." },
                { value: "continueIndependent", label: "Go on with what does not depend on it", description: "What depends on it is skipped." },
              ]}
            />
          </FormField>
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2" description="Drawn as you type. A wave starts when those before it are complete.">Order of the waves</Header>}>
        <SpaceBetween size="s">
          {cycles.map((one) => <Alert key={one.problem} type="error" header={one.problem}>{one.remedy}</Alert>)}
          <PlanGraph waves={waves.map((wave, index) => ({ ...wave, lines: linesOf(form, index, nameOf) }))} />
        </SpaceBetween>
      </Container>
      {form.waves.map((wave, index) => (
        <WaveFields
          key={wave.key}
          wave={wave}
          index={index}
          others={form.waves.map((one, at) => ({ key: one.key, name: nameOfWave(one, at) })).filter((one) => one.key !== wave.key)}
          groups={groups.data}
          groupsError={groups.error}
          findings={findings}
          onChange={(part) => change(changedWave(form, wave.key, part))}
          onRemove={form.waves.length > 1 ? () => change(withoutWave(form, wave.key)) : null}
        />
      ))}
      <Button iconName="add-plus" formAction="none" disabled={form.waves.length >= 50} onClick={() => change(withWave(form))}>Add a wave</Button>
    </FormFrame>
  );
}

function linesOf(form: PlanForm, index: number, nameOf: (id: string) => string): string[] {
  const wave = form.waves[index];
  if (!wave) return [];
  return [wave.groupIds.map(nameOf).join(", ") || "no group yet", ...(wave.pauseBefore ? ["Waits for a person"] : [])];
}
