"""Analytics: what an answer over 30 days reads, how right its percentiles are, what counting costs.

The table is moto's, in this process. Contributions are generated, and added up by the product's
own code; the rollups are then put where it would put them.
"""

import math
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto import mock_aws

from benchmarks.measure import Row, in_turns, shown
from breakwater.platform.clock import iso
from breakwater.workflows.rollups.analytics_desk import AnalyticsDesk
from breakwater.workflows.rollups.contribution import Contribution, History, Outcome, StepFigures
from breakwater.workflows.rollups.figures import Place
from breakwater.workflows.rollups.packing import pack, packed
from breakwater.workflows.rollups.places import ALL_SLICES, ROOM, STEP, Keeping
from breakwater.workflows.rollups.prices import price_in
from breakwater.workflows.rollups.replacing import Change, applied
from breakwater.workflows.rollups.rollup_table import (
    FIGURES,
    PARTITION,
    SORT,
    UPDATED_AT,
    VERSION,
    RollupTable,
    key_of,
)
from breakwater.workflows.rollups.sketch import Sketch
from breakwater.workflows.rollups.tally import Rollup

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
SMALL, LARGE = 1_000, 100_000
MACHINES, MANY = 20, 200
STEPS = 8
SPAN = timedelta(days=30)
KEEPING = Keeping()
PERCENTILE_BUDGET = 0.02
LARGEST_ITEM = 400 * 1024
ACCOUNT = "arn:aws:states:eu-west-1:111122223333"
Rollups = dict[Place, Rollup]


def rows() -> Iterator[Row]:
    """All in this process; nothing is started."""
    yield from _percentiles()
    sizes = {
        (SMALL, MACHINES): _counted(SMALL, MACHINES),
        (LARGE, MACHINES): _counted(LARGE, MACHINES),
        (SMALL * 10, MANY): _counted(SMALL * 10, MANY),
    }
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name="eu-west-1")
        tables = {size: _table(client, size, counted) for size, counted in sizes.items()}
        few = tables[SMALL, MACHINES]
        for size in ((LARGE, MACHINES), (SMALL * 10, MANY)):
            yield _reads(client, tables[size], size, few)
        yield _time(client, tables[LARGE, MACHINES], few)
    yield _cost(sizes[LARGE, MACHINES])
    yield _largest_item()


def _took(chance: random.Random) -> int:
    """Milliseconds, from a second to hours: most are short."""
    return round(1_000 * math.exp(chance.gauss(3.0, 1.2)))


def _percentiles() -> Iterator[Row]:
    chance = random.Random(7)
    values = [_took(chance) for _ in range(LARGE)]
    sketch, ordered = Sketch(values), sorted(values)
    for part in (0.5, 0.95, 0.99):
        exact = ordered[math.ceil(part * LARGE) - 1]
        told = sketch.percentile(part) or 0.0
        error = abs(told / exact - 1)
        yield Row(
            what=f"p{part * 100:.0f} of {LARGE:,} durations, from a sketch",
            measured=f"{told / 1000:.3f} s",
            against="of the sorted durations",
            reference=f"{exact / 1000:.3f} s",
            ratio=told / exact,
            budget=f"within {PERCENTILE_BUDGET:.0%}",
            kept=error <= PERCENTILE_BUDGET,
        )


def _contribution(number: int, of: int, machines: int, chance: random.Random) -> Contribution:
    ended = NOW - SPAN * number / of - timedelta(seconds=1)
    machine = f"orders-{number % machines}"
    failed = chance.random() < 0.05
    steps = {
        f"Step {n}": StepFigures(
            occurrences=1,
            attempts=1,
            succeeded=Sketch([_took(chance)]),
        )
        for n in range(STEPS)
    }
    return Contribution(
        execution_arn=f"{ACCOUNT}:execution:{machine}:{number}",
        redrive=0,
        revision=2,
        machine=f"{ACCOUNT}:stateMachine:{machine}",
        agent=machine,
        outcome=Outcome.FAILED if failed else Outcome.COMPLETED,
        ended_at=iso(ended),
        duration_ms=_took(chance),
        error="OutOfStock" if failed else None,
        fingerprint=f"{number % 7:016x}" if failed else None,
        failing_state="Step 3" if failed else None,
        history=History.READ,
        transitions=STEPS,
        steps_entered=STEPS,
        steps=steps,
    )


def _counted(size: int, machines: int) -> Rollups:
    """The rollups of so many executions, evenly over 30 days."""
    chance = random.Random(size)
    changes = (
        Change(before=None, after=_contribution(number, size, machines, chance))
        for number in range(size)
    )
    return applied({}, changes, KEEPING, NOW)


def _table(client: Any, size: tuple[int, int], rollups: Rollups) -> str:
    name = f"rollups-{size[0]}-{size[1]}"
    keys = {PARTITION: "HASH", SORT: "RANGE"}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
    )
    for place, rollup in rollups.items():
        client.put_item(
            TableName=name,
            Item={
                **key_of(place),
                FIGURES: {"B": packed(rollup)},
                VERSION: {"N": "1"},
                UPDATED_AT: {"S": iso(NOW)},
            },
        )
    return name


def _desk(client: Any, table: str) -> AnalyticsDesk:
    return AnalyticsDesk(RollupTable(client, table), price_in("eu-west-1"), lambda: NOW)


def _asked(client: Any, table: str) -> tuple[int, int, int]:
    """Calls, items and executions of an answer over 30 days."""
    calls, items = 0, 0

    def note(parsed: dict[str, Any], **_words: Any) -> None:
        nonlocal calls, items
        calls += 1
        items += len(parsed["Responses"].get(table, []))

    client.meta.events.register("after-call.dynamodb.BatchGetItem", note)
    told = _desk(client, table).over("30d")
    client.meta.events.unregister("after-call.dynamodb.BatchGetItem", note)
    return calls, items, told["executions"]["ended"]


def _reads(client: Any, table: str, size: tuple[int, int], few: str) -> Row:
    calls, items, ended = _asked(client, table)
    calls_of_few, items_of_few, ended_of_few = _asked(client, few)
    assert (ended, ended_of_few) == (size[0], SMALL), (ended, ended_of_few)
    return Row(
        what=f"Reads of an answer over 30 days: {size[0]:,} executions of {size[1]} machines",
        measured=f"{items} items in {calls} calls",
        against=f"{SMALL:,} executions of {MACHINES} machines",
        reference=f"{items_of_few} items in {calls_of_few} calls",
        ratio=items / items_of_few,
        budget="1 x",
        kept=(calls, items) == (calls_of_few, items_of_few),
    )


def _time(client: Any, table: str, few: str) -> Row:
    """The items are larger, because more different durations occurred: up to all there are."""
    large, small = _desk(client, table), _desk(client, few)
    pair = in_turns(lambda: large.over("30d"), lambda: small.over("30d"), 7)
    budget = 6.0
    return Row(
        what=f"The same answer, of {LARGE:,} executions, moto's work included",
        measured=shown(pair.seconds),
        against=f"of {SMALL:,} executions",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{budget} x, for {LARGE // SMALL} x the executions",
        kept=pair.ratio <= budget,
    )


def _kilobytes(item: bytes) -> int:
    """Write units of an item in a transaction: two for each KB begun; its names are 150 bytes."""
    return 2 * math.ceil((len(item) + 150) / 1024)


def _cost(rollups: Rollups) -> Row:
    """By AWS's rules, from the items as they are at the end of the day and month."""
    machine, day = f"{ACCOUNT}:stateMachine:orders-7", NOW.date().isoformat()
    yesterday = (NOW.date() - timedelta(days=1)).isoformat()
    month = rollups[Place(machine, f"MONTH#{day[:7]}")]
    days = [rollups[Place(part, f"DAY#{yesterday}")] for part in ALL_SLICES]
    hours = [
        rollup
        for place, rollup in rollups.items()
        if place.period == f"HOUR#{day}T08" and place.partition in ALL_SLICES
    ]
    chance = random.Random(1)
    own = _kilobytes(pack(_contribution(1, LARGE, MACHINES, chance).to_json()))
    shared = _kilobytes(packed(month)) + sum(
        sum(_kilobytes(packed(rollup)) for rollup in found) / max(len(found), 1)
        for found in (days, hours)
    )
    alone, together = own + shared, own + shared / 10
    return Row(
        what=f"DynamoDB write units to count an execution alone, where {LARGE // 30:,} end a day",
        measured=f"{alone:.0f} units",
        against="ten of one machine in a transaction, each",
        reference=f"{together:.0f} units",
        ratio=alone / together,
        budget="100 units",
        kept=alone <= 100,
    )


def _largest_item() -> Row:
    """Every name that an item has room for, each with durations of every kind."""
    chance = random.Random(3)
    rollup = Rollup()
    values = [_took(chance) for _ in range(3_000)]
    for number in range(ROOM[STEP]):
        tally = rollup.tally(STEP, f"agent {number}", f"machine {number}", f"Step {number}")
        tally.counts = {"occurrences": 3_000, "attempts": 3_100, "retries": 100, "failed": 7}
        sketch = tally.sketch("ms")
        for value in chance.choices(values, k=1_000):
            sketch.put(round(value * chance.uniform(0.5, 2.0)))
    size = len(packed(rollup))
    return Row(
        what=f"An item with {ROOM[STEP]} steps, a thousand different durations each",
        measured=f"{size / 1024:.0f} KB",
        against="what DynamoDB holds in an item",
        reference=f"{LARGEST_ITEM // 1024} KB",
        ratio=size / LARGEST_ITEM,
        budget="0.5 x",
        kept=size <= LARGEST_ITEM / 2,
    )
