/** Which servers: by tags that all must match, or by their ids. */

import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import type { Finding } from "../api/problem";
import { errorAt } from "./findings";
import type { SelectionForm } from "./selection";

export interface SelectionFieldsProps {
  label: string;
  value: SelectionForm;
  /** Where the API would tell what is wrong: `servers`. */
  place: string;
  findings: readonly Finding[];
  onChange: (value: SelectionForm) => void;
}

export function SelectionFields({ label, value, place, findings, onChange }: SelectionFieldsProps) {
  const change = (index: number, part: Partial<{ key: string; value: string }>) =>
    onChange({ ...value, tags: value.tags.map((tag, at) => (at === index ? { ...tag, ...part } : tag)) });
  const whole = errorAt(findings.filter((one) => one.place === place), place);
  return (
    <SpaceBetween size="s">
      <FormField label={label}>
        <RadioGroup
          direction="horizontal"
          value={value.by}
          items={[{ value: "tags", label: "By tags" }, { value: "ids", label: "By ids" }]}
          onChange={({ detail }) => onChange({ ...value, by: detail.value === "ids" ? "ids" : "tags" })}
        />
      </FormField>
      {value.by === "ids" ? (
        <FormField label="Ids of source servers" description="One a line." errorText={errorAt(findings, `${place}.ids`) ?? whole}>
          <Textarea value={value.ids} rows={Math.min(8, Math.max(3, value.ids.split("\n").length))} placeholder="s-0123456789abcdef0" onChange={({ detail }) => onChange({ ...value, ids: detail.value })} />
        </FormField>
      ) : (
        <FormField label="Tags" description="A server must have all of them." errorText={errorAt(findings, `${place}.tags`) ?? whole} stretch>
          <AttributeEditor
            items={[...value.tags]}
            addButtonText="Add a tag"
            removeButtonText="Remove"
            removeButtonAriaLabel={(tag) => `Remove the tag ${tag.key}`}
            disableAddButton={value.tags.length >= 10}
            empty="No tag: no server is selected."
            onAddButtonClick={() => onChange({ ...value, tags: [...value.tags, { key: "", value: "" }] })}
            onRemoveButtonClick={({ detail }) => onChange({ ...value, tags: value.tags.filter((_, index) => index !== detail.itemIndex) })}
            definition={[
              { label: "Key", control: (tag, index) => <Input value={tag.key} ariaLabel={`Key of tag ${index + 1}`} placeholder="application" onChange={({ detail }) => change(index, { key: detail.value })} /> },
              { label: "Value", control: (tag, index) => <Input value={tag.value} ariaLabel={`Value of tag ${index + 1}`} placeholder="shop" onChange={({ detail }) => change(index, { value: detail.value })} /> },
            ]}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
