/** One wave of a plan that is being written. */

import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Finding } from "../../api/problem";
import { inWords } from "../../states/states";
import { SelectionFields } from "../SelectionFields";
import { errorAt } from "../findings";
import type { Group } from "../queries";
import { type WaveForm, nameOfWave } from "./planForm";

export interface WaveFieldsProps {
  wave: WaveForm;
  index: number;
  others: readonly { key: number; name: string }[];
  groups: readonly Group[] | undefined;
  groupsError: unknown;
  findings: readonly Finding[];
  onChange: (part: Partial<WaveForm>) => void;
  onRemove: (() => void) | null;
}

const POLICIES = [
  { value: "all", label: "All servers must launch" },
  { value: "atLeast", label: "At least a share of them" },
  { value: "critical", label: "The critical ones" },
] as const;

export function WaveFields({ wave, index, others, groups, groupsError, findings, onChange, onRemove }: WaveFieldsProps) {
  const place = `waves[${index}]`;
  const at = (field: string) => errorAt(findings, `${place}.${field}`);
  const name = nameOfWave(wave, index);
  const groupOptions = (groups ?? []).map((group) => ({ value: group.groupId, label: group.name, description: `${group.accountId}, ${group.region}` }));
  const groupOf = (id: string) => groupOptions.find((one) => one.value === id) ?? { value: id, label: groups ? `${id} (gone)` : id };
  const waveOptions = others.map((one) => ({ value: String(one.key), label: one.name }));
  const unknownOptions = wave.unknown.map((one) => ({ value: `?${one}`, label: `${one} (no such wave)` }));
  return (
    <Container
      header={
        <Header variant="h2" actions={onRemove && <Button formAction="none" iconName="remove" ariaLabel={`Remove ${name}`} onClick={onRemove}>Remove</Button>}>
          {`Wave ${index + 1}${wave.name.trim() ? `: ${wave.name.trim()}` : ""}`}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <FormField label="Name of the wave" errorText={at("name")}>
            <Input value={wave.name} placeholder="database" onChange={({ detail }) => onChange({ name: detail.value.slice(0, 80) })} />
          </FormField>
          <FormField label="Starts after" description="Without any it starts at once." errorText={at("dependsOn")}>
            <Multiselect
              placeholder="At once"
              selectedOptions={[...wave.dependsOn.flatMap((key) => waveOptions.find((one) => one.value === String(key)) ?? []), ...unknownOptions]}
              options={[...waveOptions, ...unknownOptions]}
              empty="There is no other wave"
              deselectAriaLabel={(option) => `Not after ${option.label ?? ""}`}
              onChange={({ detail }) => {
                const values = detail.selectedOptions.map((one) => one.value ?? "");
                onChange({ dependsOn: values.filter((one) => !one.startsWith("?")).map(Number), unknown: values.filter((one) => one.startsWith("?")).map((one) => one.slice(1)) });
              }}
            />
          </FormField>
          <FormField label="Protection groups" description="Whose servers it launches." errorText={at("groupIds")}>
            <Multiselect
              placeholder="Choose groups"
              filteringType="auto"
              selectedOptions={wave.groupIds.map(groupOf)}
              options={groupOptions}
              statusType={groupsError ? "error" : groups ? "finished" : "loading"}
              {...(groupsError ? { errorText: inWords(groupsError).text } : {})}
              loadingText="Loading groups"
              empty="There is no protection group yet: create one first"
              deselectAriaLabel={(option) => `Without ${option.label ?? ""}`}
              onChange={({ detail }) => onChange({ groupIds: detail.selectedOptions.map((one) => one.value ?? "") })}
            />
          </FormField>
          <FormField label="Fails after" constraintText="Minutes" errorText={at("timeoutMinutes")}>
            <Input inputMode="numeric" value={wave.timeout} onChange={({ detail }) => onChange({ timeout: detail.value })} />
          </FormField>
          <FormField label="It is recovered when" errorText={wave.policy === "critical" ? undefined : at("failurePolicy")}>
            <SpaceBetween size="xs">
              <Select
                ariaLabel="It is recovered when"
                selectedOption={POLICIES.find((one) => one.value === wave.policy) ?? POLICIES[0]}
                options={[...POLICIES]}
                onChange={({ detail }) => onChange({ policy: POLICIES.find((one) => one.value === detail.selectedOption.value)?.value ?? "all" })}
              />
              {wave.policy === "atLeast" && <Input ariaLabel="Per cent of its servers" inputMode="numeric" value={wave.percent} onChange={({ detail }) => onChange({ percent: detail.value })} />}
            </SpaceBetween>
          </FormField>
          <FormField label="A person" stretch>
            <Checkbox checked={wave.pauseBefore} onChange={({ detail }) => onChange({ pauseBefore: detail.checked })} description="It is held until somebody releases it.">
              must let it go first
            </Checkbox>
          </FormField>
        </ColumnLayout>
        {wave.policy === "critical" && <SelectionFields label="Critical servers" value={wave.critical} place={`${place}.failurePolicy.servers`} findings={findings} onChange={(critical) => onChange({ critical })} />}
      </SpaceBetween>
    </Container>
  );
}
