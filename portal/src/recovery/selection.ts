/** Source servers by ids or by tags, as people type them. Pure. */

import type { Schemas } from "../api/client";
import type { Finding } from "../api/problem";

export type Selection = Schemas["SelectionDraft"];

export interface SelectionForm {
  readonly by: "ids" | "tags";
  /** One id a line, or with commas or blanks between. */
  readonly ids: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

export const NO_SELECTION: SelectionForm = { by: "tags", ids: "", tags: [{ key: "", value: "" }] };

export function idsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

export function formOfSelection(selection: Selection): SelectionForm {
  if (selection.ids && selection.ids.length > 0) return { by: "ids", ids: selection.ids.join("\n"), tags: NO_SELECTION.tags };
  return { by: "tags", ids: "", tags: Object.entries(selection.tags ?? {}).map(([key, value]) => ({ key, value })) };
}

export function selectionOf(form: SelectionForm): Selection {
  if (form.by === "ids") return { ids: idsOf(form.ids) };
  return { tags: Object.fromEntries(form.tags.filter((tag) => tag.key !== "").map((tag) => [tag.key, tag.value])) };
}

/** Would this server be meant? A selection of nothing means no server, never all. */
export function matches(selection: Selection, server: { readonly sourceServerId: string; readonly tags: Readonly<Record<string, string>> }): boolean {
  if (selection.ids) return selection.ids.includes(server.sourceServerId);
  const tags = Object.entries(selection.tags ?? {});
  return tags.length > 0 && tags.every(([key, value]) => server.tags[key] === value);
}

const SERVER_ID = /^s-[0-9a-zA-Z]{17}$/;

export function selectionProblems(form: SelectionForm, place: string): Finding[] {
  if (form.by === "ids") {
    const ids = idsOf(form.ids);
    if (ids.length === 0) return [{ place: `${place}.ids`, problem: "No server is named.", remedy: "Name at least one, or select by tags." }];
    const wrong = ids.filter((id) => !SERVER_ID.test(id));
    if (wrong.length === 0) return [];
    return [{ place: `${place}.ids`, problem: `Not the id of a source server: ${wrong.slice(0, 3).join(", ")}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ""}.`, remedy: "An id reads like s-0123456789abcdef0." }];
  }
  const keys = form.tags.map((tag) => tag.key).filter(Boolean);
  if (keys.length === 0) return [{ place: `${place}.tags`, problem: "No tag is given.", remedy: "Give at least one; a server must have all of them." }];
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  return twice.length > 0 ? [{ place: `${place}.tags`, problem: `The tag ${twice[0]} is given twice.`, remedy: "A server has one value for it." }] : [];
}

/** `application = shop and tier = database`, or `3 servers by id`. */
export function selectionInWords({ ids, tags }: Selection): string {
  if (ids && ids.length > 0) return `${ids.length} ${ids.length === 1 ? "server" : "servers"} by id`;
  return Object.entries(tags ?? {}).map(([key, value]) => `${key} = ${value}`).join(" and ");
}
