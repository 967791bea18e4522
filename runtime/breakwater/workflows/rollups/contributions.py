"""Contributions in DynamoDB, written with the rollups that they change. TransactWriteItems.

Calls BatchGetItem, PutItem (in the transaction); the sweep also DeleteItem and Query.

One transaction holds some contributions and every rollup that they are counted in, each on the
condition that it is as it was read. So either a contribution is stored and counted, or neither.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater.platform.clock import iso
from breakwater.workflows.rollups.contribution import TO_BE_READ, Contribution
from breakwater.workflows.rollups.figures import Kept, Place
from breakwater.workflows.rollups.packing import pack, packed, unpack
from breakwater.workflows.rollups.places import Keeping, expiry_of
from breakwater.workflows.rollups.replacing import Change, Stored, applied, places_in
from breakwater.workflows.rollups.rollup_table import (
    FIGURES,
    PARTITION,
    SORT,
    UPDATED_AT,
    VERSION,
    RollupTable,
    Throttled,
    key_of,
)
from breakwater.workflows.rollups.tally import Rollup

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TO_READ = "#TO-READ"
"""The partition that lists contributions whose history is still to be read."""

EXPIRES = "expiresAt"
_MOST_ITEMS = 100  # of TransactWriteItems
_AGAIN = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_BUSY = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})


class Overtaken(Exception):
    """Somebody else has changed one of the items since they were read."""


class Contributions:
    """The table, to whoever contributes."""

    def __init__(self, client: "DynamoDBClient | Any", table: str, keeping: Keeping) -> None:
        self._client = client
        self._table = table
        self._rollups = RollupTable(client, table)
        self._keeping = keeping

    def stored(self, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Stored]:
        """Those that there are, as they are now."""
        places = {_place(arn, redrive): (arn, redrive) for arn, redrive in keys}
        return {
            places[place]: Stored(
                contribution=Contribution.from_json(unpack(bytes(item[FIGURES]["B"]))),
                version=int(item[VERSION]["N"]),
            )
            for place, item in self._rollups.items(places, now=True).items()
        }

    def portions(self, changes: Sequence[Change], now: datetime) -> list[list[Change]]:
        """Cut so that each fits into one transaction, with those together that share items."""
        portions: list[list[Change]] = [[]]
        for change in sorted(changes, key=lambda one: (one.after.machine, one.after.ended_at)):
            more = [*portions[-1], change]
            if 2 * len(more) + len(places_in(more, self._keeping, now)) > _MOST_ITEMS:
                portions.append([])
            portions[-1].append(change)
        return [portion for portion in portions if portion]

    def write(self, changes: Sequence[Change], now: datetime) -> None:
        """Make all of these changes, or none: Overtaken, Throttled."""
        places = places_in(changes, self._keeping, now)
        kept = self._rollups.read(places, now=True)
        puts: list[Any] = [
            *(self._contribution(change, now) for change in changes),
            *(note for change in changes for note in self._notes(change)),
            *(
                self._rollup(place, kept.get(place), rollup, now)
                for place, rollup in applied(kept, changes, self._keeping, now).items()
            ),
        ]
        try:
            self._client.transact_write_items(TransactItems=puts)
        except self._client.exceptions.TransactionCanceledException as cancelled:
            codes = {
                reason.get("Code") for reason in cancelled.response.get("CancellationReasons", [])
            }
            if codes & _AGAIN:
                raise Overtaken(f"{len(places)} rollups") from cancelled
            if codes & _BUSY:
                raise Throttled("DynamoDB refused the rollups: too busy") from cancelled
            raise
        except self._client.exceptions.TransactionInProgressException as other:
            raise Overtaken("the same rollups are being written") from other

    def to_read(self, limit: int, after: str | None = None) -> dict[str, tuple[str, int]]:
        """Contributions whose history is still to be read, oldest first; by their note's key.

        :param after: only those listed after this key.
        """
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#p = :p AND #s > :s",
            ExpressionAttributeNames={"#p": PARTITION, "#s": SORT},
            ExpressionAttributeValues={":p": {"S": TO_READ}, ":s": {"S": after or " "}},
            Limit=limit,
        )
        return {
            item[SORT]["S"]: (item["executionArn"]["S"], int(item["redrive"]["N"]))
            for item in answer["Items"]
        }

    def _contribution(self, change: Change, now: datetime) -> dict[str, Any]:
        after, version = change.after, change.before.version if change.before else 0
        expires = datetime.fromisoformat(after.ended_at) + self._keeping.contributions
        values = {FIGURES: {"B": pack(after.to_json())}}
        return self._put(_place(*after.key), values, version, expires, now)

    def _rollup(
        self, place: Place, kept: Kept | None, rollup: Rollup, now: datetime
    ) -> dict[str, Any]:
        values = {FIGURES: {"B": packed(rollup)}}
        expires = expiry_of(place, self._keeping)
        return self._put(place, values, kept.version if kept else 0, expires, now)

    def _put(
        self,
        place: Place,
        values: Mapping[str, Any],
        version: int,
        expires: datetime,
        now: datetime,
    ) -> dict[str, Any]:
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": {
                **key_of(place),
                **values,
                VERSION: {"N": str(version + 1)},
                UPDATED_AT: {"S": iso(now)},
                EXPIRES: {"N": str(int(expires.timestamp()))},
            },
            "ExpressionAttributeNames": {"#version": VERSION},
            "ConditionExpression": "attribute_not_exists(#version)",
        }
        if version:
            put["ConditionExpression"] = "#version = :version"
            put["ExpressionAttributeValues"] = {":version": {"N": str(version)}}
        return {"Put": put}

    def _notes(self, change: Change) -> Iterable[dict[str, Any]]:
        """The list of what is still to be read follows what is stored."""
        before = change.before.contribution if change.before else None
        old = _note(before) if before and before.history in TO_BE_READ else None
        new = _note(change.after) if change.after.history in TO_BE_READ else None
        if old and old != new:
            yield {"Delete": {"TableName": self._table, "Key": key_of(old)}}
        if new and old != new:
            expires = datetime.fromisoformat(change.after.ended_at) + _HISTORY_IS_KEPT
            item = {
                **key_of(new),
                "executionArn": {"S": change.after.execution_arn},
                "redrive": {"N": str(change.after.redrive)},
                EXPIRES: {"N": str(int(expires.timestamp()))},
            }
            yield {"Put": {"TableName": self._table, "Item": item}}


_HISTORY_IS_KEPT = timedelta(days=90)


def _place(execution_arn: str, redrive: int) -> Place:
    return Place(execution_arn, f"REDRIVE#{redrive}")


def _note(contribution: Contribution) -> Place:
    return Place(
        TO_READ, f"{contribution.listed}#{contribution.execution_arn}#{contribution.redrive}"
    )
