"""The events of a workflow as they were published, each once, in their order.

One item an event, `#EVENT#<row>#<rank>`, found through SearchIndex, whose second key is its rank
here. Input and output of steps are not in it: they are kept with the step. It leaves as long after
it came as a row leaves after its end. Calls PutItem, Query, BatchGetItem.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.row_table import RowTable
from breakwater.platform.attribute_values import to_item
from breakwater.platform.clock import iso
from breakwater.timeline.redaction import Redaction
from breakwater.workflows.engine_port import EventPage
from breakwater.workflows.engines.custom.event import WorkflowEvent

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.EXECUTION_INDEX.partition
EVENT_PREFIX = "#EVENT#"
PAGE = 200
_SEARCH = next(one for one in contract.EXECUTION_INDEX.indexes if one.name == "SearchIndex")
_WITH_THE_STEP = {"step": {"input", "output"}}
_LAST = "~"  # sorts behind whatever follows a sequence in a rank


class EventWriter:
    """Whoever keeps events."""

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
        self._keep_days = keep_days
        self._clock = clock

    def keep(self, event: WorkflowEvent) -> None:
        """Keep it; the same one again changes nothing. Costs two write units for each KB."""
        said = event.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude=_WITH_THE_STEP
        )
        item: dict[str, Any] = {
            KEY: f"{_events_key(event.key)}#{event.rank}",
            str(_SEARCH.partition): _events_key(event.key),
            str(_SEARCH.sort): event.rank,
            "sequence": event.sequence,
            "at": iso(event.time),
            "said": json.dumps(said, ensure_ascii=False),
        }
        if self._keep_days is not None:
            leaves = self._clock() + timedelta(days=self._keep_days)
            item["expiresAt"] = int(leaves.timestamp())
        self._client.put_item(TableName=self._table, Item=to_item(item))


class EventReader:
    """Whoever shows events."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._rows = RowTable(client, table)

    def page(self, workflow_key: str, after: int) -> EventPage:
        """Those with a higher id, redacted, in their order."""
        answer = self._client.query(
            TableName=self._table,
            IndexName=_SEARCH.name,
            KeyConditionExpression="#key = :key AND #rank > :after",
            ExpressionAttributeNames={"#key": _SEARCH.partition, "#rank": str(_SEARCH.sort)},
            ExpressionAttributeValues={
                ":key": {"S": _events_key(workflow_key)},
                ":after": {"S": f"{after - 1:020d}|{_LAST}" if after else "0"},
            },
            Limit=PAGE + 1,
        )
        keys = _whole([item[KEY]["S"] for item in answer["Items"]])
        is_end = len(keys) == len(answer["Items"]) and "LastEvaluatedKey" not in answer
        items = self._rows.values(keys, now=False) if keys else {}
        redaction = Redaction()
        events = [_told(items[key], redaction) for key in keys if key in items]
        return EventPage(
            events=events,
            next_after=None if is_end or not keys else _id(keys[-1]),
            total=len(events) if is_end and not after else None,
        )


def _whole(keys: list[str]) -> list[str]:
    """No more than a page, and not only some of those that have the same sequence."""
    if len(keys) <= PAGE:
        return keys
    following = _id(keys[PAGE])
    return [key for key in keys[:PAGE] if _id(key) < following] or keys[:PAGE]


def _id(key: str) -> int:
    """Ids begin with 1, sequences with 0."""
    return int(key.rsplit("#", 1)[1].partition("|")[0]) + 1


def _told(item: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    said = json.loads(item["said"])
    step = said.get("step")
    word = step["status"] if step else "".join(map(str.capitalize, said["status"].split("_")))
    return {
        "id": int(item["sequence"]) + 1,
        "timestamp": item["at"],
        "type": f"Step{word[0].upper()}{word[1:]}" if step else f"Workflow{word}",
        "said": redaction.value(said),
    }


def _events_key(workflow_key: str) -> str:
    """What finds all events of a workflow. No search by path and value looks so: it has no `=`."""
    return f"{EVENT_PREFIX}{workflow_key}"
