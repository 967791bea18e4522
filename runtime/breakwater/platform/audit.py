"""The audit trail: who did what, when, from where and why, and what it was before and after.

A record is written in the same transaction as the change that it tells of: there is no change
without its record, and no record without its change. Its key is free by construction (time and a
random sequence) and by condition: nothing is ever overwritten.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater.platform import clock
from breakwater.platform.http.identity import Identity


def group_subject(group_id: str) -> str:
    """What happened to a protection group."""
    return f"GROUP#{group_id}"


def plan_subject(plan_id: str) -> str:
    """What happened to a recovery plan."""
    return f"PLAN#{plan_id}"


def execution_subject(execution_id: str) -> str:
    """What happened to a recovery run."""
    return f"EXECUTION#{execution_id}"


def workflow_subject(workflow_id: str) -> str:
    """What people did to a workflow that is no recovery run."""
    return f"WORKFLOW#{workflow_id}"


def bulk_subject(bulk_id: str) -> str:
    """What was done with a bulk; what it did is with each workflow."""
    return f"BULK#{bulk_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One thing that somebody did."""

    subject: str
    action: str
    actor: str
    actor_id: str
    address: str
    recorded_at: str
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def item(self) -> dict[str, Any]:
        """As it stands in the table."""
        item: dict[str, Any] = {
            "subject": {"S": self.subject},
            "recordedAt": {"S": self.recorded_at},
            "action": {"S": self.action},
            "actor": {"S": self.actor},
            "actorId": {"S": self.actor_id},
            "address": {"S": self.address},
        }
        if self.reason is not None:
            item["reason"] = {"S": self.reason}
        for name, state in (("before", self.before), ("after", self.after)):
            if state is not None:
                # As it is, not escaped: DynamoDB counts bytes, and an item has 400 KB.
                item[name] = {"S": json.dumps(state, sort_keys=True, ensure_ascii=False)}
        return item

    def append_to(self, table: str) -> dict[str, Any]:
        """The part of a transaction that writes it."""
        return {
            "Put": {
                "TableName": table,
                "Item": self.item(),
                "ConditionExpression": "attribute_not_exists(subject)",
            }
        }


def record(
    identity: Identity,
    subject: str,
    action: str,
    *,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> AuditRecord:
    """What this person did to this subject, now."""
    return AuditRecord(
        subject=subject,
        action=action,
        actor=identity.name,
        actor_id=identity.subject,
        address=identity.address,
        recorded_at=f"{clock.iso(at)}#{secrets.token_hex(4)}",
        reason=reason,
        before=before,
        after=after,
    )
