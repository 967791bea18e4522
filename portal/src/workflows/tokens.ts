/** Between the filter and Cloudscape's property filter. Pure. */

import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { type Filter, PROPERTIES, type Property } from "./filter";

const LABELS: Record<Property, { one: string; many: string; group: string }> = {
  type: { one: "Type", many: "Types", group: "Workflow" },
  namePrefix: { one: "Name begins with", many: "Names", group: "Workflow" },
  triggeredBy: { one: "Triggered by", many: "Who triggered it", group: "Workflow" },
  error: { one: "Error", many: "Errors, exactly as they are told", group: "Outcome" },
  target: { one: "Target", many: "Whether it was met", group: "Outcome" },
  search: { one: "Search attribute", many: "Search attributes: path=value", group: "Content" },
  startedFrom: { one: "Started since", many: "Times ago, such as 24h, or dates", group: "Time" },
};

export const FILTERING_PROPERTIES: PropertyFilterProps.FilteringProperty[] = PROPERTIES.map((key) => ({
  key,
  propertyLabel: LABELS[key].one,
  groupValuesLabel: LABELS[key].many,
  operators: ["="],
}));

export const FILTERING_OPTIONS: PropertyFilterProps.FilteringOption[] = [
  ...["15m", "1h", "6h", "24h", "7d"].map((value) => ({ propertyKey: "startedFrom", value })),
  ...["met", "missed"].map((value) => ({ propertyKey: "target", value })),
];

export function tokensOf(filter: Filter): PropertyFilterProps.Query {
  return {
    operation: "and",
    tokens: PROPERTIES.flatMap((propertyKey) => {
      const value = filter.properties[propertyKey];
      return value ? [{ propertyKey, operator: "=", value }] : [];
    }),
  };
}

/** The last token of a property counts; text without a property is the beginning of a name. */
export function propertiesOf(query: PropertyFilterProps.Query): Filter["properties"] {
  const properties: Partial<Record<Property, string>> = {};
  for (const token of query.tokens) {
    const name = PROPERTIES.find((one) => one === token.propertyKey) ?? "namePrefix";
    const value = String(token.value).trim().slice(0, 256);
    if (value) properties[name] = value;
  }
  return properties;
}
