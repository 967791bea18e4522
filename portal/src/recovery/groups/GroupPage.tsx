/** One protection group: what selects its servers, which these are now, and who uses it. */

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Shell } from "../../app/Shell";
import { follow, go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { useBarred } from "../../session/permissions";
import { Failure, Waiting } from "../../states/states";
import { Moment } from "../../time/Moment";
import { RemoveDialog } from "../RemoveDialog";
import { type Group, useGroup, usePlan } from "../queries";
import { selectionInWords } from "../selection";
import { GroupServers } from "./ServersTable";

export default function GroupPage({ id }: { id: string }) {
  const { data: group, error, refetch } = useGroup(id);
  const crumbs = [{ text: "Recovery", href: "/recovery?tab=groups" }, { text: group?.name ?? "Group", href: addresses.group(id) }];
  return (
    <Shell crumbs={crumbs}>
      {group ? <Loaded group={group} /> : error ? <Failure error={error} again={() => void refetch()} /> : <Waiting what="Loading the group" />}
    </Shell>
  );
}

function Loaded({ group }: { group: Group }) {
  const [removing, setRemoving] = useState(false);
  const planning = useBarred("plan");
  const inUse = group.usedBy.length > 0 ? { disabled: true, disabledReason: "A plan uses it. Take it out of the plan first." } : {};
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={<>Version {group.version}, changed <Moment at={group.updatedAt} /> by {group.updatedBy}</>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setRemoving(true)} {...inUse} {...planning}>Remove</Button>
            <Button variant="primary" onClick={() => go(addresses.editGroup(group.groupId))} {...planning}>Edit</Button>
          </SpaceBetween>
        }
      >
        {group.name}
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            { label: "Servers", value: selectionInWords(group.servers) },
            { label: "Account", value: group.accountId },
            { label: "Region", value: group.region },
            { label: "Used by", value: group.usedBy.length === 0 ? <span className="faint">no plan</span> : group.usedBy.slice(0, 10).map((id) => <PlanLink key={id} id={id} />) },
          ]}
        />
      </Container>
      <GroupServers group={group} />
      {removing && <RemoveDialog removed={{ kind: "group", thing: group }} close={() => setRemoving(false)} />}
    </SpaceBetween>
  );
}

function PlanLink({ id }: { id: string }) {
  const { data } = usePlan(id);
  return <div><Link href={addresses.plan(id)} onFollow={follow}>{data?.name ?? id}</Link></div>;
}
