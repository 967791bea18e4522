"""What an execution costs in DynamoDB: measured at the table, beside what AWS's rules make of it.

The rules: a write is paid per KB begun, of the item as it is or was, whichever is larger. An index
is paid for what changes in it: an item that enters, leaves or changes, once; one whose key in the
index changes, twice (it leaves, and enters).
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.index_rows import NOW, execution_event, make_table
from benchmarks.measure import Row
from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.event import observation_of
from breakwater.index.machine_facts import facts_of
from breakwater.index.row_table import RowTable
from breakwater.index.writer import Writer
from breakwater_local.emulator import Emulator

EXECUTIONS = 20
BUDGET = 1.05
_SETTINGS = IndexSettings()
_KEY = contract.EXECUTION_INDEX.partition
Item = Mapping[str, Any]


def cost_rows(aws: Emulator) -> Iterator[Row]:
    """Start and end of an execution: write units."""
    dynamodb = aws.client("dynamodb")
    make_table(dynamodb, "cost")
    measured: list[float] = []
    _measure(dynamodb, measured)
    rows = RowTable(dynamodb, "cost")
    writer = Writer(rows, _Machines(), _Nobody(), _SETTINGS, lambda: NOW)
    computed, sizes = 0.0, []
    for number in range(EXECUTIONS):
        before: Item | None = None
        for ended in (False, True):
            seen = observation_of(execution_event(number, ended=ended))
            writer.apply_all([seen])
            after = dynamodb.get_item(
                TableName="cost", Key={_KEY: {"S": seen.execution_arn}}, ConsistentRead=True
            )["Item"]
            computed += write_units(before, after)
            before = after
        assert before
        sizes.append(size(before))
    noted = 2  # the day book: a start day and a stop day, for all of them
    per, expected = (sum(measured) - noted) / EXECUTIONS, computed / EXECUTIONS
    yield Row(
        what="DynamoDB write units for an execution (start and end; its row has "
        f"{sum(sizes) / len(sizes):.0f} bytes in the end)",
        measured=f"{per:.1f} units",
        against="AWS's rules applied to the sizes of the items",
        reference=f"{expected:.1f} units",
        ratio=per / expected,
        budget=f"{BUDGET} x",
        kept=per / expected <= BUDGET,
    )


def _measure(dynamodb: Any, into: list[float]) -> None:
    """Have every update say what it consumed, indexes included."""

    def ask(params: dict[str, Any], **_words: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"

    def note(parsed: dict[str, Any], **_words: Any) -> None:
        into.append(parsed["ConsumedCapacity"]["CapacityUnits"])

    dynamodb.meta.events.register("provide-client-params.dynamodb.UpdateItem", ask)
    dynamodb.meta.events.register("after-call.dynamodb.UpdateItem", note)


def write_units(before: Item | None, after: Item) -> float:
    """By AWS's rules, for the table and each of its indexes."""
    units = math.ceil(max(size(before or {}), size(after)) / 1024)
    for index in contract.EXECUTION_INDEX.indexes:
        keys = [key for key in (index.partition, index.sort) if key]
        was = before is not None and all(key in before for key in keys)
        is_in = all(key in after for key in keys)
        moved = was and is_in and any((before or {})[key] != after[key] for key in keys)
        if was and (moved or not is_in):
            units += math.ceil(size(before or {}) / 1024)
        if is_in:
            units += math.ceil(max(size(after), 0 if moved else size(before or {})) / 1024)
    return units


def size(item: Item) -> int:
    """Bytes, as DynamoDB counts them: names and values; a number a byte for two digits, and one."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Mapping[str, Any]) -> int:
    [(kind, inner)] = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return math.ceil(len(inner.strip("-").replace(".", "")) / 2) + 1
        case "M":
            return 3 + size(inner) + len(inner)
        case "L":
            return 3 + sum(_value(part) + 1 for part in inner)
    return 1


class _Machines:
    def facts(self, arn: str) -> Any:
        return facts_of(arn, {"agentName": "shop"}, _SETTINGS)


class _Nobody:
    def describe(self, arn: str) -> Any:
        raise AssertionError(arn)
