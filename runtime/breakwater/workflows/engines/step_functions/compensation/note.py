"""That an execution's compensation is wanted, noted before the execution is stopped.

So a compensation that nobody started, because a function was gone, is seen and can be started. One
item beside the index's row, `#COMPENSATION#<ARN>`. Until it is settled it stands in the indexes of
statuses as COMPENSATING, so that the list finds it. Calls BatchGetItem, UpdateItem.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.row_table import RowTable
from breakwater.platform.attribute_values import to_item
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PREFIX = "#COMPENSATION#"
COMPENSATING = "COMPENSATING"
"""In the place of a status; no execution has it."""

KEPT_DAYS = 400
_NOBODYS = -1
"""Redrives that no execution has: of a note that was withdrawn."""

_FOUND_BY = ("status", "agentStatus", "startDate")
_KEY = contract.EXECUTION_INDEX.partition


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationNote:
    """What is wanted, and how often it was started."""

    machine: str
    """The ARN of the machine that makes good again."""

    redrives: int
    """Of the execution, when it was cancelled: redriven since, it is not cancelled any more."""

    tries: int = 0
    """0: wanted, and not started."""

    started: str | None = None
    """The ARN of the newest compensating execution."""

    by: str
    reason: str


class CompensationNotes:
    """The index's table, to whoever compensates."""

    def __init__(
        self, client: "DynamoDBClient | Any", table: str, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._table = table
        self._rows = RowTable(client, table)
        self._clock = clock

    def of(self, execution_arns: Collection[str]) -> Mapping[str, CompensationNote]:
        """Those that there are."""
        keys = {f"{PREFIX}{arn}": arn for arn in execution_arns}
        found = self._rows.values(keys) if keys else {}
        return {keys[key]: note_of(values) for key, values in found.items()}

    def want(self, execution_arn: str, note: CompensationNote) -> None:
        """Before it is stopped. What was noted for the same cancel stays."""
        values = {
            "machine": note.machine,
            "redrives": note.redrives,
            "tries": 0,
            "by": note.by,
            "reason": note.reason,
            "expiresAt": int((self._clock() + timedelta(days=KEPT_DAYS)).timestamp()),
            **self._found_by(execution_arn),
        }
        self._write(
            execution_arn,
            values,
            "attribute_not_exists(#redrives) OR #redrives < :redrives",
            gone=("started", "settledAt"),
        )

    def begun(self, execution_arn: str, *, tries: int, started: str) -> None:
        """The n-th try runs; what is known of a later one stays."""
        values = {"tries": tries, "started": started}
        self._write(execution_arn, values, "#tries < :tries")

    def withdraw(self, execution_arn: str, *, redrives: int) -> None:
        """It is not wanted any more; what was started stays noted."""
        self._write(
            execution_arn,
            {"redrives": _NOBODYS, "tries": 0},
            "#redrives = :was AND #tries = :tries",
            gone=_FOUND_BY,
            also={":was": redrives},
        )

    def settled(self, execution_arn: str, note: CompensationNote) -> None:
        """Nothing is left to do: nobody needs to find it any more, unless it has changed."""
        self._write(
            execution_arn,
            {"settledAt": iso(self._clock())},
            "#redrives = :redrives AND #tries = :tries",
            gone=_FOUND_BY,
            also={":redrives": note.redrives, ":tries": note.tries},
            named=("redrives", "tries"),
        )

    def _found_by(self, execution_arn: str) -> dict[str, str]:
        row = self._rows.values([execution_arn]).get(execution_arn, {})
        agent = row.get("agentName")
        return {
            "status": COMPENSATING,
            "startDate": row.get("startDate") or iso(self._clock()),
            **({"agentStatus": f"{agent}#{COMPENSATING}"} if agent else {}),
        }

    def _write(
        self,
        execution_arn: str,
        values: Mapping[str, Any],
        condition: str,
        *,
        gone: Collection[str] = (),
        also: Mapping[str, Any] = MappingProxyType({}),
        named: Collection[str] = (),
    ) -> None:
        names = {f"#{name}": name for name in (*values, *gone, *named)}
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        removes = f" REMOVE {', '.join(f'#{name}' for name in gone)}" if gone else ""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({_KEY: f"{PREFIX}{execution_arn}"}),
                UpdateExpression=f"SET {sets}{removes}",
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_item(
                    {**{f":{name}": value for name, value in values.items()}, **also}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is noted, by another who did the same


def note_of(values: Mapping[str, Any]) -> CompensationNote:
    """What the item says."""
    return CompensationNote(
        machine=values["machine"],
        redrives=int(values["redrives"]),
        tries=int(values["tries"]),
        started=values.get("started"),
        by=values["by"],
        reason=values["reason"],
    )
