"""A bulk and its entries ↔ what stands in the table. Pure.

Key: bulkId, and `BULK` or `ENTRY#00001`. A bulk that was started has a mark as well until it is
over: `#UNDER_WAY`, and its bulkId.
"""

import json
from datetime import datetime
from typing import Any

from breakwater import contract
from breakwater.contract import Role
from breakwater.platform.clock import iso
from breakwater.platform.http.identity import Identity
from breakwater.workflows.bulk.bulk import Bulk, BulkStatus, Entry, Result
from breakwater.workflows.workflow import Action

KEY = contract.BULKS.partition
SORT = str(contract.BULKS.sort)
WHOLE = "BULK"
ENTRY = "ENTRY#"
UNDER_WAY = "#UNDER_WAY"


def key_of(bulk_id: str, sort: str) -> dict[str, Any]:
    """Where it stands."""
    return {KEY: {"S": bulk_id}, SORT: {"S": sort}}


def entry_key(number: int) -> str:
    """The second part of an entry's key: in their order."""
    return f"{ENTRY}{number:05d}"


def entry_values(entry: Entry) -> dict[str, Any]:
    """An entry without its key."""
    return {
        "number": entry.number,
        "workflowId": entry.workflow_id,
        "name": entry.name,
        "type": entry.type,
        "statusBefore": entry.status_before,
        "result": entry.result.value,
        "message": entry.message,
        "newStatus": entry.new_status,
        "newWorkflowId": entry.new_workflow_id,
        "at": entry.at,
    }


def entry_of_item(item: dict[str, Any]) -> Entry:
    """The entry that the table holds."""
    return Entry(
        number=item["number"],
        workflow_id=item["workflowId"],
        name=item.get("name"),
        type=item["type"],
        status_before=item["statusBefore"],
        result=Result(item["result"]),
        message=item.get("message"),
        new_status=item.get("newStatus"),
        new_workflow_id=item.get("newWorkflowId"),
        at=item.get("at"),
    )


def bulk_values(bulk: Bulk) -> dict[str, Any]:
    """A bulk without its key, as a preview writes it."""
    return {
        "status": bulk.status.value,
        "action": bulk.action.value,
        "filter": dict(bulk.filter),
        "options": json.dumps(bulk.options, sort_keys=True),
        "bySubject": bulk.by.subject,
        "byName": bulk.by.name,
        "byRoles": sorted(role.value for role in bulk.by.roles),
        "byAddress": bulk.by.address,
        "createdAt": iso(bulk.created_at),
        "eligible": bulk.eligible,
        "notEligible": bulk.not_eligible,
        "reasons": dict(bulk.reasons),
        "position": bulk.position,
    }


def bulk_of_item(item: dict[str, Any]) -> Bulk:
    """The bulk that the table holds."""
    counts = {
        name.removeprefix("count_"): value
        for name, value in item.items()
        if name.startswith("count_")
    }
    return Bulk(
        bulk_id=item[KEY],
        status=BulkStatus(item["status"]),
        action=Action(item["action"]),
        filter=item["filter"],
        options=json.loads(item["options"]),
        by=Identity(
            subject=item["bySubject"],
            name=item["byName"],
            roles=frozenset(Role(role) for role in item["byRoles"]),
            address=item["byAddress"],
        ),
        created_at=datetime.fromisoformat(item["createdAt"]),
        eligible=item["eligible"],
        not_eligible=item["notEligible"],
        reasons=item["reasons"],
        counts=counts,
        position=item["position"],
        reason=item.get("reason"),
        started_at=_moment(item.get("startedAt")),
        ended_at=_moment(item.get("endedAt")),
        stopped_by=item.get("stoppedBy"),
        lease_until=_moment(item.get("leaseUntil")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
