"""Flags and waiting executions in DynamoDB. Calls Query, UpdateItem, TransactWriteItems (as
PutItem and ConditionCheckItem), DeleteItem. `FLAG`, and `AT#<time>#<key>` for what waits.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.attribute_values import from_item, to_item
from breakwater.platform.transaction import Write, write_together
from breakwater.workflows.gates.gate import Flag, Waiting

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_EXECUTION, _ITEM = contract.PAUSE_GATE.partition, str(contract.PAUSE_GATE.sort)
_FLAG, _AT = "FLAG", "AT#"


class _Down(Exception):
    """The flag is down, or another is up."""


class GateStore:
    """The gate's table."""

    def __init__(self, client: "DynamoDBClient | Any", table: str) -> None:
        self._client = client
        self._table = table

    def flag(self, execution_arn: str) -> Flag | None:
        """The flag, up or down; None if it never was up."""
        for item in self._query(execution_arn, _FLAG):
            return Flag(
                by=item["by"], at=item["at"], reason=item["reason"], is_up=bool(item["isUp"])
            )
        return None

    def waiting(self, execution_arn: str) -> Sequence[Waiting]:
        """What waits, the oldest first."""
        return [
            Waiting(
                key=item["key"],
                gate=item["gate"],
                since=item["since"],
                until=item["until"],
                token=item["token"],
                asked_at=item["askedAt"],
            )
            for item in self._query(execution_arn, _AT)
        ]

    def raise_flag(self, execution_arn: str, flag: Flag, expires: datetime) -> bool:
        """False if it is up already."""
        values = {
            "isUp": True,
            "by": flag.by,
            "at": flag.at,
            "reason": flag.reason,
            "expiresAt": int(expires.timestamp()),
        }
        return self._update(execution_arn, values, "attribute_not_exists(isUp) OR isUp = :no")

    def lower_flag(self, execution_arn: str) -> bool:
        """False if it was down."""
        return self._update(execution_arn, {"isUp": False}, "isUp = :yes")

    def hold(self, execution_arn: str, one: Waiting, expires: datetime) -> bool:
        """Keep it if the flag that it names is up, in one step; False if it is not."""
        item = {
            **self._key(execution_arn, f"{_AT}{one.since}#{one.key}"),
            "key": one.key,
            "gate": one.gate,
            "since": one.since,
            "until": one.until,
            "token": one.token,
            "askedAt": one.asked_at,
            "expiresAt": int(expires.timestamp()),
        }
        check = {
            "TableName": self._table,
            "Key": to_item(self._key(execution_arn, _FLAG)),
            "ConditionExpression": "isUp = :yes AND #at = :asked",
            "ExpressionAttributeNames": {"#at": "at"},
            "ExpressionAttributeValues": to_item({":yes": True, ":asked": one.asked_at}),
        }
        put = {"TableName": self._table, "Item": to_item(item)}
        try:
            write_together(
                self._client,
                [
                    Write(action={"ConditionCheck": check}, refused=_Down),
                    Write(action={"Put": put}, refused=_Down),
                ],
            )
        except _Down:
            return False
        return True

    def forget(self, execution_arn: str, one: Waiting) -> None:
        """It is answered."""
        key = self._key(execution_arn, f"{_AT}{one.since}#{one.key}")
        self._client.delete_item(TableName=self._table, Key=to_item(key))

    def _update(self, execution_arn: str, values: dict[str, Any], condition: str) -> bool:
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        told = {f":{name}": value for name, value in values.items()}
        asked = {":yes": True} if ":yes" in condition else {":no": False}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item(self._key(execution_arn, _FLAG)),
                UpdateExpression=f"SET {sets}",
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues=to_item({**told, **asked}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _query(self, execution_arn: str, begins: str) -> list[dict[str, Any]]:
        answer = self._client.query(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression=f"{_EXECUTION} = :execution AND begins_with(#item, :begins)",
            ExpressionAttributeNames={"#item": _ITEM},
            ExpressionAttributeValues=to_item({":execution": execution_arn, ":begins": begins}),
        )
        return [from_item(item) for item in answer["Items"]]

    def _key(self, execution_arn: str, item: str) -> dict[str, str]:
        return {_EXECUTION: execution_arn, _ITEM: item}
