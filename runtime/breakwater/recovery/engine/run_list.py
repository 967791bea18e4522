"""Lists runs: of a plan, with a status, or those with anything left to do. One Query per page."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.pagination import cursor_of, position_of
from breakwater.recovery.engine.run import OPEN, Run
from breakwater.recovery.engine.run_store import record_of
from breakwater.recovery.engine.status import RunStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_BY_PLAN, _BY_STATUS, _BY_OPEN = contract.EXECUTION_HISTORY.indexes


class RunList:
    """The table of runs, by its indexes; newest first, a moment behind the table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of_plan(
        self, plan_id: str, *, limit: int, cursor: str | None = None
    ) -> tuple[list[Run], str | None]:
        """The runs of a plan."""
        return self._page(_BY_PLAN, plan_id, limit, cursor)

    def with_status(
        self, status: RunStatus, *, limit: int, cursor: str | None = None
    ) -> tuple[list[Run], str | None]:
        """The runs with a status."""
        return self._page(_BY_STATUS, status.value, limit, cursor)

    def recent(
        self, statuses: Sequence[RunStatus], *, limit: int, cursor: str | None = None
    ) -> tuple[list[Run], str | None]:
        """Runs of several statuses, merged: one Query per status, of `limit` items at most."""
        question = {"list": "runs", "statuses": [one.value for one in statuses]}
        before = position_of(cursor, question).get("before") if cursor else None
        found: list[Run] = []
        for status in statuses:
            found += self._newest(_BY_STATUS, status.value, limit + 2, before)
        found.sort(key=_age, reverse=True)
        shown = found[:limit]
        if len(found) <= limit:
            return shown, None
        return shown, cursor_of({"before": list(_age(shown[-1]))}, question)

    def open(self) -> Iterator[str]:
        """The ids of runs with anything left to do: not over, or with leases, or cleaning up."""
        more: dict[str, Any] = {}
        while True:
            answer = self._query(_BY_OPEN, OPEN, more)
            yield from (item["executionId"]["S"] for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _newest(self, index: contract.IndexShape, value: str, limit: int, before: Any) -> list[Run]:
        """Up to so many that come after this one in the merged order."""
        more: dict[str, Any] = {"Limit": limit}
        if before:
            more["upTo"] = before[0]
        answer = self._query(index, value, more)
        runs = [_run(item) for item in answer["Items"]]
        return [run for run in runs if not before or _age(run) < tuple(before)]

    def _page(
        self, index: contract.IndexShape, value: str, limit: int, cursor: str | None
    ) -> tuple[list[Run], str | None]:
        question = {"list": "runs", index.partition: value}
        more: dict[str, Any] = {"Limit": limit}
        if cursor:
            more["ExclusiveStartKey"] = position_of(cursor, question)
        answer = self._query(index, value, more)
        last = answer.get("LastEvaluatedKey")
        runs = [_run(item) for item in answer["Items"]]
        return runs, cursor_of(last, question) if last else None

    def _query(self, index: contract.IndexShape, value: str, more: dict[str, Any]) -> Any:
        up_to = more.pop("upTo", None)
        keys = "#key = :value AND #sort <= :upTo" if up_to else "#key = :value"
        names = {"#key": index.partition, **({"#sort": str(index.sort)} if up_to else {})}
        values: dict[str, Any] = {":value": {"S": value}}
        if up_to:
            values[":upTo"] = {"S": up_to}
        return self._client.query(
            TableName=self._table,
            IndexName=index.name,
            KeyConditionExpression=keys,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ScanIndexForward=False,
            **more,
        )


def _run(item: Any) -> Run:
    record = record_of(item)
    if not isinstance(record, Run):
        raise TypeError(f"{record.item_key} stands in an index of runs")
    return record


def _age(run: Run) -> tuple[str, str]:
    return clock.iso(run.started_at), run.execution_id
