/** The whole of a workflow as a file, in the form that somebody's tool reads. */

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { type Schemas, useApi } from "../../api/client";
import { refusalOf } from "../../api/problem";
import { tell } from "../../app/notices";
import { plainName, save } from "../../files/save";
import { inWords } from "../../states/states";
import { nameOf } from "../../workflows/nameOf";
import type { Workflow } from "./act";

export type Form = Schemas["ExportFormat"];
const FORMS: Record<Form, { text: string; description: string; ending: string }> = {
  json: { text: "JSON", description: "all there is, redacted", ending: "json" },
  csv: { text: "CSV", description: "its steps, for a spreadsheet", ending: "csv" },
  otlp: { text: "OTLP", description: "a trace, for OpenTelemetry", ending: "otlp.json" },
  chrome: { text: "Chrome trace", description: "for Perfetto", ending: "trace.json" },
};

/** What is offered, and why what is not. Pure. */
export function formsOf(workflow: Workflow) {
  const able = workflow.capabilities.export;
  return (Object.keys(FORMS) as Form[]).map((id) => {
    const traced = workflow.engine !== "custom" || id === "json" || id === "csv";
    const reason = able && !able.possible ? (able.reason ?? "It is not offered.") : traced ? null : "A workflow that publishes its own events has no such form.";
    return { id, text: FORMS[id].text, secondaryText: FORMS[id].description, disabled: reason !== null, ...(reason === null ? {} : { disabledReason: reason }) };
  });
}

export function ExportMenu({ workflow }: { workflow: Workflow }) {
  const api = useApi();
  const [busy, setBusy] = useState(false);
  const exported = async (format: Form) => {
    setBusy(true);
    try {
      const asked = { params: { path: { workflow_id: workflow.id }, query: { format } }, parseAs: "blob" as const };
      const { data, error, response } = await api.GET("/workflows/{workflow_id}/export", asked);
      if (!response.ok) throw refusalOf(response.status, error, response.headers.get("Retry-After"));
      save(data as unknown as Blob, `breakwater-${plainName(nameOf(workflow)).slice(0, 80) || "workflow"}.${FORMS[format].ending}`);
    } catch (error) {
      const { title, text } = inWords(error);
      tell({ type: "error", header: title, text });
    } finally {
      setBusy(false);
    }
  };
  return (
    <ButtonDropdown expandToViewport loading={busy} items={formsOf(workflow)} onItemClick={({ detail }) => void exported(detail.id as Form)}>
      Export
    </ButtonDropdown>
  );
}
