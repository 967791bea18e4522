"""The execution index: what a page reads, whether it grows with the table, and what it replaces.

An embedded AWS of its own, without a deployment: the table as the contract describes it, once with
1,000 rows, and once with the same rows among 99,000 others.

The embedded AWS sorts a whole partition for every Query, which DynamoDB does not. So time is
compared where the partition that is asked for is the same and the rest of the table grows; and for
the largest partition, beside one bare Query. How much is read, which is what DynamoDB bills and
what its time follows, is counted in partitions of every size.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse, HTTPHeaders

from benchmarks.index_cost import cost_rows
from benchmarks.index_rows import (
    AGENTS,
    NOW,
    OTHERS,
    STATUSES,
    day_book,
    execution_event,
    items,
    make_table,
)
from benchmarks.measure import Row, in_turns, shown
from breakwater.contract import IndexSettings
from breakwater.index.capture import Capture
from breakwater.index.machine_facts import facts_of
from breakwater.index.pager import Pager
from breakwater.index.question import Question, question
from breakwater.index.writer import Writer
from breakwater_local import emulator
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from tests.roles import trusted_role

SMALL, LARGE = 1_000, 100_000
SPAN = 30  # days
EARLIER = NOW - timedelta(days=SPAN)
COMMON = "SUCCEEDED"
PAGE_RUNS = 30
READ_BUDGET = 1.1
GROWTH_BUDGET = 1.2
WORK_BUDGET = 2.0
MACHINES = 50
LIST_BUDGET = 0.3


def rows() -> Iterator[Row]:
    """An embedded AWS of its own is started, measured and ended."""
    yield _work()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            with exclusive(place.lock) as lock:
                aws = emulator.start(place, lock)
            yield from cost_rows(aws)
            tables = {size: _filled(aws, size) for size in (SMALL, LARGE)}
            rare, common = _asked(AGENTS, STATUSES[1], NOW), _asked(OTHERS, COMMON, EARLIER)
            for name, asked in rare.items():
                yield _reads(aws, tables[SMALL], SMALL, name, asked)
                yield _reads(aws, tables[LARGE], LARGE, name, common[name])
                yield _growth(aws, tables, name, asked)
            yield _beside_a_bare_query(aws, tables[LARGE])
            yield _instead_of_lists(aws)
        finally:
            emulator.stop(place)


def _asked(agents: Sequence[str], status: str, until: datetime) -> dict[str, Question]:
    """Each finds more than a page."""
    day = until - timedelta(days=3)
    return {
        "agent": question(agent=agents[7], limit=40),
        "status": question(status=status),
        "agent and status": question(agent=agents[7], status=status, limit=10),
        "day": question(started=(day, day + timedelta(days=1)), limit=20),
    }


def _filled(aws: Emulator, size: int) -> str:
    """A table with the same thousand rows, and as many others as make up its size."""
    dynamodb = aws.client("dynamodb")
    name = f"rows-{size}"
    make_table(dynamodb, name)
    dynamodb.put_item(TableName=name, Item=day_book(NOW, 2 * SPAN))
    others = items(size - SMALL, days=SPAN, until=EARLIER, agents=OTHERS, statuses=[COMMON])
    rest = chain(items(SMALL, days=SPAN), others if size > SMALL else ())
    requests = [{"PutRequest": {"Item": item}} for item in rest]

    def put(batch: list[Any]) -> None:
        left = dynamodb.batch_write_item(RequestItems={name: batch})
        assert not left.get("UnprocessedItems")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, (requests[n : n + 25] for n in range(0, len(requests), 25))))
    return name


def _reads(aws: Emulator, table: str, size: int, name: str, asked: Question) -> Row:
    answer = Pager(aws.client("dynamodb"), table).page(asked)
    assert len(answer.items) == asked.limit, (name, size, len(answer.items))
    ratio = answer.read / len(answer.items)
    return Row(
        what=f"Items read for a page by {name}, of {size:,} rows",
        measured=f"{answer.read} items",
        against="items returned",
        reference=f"{len(answer.items)} items",
        ratio=ratio,
        budget=f"{READ_BUDGET} x",
        kept=ratio <= READ_BUDGET,
    )


def _growth(aws: Emulator, tables: dict[int, str], name: str, asked: Question) -> Row:
    client = aws.client("dynamodb")
    pagers = {size: Pager(client, table) for size, table in tables.items()}
    pair = in_turns(lambda: pagers[LARGE].page(asked), lambda: pagers[SMALL].page(asked), PAGE_RUNS)
    return Row(
        what=f"The same page by {name}, of {LARGE:,} rows",
        measured=shown(pair.seconds),
        against=f"of {SMALL:,} rows",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{GROWTH_BUDGET} x",
        kept=pair.ratio <= GROWTH_BUDGET,
    )


def _beside_a_bare_query(aws: Emulator, table: str) -> Row:
    """The largest partition there is: our part beside the one call that nothing can do without."""
    client = aws.client("dynamodb")
    pager, asked = Pager(client, table), question(status=COMMON)
    pair = in_turns(
        lambda: pager.page(asked),
        lambda: client.query(
            TableName=table,
            IndexName="StatusDateIndex",
            KeyConditionExpression="#s = :s",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":s": {"S": COMMON}},
            ScanIndexForward=False,
            Limit=asked.limit,
        ),
        PAGE_RUNS // 2,
    )
    return Row(
        what=f"A page of a partition of {LARGE - SMALL:,} rows",
        measured=shown(pair.seconds),
        against="one bare Query of the same size (the embedded AWS sorts the whole partition)",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{GROWTH_BUDGET} x",
        kept=pair.ratio <= GROWTH_BUDGET,
    )


def _instead_of_lists(aws: Emulator) -> Row:
    """Today's executions over fifty state machines: one question, or fifty lists."""
    states = aws.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    role = trusted_role(aws, "bench", "states.amazonaws.com")
    machines = [
        states.create_state_machine(name=f"bench-{n}", definition=definition, roleArn=role)[
            "stateMachineArn"
        ]
        for n in range(MACHINES)
    ]
    for machine in machines:
        states.start_execution(stateMachineArn=machine)
    time.sleep(2.0)  # until all have ended
    table = "rows-today"
    dynamodb = aws.client("dynamodb")
    make_table(dynamodb, table)
    for item in items(MACHINES, days=1, until=datetime.now(UTC)):
        dynamodb.put_item(TableName=table, Item=item)
    dynamodb.put_item(TableName=table, Item=day_book(datetime.now(UTC), 2))
    pager = Pager(dynamodb, table)
    asked = question(started=(datetime.now(UTC) - timedelta(days=1), None))
    assert len(pager.page(asked).items) == MACHINES

    def lists() -> None:
        found = [
            entry
            for machine in machines
            for entry in states.list_executions(stateMachineArn=machine)["executions"]
        ]
        assert len(found) == MACHINES

    pair = in_turns(lambda: pager.page(asked), lists, 10)
    return Row(
        what="Today's executions of 50 state machines, from the index",
        measured=shown(pair.seconds),
        against="ListExecutions of each (on AWS also limited to 5 a second)",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{LIST_BUDGET} x",
        kept=pair.ratio <= LIST_BUDGET,
    )


def _work() -> Row:
    """What the capturing function does for an event, beside what any client does for one write."""
    pair = in_turns(_captures(), _bare_writes(), 15)
    per = 1_000 / EVENTS
    return Row(
        what="The handler's own work for an event, without the network",
        measured=f"{pair.seconds * per:.3f} ms",
        against="botocore's own work for one UpdateItem, without the network",
        reference=f"{pair.reference_seconds * per:.3f} ms",
        ratio=pair.ratio,
        budget=f"{WORK_BUDGET} x",
        kept=pair.ratio <= WORK_BUDGET,
    )


EVENTS = 200
_SETTINGS = IndexSettings()


class _Kept:
    """Rows, machines and dead letters that cost nothing: what is left is our own work."""

    def __init__(self) -> None:
        self._rows: dict[str, Any] = {}

    def read(self, arns: Any) -> Any:
        return {arn: self._rows[arn] for arn in arns if arn in self._rows}

    def write(self, row: Any, *, after: Any) -> None:
        del after
        row.to_values()
        self._rows[row.execution_arn] = row

    def facts(self, arn: str) -> Any:
        return facts_of(arn, {"agentName": "shop", "breakwater:search": "order.id"}, _SETTINGS)

    def describe(self, arn: str) -> Any:
        raise AssertionError(arn)

    def lay_aside(self, body: str, reason: str) -> None:
        raise AssertionError(f"{reason}: {body}")


def _captures() -> Callable[[], object]:
    bodies = [json.dumps(execution_event(n // 2, ended=n % 2 == 1)) for n in range(EVENTS)]
    records = [
        {"messageId": str(n), "body": body, "attributes": {}} for n, body in enumerate(bodies)
    ]

    def capture() -> None:
        kept = _Kept()
        writer = Writer(kept, kept, kept, _SETTINGS, lambda: NOW)
        captured = Capture(kept, writer, kept, _SETTINGS, lambda: NOW)
        done = sum(len(captured.batch(records[n : n + 10]).changes) for n in range(0, EVENTS, 10))
        assert done == EVENTS

    return capture


def _bare_writes() -> Callable[[], object]:
    """UpdateItem of a row, answered before it reaches the network."""
    import boto3  # noqa: PLC0415 - the client is this reference's own affair

    client = boto3.client(
        "dynamodb", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )

    class Answer(AWSResponse):
        def __init__(self) -> None:
            super().__init__("https://dynamodb", 200, HTTPHeaders(), None)
            self._content = b"{}"

    events: Any = client.meta.events
    events.register("before-send.dynamodb.*", lambda **_words: Answer())
    item = next(items(1))
    key = {"executionArn": item.pop("executionArn")}
    update: dict[str, Any] = {
        "TableName": "rows",
        "Key": key,
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in item),
        "ExpressionAttributeNames": {f"#{name}": name for name in item},
        "ExpressionAttributeValues": {f":{name}": value for name, value in item.items()},
    }

    def write() -> None:
        for _ in range(EVENTS):
            client.update_item(**update)

    return write
