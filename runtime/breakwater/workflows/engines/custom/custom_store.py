"""Keeps what events said. Calls GetItem, BatchGetItem, UpdateItem, PutItem.

A workflow has one row in the execution index (`custom.<source>.<id>`), so that every question to
the index finds it, and an item beside it for each step, `#STEP#<row>#<step>`, found in the order
of their starts through SearchIndex. Each is written on the condition that it is as it was read.
The events themselves are kept by event_book.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.row_table import RowTable
from breakwater.index.rows import Overtaken
from breakwater.platform.attribute_values import from_item, to_item
from breakwater.platform.clock import iso
from breakwater.workflows.engines.custom.event import WorkflowEvent
from breakwater.workflows.engines.custom.event_book import EventWriter
from breakwater.workflows.engines.custom.merging import row_after, step_after

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.EXECUTION_INDEX.partition
STEP_PREFIX = "#STEP#"
_TRIES = 6
_LONGEST_LIFE = 400
"""Days. A step does not know when its workflow ends: it stays so much longer than a row."""


class TooBusy(RuntimeError):
    """Others changed the same item again and again; it is worth trying later."""


class CustomStore:
    """The index's table, to whoever records events."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        keep_days: int | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._table = table
        self._rows = RowTable(client, table)
        self._keep_days = keep_days
        self._clock = clock
        self._events = EventWriter(client, table, keep_days=keep_days, clock=clock)

    def record(self, event: WorkflowEvent) -> bool:
        """Keep what it says; True if it said anything new.

        The step first: whoever sees the workflow's new status finds the step that it is about.
        """
        self._events.keep(event)
        changed = self._record_step(event) if event.step is not None else False
        for _ in range(_TRIES):
            before = self._rows.read([event.key]).get(event.key)
            after = row_after(before, event, self._keep_days)
            if before is not None and after.says_the_same(before):
                return changed
            after = replace(after, revision=after.revision + 1, indexed_at=iso(self._clock()))
            try:
                self._rows.write(after, after=before)
            except Overtaken:
                continue
            return True
        raise TooBusy(f"{event.key} was changed {_TRIES} times while it was written")

    def _record_step(self, event: WorkflowEvent) -> bool:
        key = step_key(event.key, event.step.id if event.step else "")
        for _ in range(_TRIES):
            before = self._step(key)
            after = step_after(before, event)
            revision = before["revision"] if before else 0
            if before and all(before[name] == after[name] for name in after):
                return False
            item = {
                **after,
                KEY: key,
                "searchKey": steps_key(event.key),
                "revision": revision + 1,
                **self._expiry(event.time),
            }
            if self._put(item, revision):
                return True
        raise TooBusy(f"{key} was changed {_TRIES} times while it was written")

    def _step(self, key: str) -> dict[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key={KEY: {"S": key}}, ConsistentRead=True
        )
        return from_item(answer["Item"]) if "Item" in answer else None

    def _put(self, item: Mapping[str, Any], revision: int) -> bool:
        condition: dict[str, Any] = {"ConditionExpression": f"attribute_not_exists({KEY})"}
        if revision:
            condition = {
                "ConditionExpression": "revision = :before",
                "ExpressionAttributeValues": {":before": {"N": str(revision)}},
            }
        try:
            self._client.put_item(TableName=self._table, Item=to_item(item), **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _expiry(self, at: datetime) -> dict[str, int]:
        if self._keep_days is None:
            return {}
        leaves = at + timedelta(days=self._keep_days + _LONGEST_LIFE)
        return {"expiresAt": int(leaves.timestamp())}


def step_key(workflow_key: str, step_id: str) -> str:
    """Of the item of a step."""
    return f"{STEP_PREFIX}{workflow_key}#{step_id}"


def steps_key(workflow_key: str) -> str:
    """What finds all steps of a workflow. No search by path and value looks so: it has no `=`."""
    return f"{STEP_PREFIX}{workflow_key}"
