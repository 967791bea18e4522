"""Recovery plans in DynamoDB: every change whole, unique in its name, audited, or not at all.

A plan and its groups are kept consistent in the same transaction: a group's item holds the ids of
the plans that use it (`usedBy`), added on the condition that the group exists; and a group is
removed on the condition that there is none. So of a plan saved while its group is removed, one
fails. A run is not concerned: its plan is frozen when it starts.

Calls GetItem and Query (NameIndex) of plans, and TransactWriteItems with Put and Delete of plans,
Update of groups and Put of the audit trail.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform import audit, clock
from breakwater.platform.http.errors import Conflict, NotFound, Unprocessable
from breakwater.platform.http.identity import Identity
from breakwater.platform.transaction import MAX_ACTIONS, Write, write_together
from breakwater.recovery.name_list import NameList, NamePage
from breakwater.recovery.recovery_plan import KIND, PlanContent, RecoveryPlan
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater.recovery.unique_name import BEARER, NameRegister

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.RECOVERY_PLANS.partition


class PlanStore:
    """Create, read, list, change and remove recovery plans.

    It keeps what it is given: that a plan makes sense is asked before, see `plan_saving`.
    """

    def __init__(self, client: "DynamoDBClient", tables: RecoveryTables) -> None:
        self._client = client
        self._tables = tables
        self._names = NameRegister(table=tables.plans, key=KEY, what="recovery plan")
        self._list = NameList(
            table=tables.plans,
            shape=contract.RECOVERY_PLANS,
            kind=KIND,
            read=RecoveryPlan.from_item,
        )

    def create(self, content: PlanContent, by: Identity, at: datetime) -> RecoveryPlan:
        """A new plan; Conflict if its name is taken or a group of it is gone."""
        plan = _plan(
            content,
            plan_id=str(uuid.uuid4()),
            version=1,
            created_at=clock.iso(at),
            updated_at=clock.iso(at),
            updated_by=by.name,
        )
        self._write(
            [
                self._names.take(plan.name, plan.plan_id),
                self._put(plan, "attribute_not_exists(planId)", {}, _made_twice),
                *self._uses(plan.plan_id, (), plan.group_ids),
                self._told(by, plan.plan_id, "planCreated", at, after=plan.content_json()),
            ]
        )
        return plan

    def get(self, plan_id: str) -> RecoveryPlan:
        """The plan with this id, as of now; NotFound if there is none."""
        item = self._client.get_item(
            TableName=self._tables.plans, Key={KEY: {"S": plan_id}}, ConsistentRead=True
        ).get("Item")
        # The id of a NAME# item is no plan's id, whoever asks for it.
        if item is None or item.get("kind") != {"S": KIND}:
            raise NotFound(f"There is no recovery plan {plan_id!r}.")
        return RecoveryPlan.from_item(item)

    def named(self, name: str) -> RecoveryPlan | None:
        """The plan with this name, however it is cased."""
        item = self._client.get_item(
            TableName=self._tables.plans, Key=self._names.key_of(name), ConsistentRead=True
        ).get("Item")
        return self.get(item[BEARER]["S"]) if item else None

    def page(
        self, *, prefix: str = "", cursor: str | None = None, limit: int = 50
    ) -> NamePage[RecoveryPlan]:
        """Plans in the order of their names; a change may take a second to be seen here."""
        return self._list.page(self._client, prefix=prefix, cursor=cursor, limit=limit)

    def everything(self) -> Iterator[RecoveryPlan]:
        """All plans, page by page."""
        cursor = None
        while True:
            page = self.page(cursor=cursor, limit=200)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def update(
        self, plan_id: str, content: PlanContent, version: int, by: Identity, at: datetime
    ) -> RecoveryPlan:
        """Change a plan that was seen at this version; Conflict with both if it has another."""
        before = self.get(plan_id)
        if before.version != version:
            raise self._stale(plan_id, content, version)
        after = _plan(
            content,
            plan_id=plan_id,
            version=version + 1,
            created_at=before.created_at,
            updated_at=clock.iso(at),
            updated_by=by.name,
        )
        self._write(
            [
                self._put(
                    after,
                    "#version = :seen",
                    {":seen": {"N": str(version)}},
                    lambda: self._stale(plan_id, content, version),
                ),
                *self._names.change(before.name, after.name, plan_id),
                *self._uses(plan_id, before.group_ids, after.group_ids),
                self._told(
                    by,
                    plan_id,
                    "planChanged",
                    at,
                    before=before.content_json(),
                    after=after.content_json(),
                ),
            ]
        )
        return after

    def remove(
        self,
        plan_id: str,
        by: Identity,
        at: datetime,
        *,
        version: int | None = None,
        reason: str | None = None,
    ) -> None:
        """Remove a plan; its runs, past and present, keep theirs."""
        before = self.get(plan_id)
        if version is not None and before.version != version:
            raise self._stale(plan_id, None, version)
        delete = {
            "TableName": self._tables.plans,
            "Key": {KEY: {"S": plan_id}},
            "ConditionExpression": "#version = :seen",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":seen": {"N": str(before.version)}},
        }
        self._write(
            [
                Write(
                    action={"Delete": delete},
                    refused=lambda: self._stale(plan_id, None, before.version),
                ),
                self._names.give_back(before.name, plan_id),
                *self._uses(plan_id, before.group_ids, ()),
                self._told(
                    by, plan_id, "planRemoved", at, before=before.content_json(), reason=reason
                ),
            ]
        )

    def _write(self, writes: list[Write]) -> None:
        if len(writes) > MAX_ACTIONS:
            raise Unprocessable(
                f"This change touches {len(writes)} things at once; at most {MAX_ACTIONS} can be "
                "saved together. First save the plan without the groups that leave it, then with "
                "those that join it.",
                details=[{"place": "waves", "code": "tooManyChanges"}],
            )
        write_together(self._client, writes)

    def _put(self, plan: RecoveryPlan, condition: str, values: Any, refused: Any) -> Write:
        put: dict[str, Any] = {
            "TableName": self._tables.plans,
            "Item": plan.to_item(),
            "ConditionExpression": condition,
        }
        if values:
            put["ExpressionAttributeNames"] = {"#version": "version"}
            put["ExpressionAttributeValues"] = values
        return Write(action={"Put": put}, refused=refused)

    def _uses(
        self, plan_id: str, before: tuple[str, ...], after: tuple[str, ...]
    ) -> Iterator[Write]:
        for group_id in sorted(set(after) - set(before)):
            yield self._use(group_id, plan_id, "ADD usedBy :plan")
        for group_id in sorted(set(before) - set(after)):
            yield self._use(group_id, plan_id, "DELETE usedBy :plan")

    def _use(self, group_id: str, plan_id: str, update: str) -> Write:
        action = {
            "TableName": self._tables.groups,
            "Key": {contract.PROTECTION_GROUPS.partition: {"S": group_id}},
            "UpdateExpression": update,
            "ConditionExpression": "#kind = :kind",
            "ExpressionAttributeNames": {"#kind": "kind"},
            "ExpressionAttributeValues": {":plan": {"SS": [plan_id]}, ":kind": {"S": "GROUP"}},
        }
        return Write(
            action={"Update": action},
            refused=lambda: Conflict(
                f"The protection group {group_id!r} was removed at this moment. Nothing was "
                "saved; take it out of the plan.",
                details={"groupId": group_id},
            ),
        )

    def _told(self, by: Identity, plan_id: str, action: str, at: datetime, **what: Any) -> Write:
        record = audit.record(by, audit.plan_subject(plan_id), action, at=at, **what)
        return Write(action=record.append_to(self._tables.audit), refused=_made_twice)

    def _stale(self, plan_id: str, yours: PlanContent | None, version: int) -> Conflict:
        stored = self.get(plan_id)
        return Conflict(
            f"{stored.updated_by} changed the plan {stored.name!r} at {stored.updated_at}: you "
            f"saw version {version}, it is version {stored.version} now. Look at both, then save "
            "again.",
            details={
                "yours": {**(yours.content_json() if yours else {}), "version": version},
                "stored": stored.to_json(),
            },
        )


def _plan(content: PlanContent, **stamps: Any) -> RecoveryPlan:
    return RecoveryPlan(
        name=content.name,
        waves=content.waves,
        on_failure=content.on_failure,
        rto_minutes=content.rto_minutes,
        rpo_minutes=content.rpo_minutes,
        timeout_minutes=content.timeout_minutes,
        pause_timeout_minutes=content.pause_timeout_minutes,
        **stamps,
    )


def _made_twice() -> Conflict:
    return Conflict("The same id was made twice, which happens by chance. Try again.")
