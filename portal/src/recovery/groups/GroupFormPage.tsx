/** A protection group is written or changed; the servers that it would mean are shown meanwhile. */

import Alert from "@cloudscape-design/components/alert";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { answerOf, once, useApi } from "../../api/client";
import { Shell } from "../../app/Shell";
import { tell } from "../../app/notices";
import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { useDraft, useUnsaved } from "../../session/drafts";
import { Failure, Waiting } from "../../states/states";
import { FormFrame } from "../FormFrame";
import { SelectionFields } from "../SelectionFields";
import { errorAt } from "../findings";
import { GROUPS, type Group, useGroup, useSourceServers } from "../queries";
import { matches, selectionOf } from "../selection";
import { useSaving } from "../useSaving";
import { ServersTable } from "./ServersTable";
import { type GroupForm, NEW_GROUP, bodyOfGroup, formOfGroup, groupProblems } from "./groupForm";

export default function GroupFormPage({ id }: { id: string | null }) {
  const { data: group, error, refetch } = useGroup(id);
  const crumbs = [{ text: "Recovery", href: "/recovery?tab=groups" }, ...(id ? [{ text: group?.name ?? "Group", href: addresses.group(id) }, { text: "Edit", href: addresses.editGroup(id) }] : [{ text: "Create group", href: addresses.newGroup }])];
  const content = () => {
    if (id === null) return <Fields group={null} />;
    if (group) return <Fields group={group} key={group.groupId} />;
    return error ? <Failure error={error} again={() => void refetch()} /> : <Waiting what="Loading the group" />;
  };
  return <Shell crumbs={crumbs} contentType="form">{content()}</Shell>;
}

function Fields({ group }: { group: Group | null }) {
  const api = useApi();
  const queries = useQueryClient();
  const [form, setForm] = useDraft<GroupForm>(`group ${group?.groupId ?? "new"}`, () => (group ? formOfGroup(group) : NEW_GROUP));
  const [version, setVersion] = useDraft(`version of group ${group?.groupId ?? "new"}`, () => group?.version ?? 0);
  const [tried, setTried] = useState(false);
  const key = useMemo(once, [form]);
  const saving = useSaving<Group>(
    () =>
      group
        ? answerOf(api.PUT("/protection-groups/{group_id}", { params: { path: { group_id: group.groupId } }, body: { ...bodyOfGroup(form), version } }))
        : answerOf(api.POST("/protection-groups", { headers: key, body: bodyOfGroup(form) })),
    (saved) => {
      tell({ type: "success", header: `${saved.name} was saved` });
      queries.setQueryData([...GROUPS, "one", saved.groupId], saved);
      void queries.invalidateQueries({ queryKey: GROUPS });
      go(addresses.group(saved.groupId));
    },
  );
  const change = (part: Partial<GroupForm>) => {
    setForm({ ...form, ...part });
    saving.changed();
  };
  const [stored] = useState(() => JSON.stringify(group ? formOfGroup(group) : NEW_GROUP));
  useUnsaved(JSON.stringify(form) !== stored);
  const findings = [...(tried ? groupProblems(form) : []), ...saving.findings];
  return (
    <FormFrame
      title={group ? `Edit ${group.name}` : "Create a protection group"}
      description="Which source servers of one account and Region belong together. What it means is looked up whenever a run starts."
      cancelTo={group ? addresses.group(group.groupId) : addresses.recovery("groups")}
      saving={saving}
      findings={findings}
      fields={["name", "accountId", "region", "servers"]}
      submit={() => {
        setTried(true);
        if (groupProblems(form).length === 0) saving.save();
      }}
      takeTheirs={(stored) => {
        setVersion(stored.version);
        saving.decided();
        change(formOfGroup(stored));
      }}
      keepMine={(stored) => {
        setVersion(stored.version);
        saving.decided();
        tell({ type: "info", header: "Look once more, then save: yours will replace theirs" });
      }}
    >
      <Container header={<Header variant="h2">Group</Header>}>
        <SpaceBetween size="m">
          <FormField label="Name" constraintText="At most 80 characters" errorText={errorAt(findings, "name")}>
            <Input value={form.name} onChange={({ detail }) => change({ name: detail.value.slice(0, 80) })} />
          </FormField>
          <ColumnLayout columns={2}>
            <FormField label="Account" description="Of which servers are recovered; 12 digits." errorText={errorAt(findings, "accountId")}>
              <Input inputMode="numeric" value={form.accountId} placeholder="111122223333" onChange={({ detail }) => change({ accountId: detail.value.trim() })} />
            </FormField>
            <FormField label="Region" description="Where the servers are recovered to." errorText={errorAt(findings, "region")}>
              <Input value={form.region} placeholder="eu-west-1" onChange={({ detail }) => change({ region: detail.value.trim() })} />
            </FormField>
          </ColumnLayout>
          <SelectionFields label="Servers" value={form.servers} place="servers" findings={findings} onChange={(servers) => change({ servers })} />
        </SpaceBetween>
      </Container>
      <Preview form={form} />
    </FormFrame>
  );
}

/** What it would mean now, of the first page that DRS tells: enough to see a mistyped tag. */
function Preview({ form }: { form: GroupForm }) {
  const settled = useDeferredValue(form);
  const { data, error, isFetching } = useSourceServers(settled.accountId, settled.region);
  if (error) return <Failure title="What DRS protects there is not known" error={error} />;
  if (!data) return isFetching ? <Waiting what="Asking DRS what it protects there" /> : null;
  const chosen = data.items.filter((server) => matches(selectionOf(settled.servers), server));
  return (
    <SpaceBetween size="s">
      {data.unreachable && <Alert type="warning" header="This account cannot be looked at">{data.unreachable}</Alert>}
      {!data.unreachable && !data.initialized && <Alert type="warning">Elastic Disaster Recovery is not set up in this account and Region.</Alert>}
      <ServersTable
        servers={chosen}
        name="Servers that it would mean"
        header={<Header variant="h2" counter={`(${chosen.length} of ${data.items.length}${data.nextCursor ? "+" : ""})`} description={data.nextCursor ? "Of the first servers that DRS told; there are more." : "What it would mean right now"}>Servers that it would mean</Header>}
      />
    </SpaceBetween>
  );
}
