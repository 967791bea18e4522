/** A group as it is typed, and as the API takes it. Pure. */

import type { Schemas } from "../../api/client";
import type { Finding } from "../../api/problem";
import { NO_SELECTION, type SelectionForm, formOfSelection, selectionOf, selectionProblems } from "../selection";

type GroupDraft = Schemas["GroupDraft"];

export interface GroupForm {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly servers: SelectionForm;
}

export const NEW_GROUP: GroupForm = { name: "", accountId: "", region: "", servers: NO_SELECTION };

export function formOfGroup(group: GroupDraft): GroupForm {
  return { name: group.name, accountId: group.accountId, region: group.region, servers: formOfSelection(group.servers) };
}

export function bodyOfGroup(form: GroupForm): GroupDraft {
  return { name: form.name.trim(), accountId: form.accountId.trim(), region: form.region.trim(), servers: selectionOf(form.servers) };
}

export function groupProblems(form: GroupForm): Finding[] {
  const found: Finding[] = [];
  if (!form.name.trim()) found.push({ place: "name", problem: "The group has no name.", remedy: "Say what its servers have in common." });
  if (!/^\d{12}$/.test(form.accountId.trim())) found.push({ place: "accountId", problem: "An account has 12 digits.", remedy: "Give the account in which the servers are recovered." });
  if (!/^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(form.region.trim())) found.push({ place: "region", problem: "This is no Region.", remedy: "It reads like eu-west-1." });
  return [...found, ...selectionProblems(form.servers, "servers")];
}
