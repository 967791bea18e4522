"""Protection groups in DynamoDB: every change whole, unique in its name, audited, or not at all.

Calls GetItem, BatchGetItem and Query (NameIndex) of groups, GetItem of plans, and
TransactWriteItems with Put, Update and Delete of groups and Put of the audit trail.
"""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform import audit, clock
from breakwater.platform.batch_reading import items_of
from breakwater.platform.http.errors import Conflict, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.platform.transaction import Write, write_together
from breakwater.recovery.named_store import Kind, NamedStore, made_twice
from breakwater.recovery.protection_group import KIND, GroupContent, ProtectionGroup
from breakwater.recovery.recovery_tables import RecoveryTables

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.PROTECTION_GROUPS.partition
_PLANS_TOLD = 10


class GroupStore(NamedStore[ProtectionGroup]):
    """Create, read, list, change and remove protection groups."""

    def __init__(self, client: "DynamoDBClient", tables: RecoveryTables) -> None:
        of = Kind(
            kind=KIND,
            what="protection group",
            short="group",
            table=tables.groups,
            shape=contract.PROTECTION_GROUPS,
            read=ProtectionGroup.from_item,
            subject=audit.group_subject,
        )
        super().__init__(client, tables, of=of)

    def create(self, content: GroupContent, by: Identity, at: datetime) -> ProtectionGroup:
        """A new group; Conflict if its name is taken."""
        group = ProtectionGroup(
            **_fields(content),
            group_id=str(uuid.uuid4()),
            version=1,
            created_at=clock.iso(at),
            updated_at=clock.iso(at),
            updated_by=by.name,
        )
        put = {
            "TableName": self._tables.groups,
            "Item": group.to_item(),
            "ConditionExpression": "attribute_not_exists(groupId)",
        }
        write_together(
            self._client,
            [
                self._names.take(group.name, group.group_id),
                Write(action={"Put": put}, refused=made_twice),
                self._told(by, group.group_id, "groupCreated", at, after=group.content_json()),
            ],
        )
        return group

    def get_many(self, group_ids: Collection[str]) -> dict[str, ProtectionGroup]:
        """Those of these groups that exist, by id, as of now; one call per hundred."""
        keys = [{KEY: {"S": one}} for one in sorted(set(group_ids))]
        found: dict[str, ProtectionGroup] = {}
        for item in items_of(self._client, self._tables.groups, keys, now=True, unread=_unread):
            if item.get("kind") == {"S": KIND}:
                group = ProtectionGroup.from_item(item)
                found[group.group_id] = group
        return found

    def update(
        self, group_id: str, content: GroupContent, version: int, by: Identity, at: datetime
    ) -> ProtectionGroup:
        """Change a group that was seen at this version; Conflict with both if it has another.

        Servers, account and Region may change while plans use it: a run resolves groups when it
        starts, and validation tells what the change means for each plan.
        """
        before = self.get(group_id)
        after = replace(
            before,
            **_fields(content),
            version=before.version + 1,
            updated_at=clock.iso(at),
            updated_by=by.name,
        )
        if before.version != version:
            raise self._stale(group_id, content, version)
        item = after.to_item()
        del item[KEY]
        # Not a Put: that would undo what plans write into usedBy at the same time.
        update = {
            "TableName": self._tables.groups,
            "Key": {KEY: {"S": group_id}},
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in item),
            "ConditionExpression": "#version = :seen",
            "ExpressionAttributeNames": {f"#{name}": name for name in item},
            "ExpressionAttributeValues": {
                ":seen": {"N": str(version)},
                **{f":{name}": value for name, value in item.items()},
            },
        }
        write_together(
            self._client,
            [
                Write(
                    action={"Update": update},
                    refused=lambda: self._stale(group_id, content, version),
                ),
                *self._names.change(before.name, after.name, group_id),
                self._told(
                    by,
                    group_id,
                    "groupChanged",
                    at,
                    before=before.content_json(),
                    after=after.content_json(),
                ),
            ],
        )
        return after

    def remove(
        self,
        group_id: str,
        by: Identity,
        at: datetime,
        *,
        version: int | None = None,
        reason: str | None = None,
    ) -> None:
        """Remove a group that no plan uses; Conflict naming the plans otherwise."""
        before = self.get(group_id)
        if before.used_by:
            raise self._in_use(before)
        if version is not None and before.version != version:
            raise self._stale(group_id, None, version)
        delete = {
            "TableName": self._tables.groups,
            "Key": {KEY: {"S": group_id}},
            "ConditionExpression": "#version = :seen AND attribute_not_exists(usedBy)",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":seen": {"N": str(before.version)}},
        }

        def refused() -> Exception:
            now = self.get(group_id)
            return self._in_use(now) if now.used_by else self._stale(group_id, None, before.version)

        write_together(
            self._client,
            [
                Write(action={"Delete": delete}, refused=refused),
                self._names.give_back(before.name, group_id),
                self._told(
                    by, group_id, "groupRemoved", at, before=before.content_json(), reason=reason
                ),
            ],
        )

    def _in_use(self, group: ProtectionGroup) -> Conflict:
        plans = [self._plan(plan_id) for plan_id in group.used_by[:_PLANS_TOLD]]
        told = ", ".join(repr(plan["name"]) for plan in plans)
        more = len(group.used_by) - len(plans)
        return Conflict(
            f"The group {group.name!r} is used by {told}{f' and {more} more' if more else ''}. "
            "Remove it from these plans first.",
            details={"usedBy": plans, "count": len(group.used_by)},
        )

    def _plan(self, plan_id: str) -> dict[str, str]:
        item = self._client.get_item(
            TableName=self._tables.plans,
            Key={contract.RECOVERY_PLANS.partition: {"S": plan_id}},
            ProjectionExpression="#name",
            ExpressionAttributeNames={"#name": "name"},
        ).get("Item", {})
        return {"planId": plan_id, "name": item.get("name", {"S": plan_id})["S"]}


def _fields(content: GroupContent) -> dict[str, Any]:
    return {
        "name": content.name,
        "account_id": content.account_id,
        "region": content.region,
        "servers": content.servers,
    }


def _unread(_count: int) -> Unavailable:
    return Unavailable("The protection groups could not all be read. Try again.")
