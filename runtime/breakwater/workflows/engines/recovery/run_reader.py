"""Reads runs for the list. Calls Query on StatusDateIndex and OpenIndex, and BatchGetItem."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.platform.batch_reading import items_of
from breakwater.platform.http.errors import Unavailable
from breakwater.platform.pagination import going_on
from breakwater.recovery.engine.run import ITEM_KEY, OPEN, Run
from breakwater.recovery.engine.run_store import KEY, SORT, record_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_AFTER = "￿"  # sorts after every text of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Some runs with a status, the newest first."""

    runs: list[Run]
    more: bool


class RunReader:
    """The table of runs."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, ids: Collection[str]) -> Mapping[str, Run]:
        """Those that there are: one call for a hundred."""
        keys = [_key(one) for one in sorted(set(ids))]
        found: dict[str, Run] = {}
        for item in items_of(self._client, self._table, keys, now=False, unread=_unread):
            run = record_of(item)
            if isinstance(run, Run):
                found[run.execution_id] = run
        return found

    def with_status(
        self,
        word: str,
        size: int,
        *,
        after: tuple[str, str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> RunPage:
        """Runs with this status that started from `since` on and before `until`.

        :param after: start and id of the last one that is known.
        """
        more: dict[str, Any] = {}
        if after:
            started, execution_id = after
            more["ExclusiveStartKey"] = {
                **_key(execution_id),
                "status": {"S": word},
                "startedAt": {"S": started},
            }
        with going_on("place" if after else None):
            answer = self._client.query(
                TableName=self._table,
                IndexName="StatusDateIndex",
                KeyConditionExpression="#status = :status AND startedAt BETWEEN :since AND :until",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":status": {"S": word},
                    ":since": {"S": since or " "},
                    ":until": {"S": until[:-1] if until else _AFTER},
                },
                ScanIndexForward=False,
                Limit=size,
                **more,
            )
        runs = [run for item in answer["Items"] if isinstance(run := record_of(item), Run)]
        return RunPage(runs=runs, more="LastEvaluatedKey" in answer)

    def open(self, size: int) -> tuple[list[Run], bool]:
        """Runs with anything left to do, and whether there are more than these."""
        answer = self._client.query(
            TableName=self._table,
            IndexName="OpenIndex",
            KeyConditionExpression="#open = :open",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":open": {"S": OPEN}},
            Limit=size,
        )
        runs = [run for item in answer["Items"] if isinstance(run := record_of(item), Run)]
        return runs, "LastEvaluatedKey" in answer


def _key(execution_id: str) -> dict[str, Any]:
    return {KEY: {"S": execution_id}, SORT: {"S": ITEM_KEY}}


def _unread(count: int) -> Unavailable:
    return Unavailable(f"DynamoDB left {count} runs unread. Try again.")
