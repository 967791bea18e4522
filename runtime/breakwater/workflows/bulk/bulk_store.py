"""Bulks in their table. Calls GetItem, Query, BatchWriteItem, PutItem, UpdateItem and, for a
result together with the figures of its bulk, TransactWriteItems.

Key: bulkId, and `BULK` or `ENTRY#00001`. One worker at a time holds the lease of a bulk; an entry
is begun on the condition that nobody began it.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.contract import Role
from breakwater.platform.attribute_values import from_item, to_attribute, to_item
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Conflict, NotFound, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.platform.pagination import cursor_of, going_on, texts_of
from breakwater.platform.transaction import Write, write_together
from breakwater.workflows.bulk.bulk import KEPT, LEASE, Bulk, BulkStatus, Entry, Result
from breakwater.workflows.workflow import Action

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.BULKS.partition
SORT = str(contract.BULKS.sort)
_WHOLE = "BULK"
_ENTRY = "ENTRY#"
_BATCH = 25  # of BatchWriteItem
_TRIES = 8


class BulkStore:
    """The table."""

    def __init__(
        self,
        client: "DynamoDBClient | Any",
        table: str,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def put(self, bulk: Bulk, entries: Sequence[Entry]) -> None:
        """A preview: the entries first, so that what can be started is whole."""
        leaves = int(bulk.leaves_at.timestamp())
        # Nobody touches each of them at the start: they stay as long as the bulk may.
        last = {"expiresAt": int((bulk.preview_until + KEPT).timestamp())}
        items = [
            to_item({KEY: bulk.bulk_id, SORT: _sort(one.number), **_said(one), **last})
            for one in entries
        ]
        for begin in range(0, len(items), _BATCH):
            self._put_all([{"PutRequest": {"Item": one}} for one in items[begin : begin + _BATCH]])
        self._client.put_item(
            TableName=self._table,
            Item=to_item({KEY: bulk.bulk_id, SORT: _WHOLE, **_told(bulk), "expiresAt": leaves}),
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": KEY},
        )

    def read(self, bulk_id: str) -> Bulk:
        """As it is at this moment; NotFound if there is none."""
        answer = self._client.get_item(
            TableName=self._table, Key=_key(bulk_id, _WHOLE), ConsistentRead=True
        )
        if "Item" not in answer:
            raise NotFound(
                f"There is no bulk {bulk_id}. Previews are kept for a day, what was started for "
                "thirty."
            )
        return _bulk(from_item(answer["Item"]))

    def page(
        self, bulk_id: str, *, limit: int, cursor: str | None
    ) -> tuple[list[Entry], str | None]:
        """Entries in their order, and where to go on."""
        question = {"bulk": bulk_id}
        words: dict[str, Any] = {}
        if cursor:
            words["ExclusiveStartKey"] = _key(bulk_id, texts_of(cursor, question, SORT)[0])
        with going_on(cursor):
            found, last = self._query(bulk_id, _ENTRY, limit, words)
        return found, cursor_of({SORT: last[SORT]["S"]}, question) if last else None

    def following(self, bulk_id: str, position: int, size: int) -> list[Entry]:
        """Entries from this number on."""
        found, _ = self._query(bulk_id, _sort(position), size, {}, above=True)
        return found

    def start(self, bulk: Bulk, reason: str, now: datetime) -> None:
        """From previewed to running; Conflict if somebody was faster."""
        self._update(
            bulk.bulk_id,
            {
                "status": BulkStatus.RUNNING,
                "reason": reason,
                "startedAt": iso(now),
                "expiresAt": int(replace(bulk, started_at=now).leaves_at.timestamp()),
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

    def begin(self, bulk_id: str, entry: Entry, now: datetime) -> bool:
        """It is acted on from here on; False if it was begun before."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(bulk_id, _sort(entry.number)),
                UpdateExpression="SET #result = :acting, #at = :at",
                ConditionExpression="#result = :notStarted",
                ExpressionAttributeNames={"#result": "result", "#at": "at"},
                ExpressionAttributeValues={
                    ":acting": {"S": Result.ACTING.value},
                    ":notStarted": {"S": Result.NOT_STARTED.value},
                    ":at": {"S": iso(now)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def give_back(self, bulk_id: str, entry: Entry) -> None:
        """Nothing was done: AWS was busy. It may be begun again."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(bulk_id, _sort(entry.number)),
            UpdateExpression="SET #result = :notStarted REMOVE #at",
            ConditionExpression="#result = :acting",
            ExpressionAttributeNames={"#result": "result", "#at": "at"},
            ExpressionAttributeValues={
                ":acting": {"S": Result.ACTING.value},
                ":notStarted": {"S": Result.NOT_STARTED.value},
            },
        )

    def settle(self, bulk_id: str, entry: Entry) -> None:
        """What came of it, counted in the same moment."""
        said = {name: value for name, value in _said(entry).items() if value is not None}
        names = {f"#{name}": name for name in said}
        entry_update: Any = {
            "TableName": self._table,
            "Key": _key(bulk_id, _sort(entry.number)),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in said),
            "ConditionExpression": "#result = :acting",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {
                **{f":{name}": to_attribute(value) for name, value in said.items()},
                ":acting": {"S": Result.ACTING.value},
            },
        }
        bulk_update: Any = {
            "TableName": self._table,
            "Key": _key(bulk_id, _WHOLE),
            "UpdateExpression": "SET #position = :next ADD #counted :one",
            "ExpressionAttributeNames": {
                "#position": "position",
                "#counted": f"count_{entry.result.value}",
            },
            "ExpressionAttributeValues": {
                ":next": {"N": str(entry.number + 1)},
                ":one": {"N": "1"},
            },
        }
        write_together(
            self._client,
            [
                Write(action={"Update": one}, refused=lambda: _settled(entry))
                for one in (entry_update, bulk_update)
            ],
            pause=self._pause,
        )

    def _query(
        self,
        bulk_id: str,
        sort: str,
        size: int,
        words: dict[str, Any],
        *,
        above: bool = False,
    ) -> tuple[list[Entry], Any]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression=(
                "#key = :key AND #sort >= :sort"
                if above
                else "#key = :key AND begins_with(#sort, :sort)"
            ),
            ExpressionAttributeNames={"#key": KEY, "#sort": SORT},
            ExpressionAttributeValues={":key": {"S": bulk_id}, ":sort": {"S": sort}},
            ConsistentRead=True,
            Limit=size,
            **words,
        )
        found = [_entry(from_item(item)) for item in answer["Items"]]
        return found, answer.get("LastEvaluatedKey")

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
            "Key": _key(bulk_id, _WHOLE),
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


def _settled(entry: Entry) -> Conflict:
    return Conflict(f"Somebody else has settled {entry.workflow_id} meanwhile.")


def _key(bulk_id: str, sort: str) -> dict[str, Any]:
    return {KEY: {"S": bulk_id}, SORT: {"S": sort}}


def _sort(number: int) -> str:
    return f"{_ENTRY}{number:05d}"


def _said(entry: Entry) -> dict[str, Any]:
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


def _entry(item: dict[str, Any]) -> Entry:
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


def _told(bulk: Bulk) -> dict[str, Any]:
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


def _bulk(item: dict[str, Any]) -> Bulk:
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
