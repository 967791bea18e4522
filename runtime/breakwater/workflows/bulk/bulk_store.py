"""Bulks in their table. Calls GetItem, Query, BatchWriteItem, PutItem, UpdateItem, DeleteItem; for
their entries see bulk_entries.

One worker at a time holds the lease of a bulk. What is under way has a mark, written before it is
started and taken away after it is over, so that a sweep finds what nobody works on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.platform.attribute_values import from_item, to_attribute, to_item
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Conflict, NotFound, Unavailable
from breakwater.workflows.bulk.bulk import KEPT, LEASE, Bulk, BulkStatus, Entry
from breakwater.workflows.bulk.bulk_entries import BulkEntries
from breakwater.workflows.bulk.bulk_items import (
    KEY,
    SORT,
    UNDER_WAY,
    WHOLE,
    bulk_of_item,
    bulk_values,
    entry_key,
    entry_values,
    key_of,
)

_BATCH = 25  # of BatchWriteItem
_TRIES = 8


class BulkStore(BulkEntries):
    """The table, with the bulks as a whole."""

    def put(self, bulk: Bulk, entries: Sequence[Entry]) -> None:
        """A preview: the entries first, so that what can be started is whole."""
        leaves = int(bulk.leaves_at.timestamp())
        # Nobody touches each of them at the start: they stay as long as the bulk may.
        last = {"expiresAt": int((bulk.preview_until + KEPT).timestamp())}
        items = [
            to_item({KEY: bulk.bulk_id, SORT: entry_key(one.number), **entry_values(one), **last})
            for one in entries
        ]
        for begin in range(0, len(items), _BATCH):
            self._put_all([{"PutRequest": {"Item": one}} for one in items[begin : begin + _BATCH]])
        self._client.put_item(
            TableName=self._table,
            Item=to_item(
                {KEY: bulk.bulk_id, SORT: WHOLE, **bulk_values(bulk), "expiresAt": leaves}
            ),
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": KEY},
        )

    def read(self, bulk_id: str) -> Bulk:
        """As it is at this moment; NotFound if there is none."""
        answer = self._client.get_item(
            TableName=self._table, Key=key_of(bulk_id, WHOLE), ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFound(
                f"There is no bulk {bulk_id}. Previews are kept for a day, what was started for "
                "thirty."
            )
        return bulk_of_item(from_item(answer["Item"]))

    def start(self, bulk: Bulk, reason: str, now: datetime) -> None:
        """From previewed to running; Conflict if somebody was faster."""
        leaves = int(replace(bulk, started_at=now).leaves_at.timestamp())
        mark = {KEY: UNDER_WAY, SORT: bulk.bulk_id, "expiresAt": leaves}
        self._client.put_item(TableName=self._table, Item=to_item(mark))
        self._update(
            bulk.bulk_id,
            {
                "status": BulkStatus.RUNNING,
                "reason": reason,
                "startedAt": iso(now),
                "expiresAt": leaves,
            },
            status=(BulkStatus.PREVIEWED,),
        )

    def not_started(self, bulk: Bulk) -> bool:
        """Nobody could be told to work on it: it is a preview again. False if somebody works."""
        return self._done_if(
            bulk.bulk_id,
            {"status": BulkStatus.PREVIEWED},
            "attribute_not_exists(leaseUntil) AND #status = :running",
            {":running": BulkStatus.RUNNING.value},
        )

    def stop(self, bulk: Bulk, by: str) -> None:
        """From running to stopping; Conflict if it is not running any more."""
        self._update(
            bulk.bulk_id,
            {"status": BulkStatus.STOPPING, "stoppedBy": by},
            status=(BulkStatus.RUNNING,),
        )

    def take(self, bulk_id: str, now: datetime) -> bool:
        """Take the lease; False while another worker holds it."""
        return self._done_if(
            bulk_id,
            {"leaseUntil": iso(now + LEASE)},
            "(attribute_not_exists(leaseUntil) OR leaseUntil <= :now) AND #status IN (:r, :s)",
            {":now": iso(now), ":r": BulkStatus.RUNNING.value, ":s": BulkStatus.STOPPING.value},
        )

    def hand_over(self, bulk_id: str, now: datetime) -> None:
        """The lease is free: the next worker need not wait for its end."""
        self._done_if(bulk_id, {"leaseUntil": iso(now)}, "attribute_exists(leaseUntil)", {})

    def end(self, bulk_id: str, status: BulkStatus, now: datetime) -> None:
        """It is over."""
        self._update(
            bulk_id,
            {"status": status, "endedAt": iso(now), "leaseUntil": iso(now)},
            status=(BulkStatus.RUNNING, BulkStatus.STOPPING),
        )
        self.forget_mark(bulk_id)

    def under_way(self) -> list[str]:
        """The ids of what was started and is not over; perhaps of a few that are over."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#key = :marks",
            ExpressionAttributeNames={"#key": KEY},
            ExpressionAttributeValues={":marks": {"S": UNDER_WAY}},
        )
        return [item[SORT]["S"] for item in answer["Items"]]

    def forget_mark(self, bulk_id: str) -> None:
        """Nobody needs to look after it any more."""
        self._client.delete_item(TableName=self._table, Key=key_of(UNDER_WAY, bulk_id))

    def _put_all(self, requests: list[Any]) -> None:
        for attempt in range(_TRIES):
            answer = self._client.batch_write_item(RequestItems={self._table: requests})
            requests = answer.get("UnprocessedItems", {}).get(self._table, [])
            if not requests:
                return
            self._pause(0.05 * 2**attempt)
        raise Unavailable("DynamoDB took only a part of this preview. Try again.")

    def _update(
        self, bulk_id: str, values: dict[str, Any], *, status: Sequence[BulkStatus]
    ) -> None:
        allowed = {f":was{number}": one.value for number, one in enumerate(status)}
        condition = f"#status IN ({', '.join(allowed)})"
        if not self._done_if(bulk_id, values, condition, allowed):
            raise Conflict(
                f"Somebody else was faster: see GET /bulk/{bulk_id}.",
            )

    def _done_if(
        self, bulk_id: str, values: dict[str, Any], condition: str, more: dict[str, Any]
    ) -> bool:
        names = {f"#{name}": name for name in (*values, "status")}
        update: Any = {
            "TableName": self._table,
            "Key": key_of(bulk_id, WHOLE),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {
                key: name for key, name in names.items() if name in values or key in condition
            },
            "ExpressionAttributeValues": {
                **{f":{name}": to_attribute(value) for name, value in values.items()},
                **{name: to_attribute(value) for name, value in more.items()},
            },
        }
        for attempt in range(_TRIES):
            try:
                self._client.update_item(**update)
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
            except self._client.exceptions.TransactionConflictException:
                self._pause(0.05 * 2**attempt)  # a result is being counted at this moment
            else:
                return True
        raise Unavailable("Others write this bulk at this moment. Nothing was changed; try again.")
