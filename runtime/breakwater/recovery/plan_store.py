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
from breakwater.platform.http.errors import Conflict, Unprocessable
from breakwater.platform.http.identity import Identity
from breakwater.platform.transaction import MAX_ACTIONS, Write, write_together
from breakwater.recovery.named_store import Kind, NamedStore, made_twice
from breakwater.recovery.recovery_plan import KIND, PlanContent, RecoveryPlan
from breakwater.recovery.recovery_tables import RecoveryTables

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.RECOVERY_PLANS.partition


class PlanStore(NamedStore[RecoveryPlan]):
    """Create, read, list, change and remove recovery plans.

    It keeps what it is given: that a plan makes sense is asked before, see `plan_saving`.
    """

    def __init__(self, client: "DynamoDBClient", tables: RecoveryTables) -> None:
        of = Kind(
            kind=KIND,
            what="recovery plan",
            short="plan",
            table=tables.plans,
            shape=contract.RECOVERY_PLANS,
            read=RecoveryPlan.from_item,
            subject=audit.plan_subject,
        )
        super().__init__(client, tables, of=of)

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
                self._put(plan, "attribute_not_exists(planId)", {}, made_twice),
                *self._uses(plan.plan_id, (), plan.group_ids),
                self._told(by, plan.plan_id, "planCreated", at, after=plan.content_json()),
            ]
        )
        return plan

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
