"""Workflows: what a page of the list reads, and what the detail of a long execution costs.

An embedded AWS of its own, without a deployment: the tables as the contract describes them, with 50
running executions and with 500. Calls and items are counted, because they are what DynamoDB bills.
Histories come from memory, a thousand events a call as AWS gives them.
"""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.index_rows import NOW, make_table
from benchmarks.measure import Row, in_turns, shown
from breakwater import contract
from breakwater.contract import Role
from breakwater.index.pager import Pager
from breakwater.index.row import Row as IndexRow
from breakwater.index.row import shown as told
from breakwater.index.row_table import RowTable
from breakwater.platform.attribute_values import to_item
from breakwater.platform.clock import iso
from breakwater.platform.http.identity import Identity
from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.reader import Reader
from breakwater.workflows.engine_port import StepsAsked
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.engines.step_functions.capabilities import execution_capabilities
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.engines.step_functions.compensation.undoings import Undoings
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.engines.step_functions.step_functions_engine import StepFunctionsEngine
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.listing.resolving import Resolving
from breakwater.workflows.listing.workflow_list import WorkflowList
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.rollup_table import RollupTable
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater_local import emulator
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from tests.unit.timeline.fake_step_functions import FakeStepFunctions
from tests.unit.workflows.histories_made import chain

FEW, MANY = 50, 500
PAGE = 50
SHORT, LONG = 10, 1000
RUNS = 15
MACHINES = 40
CALLS_BUDGET = 1.0
READ_BUDGET = 1.3
TIME_BUDGET = 2.0
SHOWN_BUDGET = 1.5
_STATES = "arn:aws:states:eu-west-1:111122223333"
_ARN = f"{_STATES}:execution:long:one"
_ANNA = Identity(subject="anna", name="anna", roles=frozenset({Role.OPERATOR}))


def rows() -> Iterator[Row]:
    """The list on an embedded AWS of its own; the detail from memory."""
    yield from _detail()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            with exclusive(place.lock) as lock:
                aws = emulator.start(place, lock)
            yield from _list(aws)
        finally:
            emulator.stop(place)


class _Counted:
    """A client of DynamoDB, and what is asked of it."""

    def __init__(self, aws: Emulator) -> None:
        self.client = aws.client("dynamodb")
        self.calls = 0
        self.items = 0
        events = self.client.meta.events
        events.register("before-call.dynamodb", self._asked)
        events.register("after-call.dynamodb.Query", self._queried)

    def _asked(self, **_words: Any) -> None:
        self.calls += 1

    def _queried(self, parsed: Mapping[str, Any], **_words: Any) -> None:
        self.items += int(parsed["ScannedCount"])

    def since(self) -> tuple[int, int]:
        found, self.calls, self.items = (self.calls, self.items), 0, 0
        return found


def _list(aws: Emulator) -> Iterator[Row]:
    made = {running: _made(aws, running) for running in (FEW, MANY)}
    wanted = wanted_of({"status": "RUNNING"}, NOW)
    counts = {}
    for running, (counted, listing) in made.items():
        counted.since()
        page = listing().page(wanted, _ANNA, limit=PAGE)
        assert len(page.workflows) == PAGE, running
        counts[running] = counted.since()
    for name, at, budget in (("Calls", 0, CALLS_BUDGET), ("Items queried", 1, READ_BUDGET)):
        many, few = counts[MANY][at], counts[FEW][at]
        yield Row(
            what=f"{name} for the page of {PAGE} with {MANY} running",
            measured=str(many),
            against=f"with {FEW} running",
            reference=str(few),
            ratio=many / few,
            budget=f"{budget} x",
            kept=many / few <= budget,
        )
    pair = in_turns(
        lambda: made[MANY][1]().page(wanted, _ANNA, limit=PAGE),
        lambda: made[FEW][1]().page(wanted, _ANNA, limit=PAGE),
        RUNS,
    )
    yield Row(
        what=f"The page of {PAGE} with {MANY} running",
        measured=shown(pair.seconds),
        against=f"with {FEW} running (the embedded AWS sorts the whole partition)",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{TIME_BUDGET} x",
        kept=pair.ratio <= TIME_BUDGET,
    )


def _made(aws: Emulator, running: int) -> tuple[_Counted, Any]:
    """Tables with so many running, and how to make a list over them that knows nothing yet."""
    counted = _Counted(aws)
    client, index = counted.client, f"index-{running}"
    make_table(client, index)
    for name, shape in ((f"runs-{running}", contract.EXECUTION_HISTORY),):
        _table(client, name, shape)
    _table(client, f"rollups-{running}", contract.ROLLUPS)
    for number in range(running):
        values = _row(number).to_values()
        kept = {name: value for name, value in values.items() if value is not None}
        client.put_item(TableName=index, Item=to_item(kept))

    def listing() -> WorkflowList:
        runs = RunReader(client, f"runs-{running}")
        figures = RollupTable(client, f"rollups-{running}")
        return WorkflowList(
            pager=Pager(client, index),
            runs=runs,
            resolving=Resolving(
                runs=runs,
                rows=RowTable(client, index),
                notes=MachineNotes(client, index),
                profiles=Profiles(figures, lambda: NOW),
                undone=CompensationNotes(client, index, lambda: NOW),
                recovery_machine=f"{_STATES}:stateMachine:Recovery",
            ),
            engines={EngineName.STEP_FUNCTIONS: _Rules()},
            clock=lambda: NOW,
        )

    return counted, listing


class _Rules:
    def capabilities(self, workflow: Any, by: Identity) -> Any:
        return execution_capabilities(workflow, by)


def _row(number: int) -> IndexRow:
    machine = f"m{number % MACHINES}"
    return IndexRow(
        execution_arn=f"{_STATES}:execution:{machine}:{number:08}-7c8b-4f0c-9d5e-1a2b3c4d5e6f",
        execution_name=f"{number:08}-7c8b-4f0c-9d5e-1a2b3c4d5e6f",
        state_machine_arn=f"{_STATES}:stateMachine:{machine}",
        agent_name=machine,
        status="RUNNING",
        start_date=iso(NOW - timedelta(seconds=number)),
        account="111122223333",
        region="eu-west-1",
        revision=1,
    )


def _table(client: Any, name: str, shape: contract.TableShape) -> None:
    keys = [key for key in (shape.partition, shape.sort) if key]
    indexed = [key for one in shape.indexes for key in (one.partition, one.sort) if key]
    indexes = [
        {
            "IndexName": one.name,
            "KeySchema": _schema(one.partition, one.sort),
            "Projection": {"ProjectionType": one.projection},
        }
        for one in shape.indexes
    ]
    client.create_table(
        TableName=name,
        KeySchema=_schema(shape.partition, shape.sort),
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in dict.fromkeys(keys + indexed)
        ],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )


def _schema(partition: str, sort: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else keys


class _OneRow:
    def __init__(self) -> None:
        values = _row(0).to_values()
        known = {"executionArn": _ARN, "status": "SUCCEEDED", "durationSeconds": 9.0}
        self._row = told({k: v for k, v in {**values, **known}.items() if v is not None})

    def get(self, _arn: str) -> Any:
        return self._row


class _Nothing:
    def tags(self, _machines: Any) -> Mapping[str, Any]:
        return {}

    def of(self, _machines: Any, /) -> Mapping[str, Any]:
        return {}


def _engine(steps: int) -> tuple[FakeStepFunctions, StepFunctionsEngine]:
    """One that has read nothing yet, as after a cold start."""
    aws = FakeStepFunctions({_ARN: _HISTORIES[steps]})
    reader = Reader(aws, CallBudget())
    engine = StepFunctionsEngine(
        pager=_OneRow(),  # type: ignore[arg-type]
        executions=reader,
        timelines=GrowingTimelines(reader, lambda: NOW),
        notes=_Nothing(),
        profiles=_Nothing(),
        logs=None,  # type: ignore[arg-type]
        undoings=Undoings(_Nothing(), reader),
        clock=lambda: NOW,
    )
    return aws, engine


_HISTORIES = {steps: chain(steps) for steps in (SHORT, PAGE, LONG)}
_ID = WorkflowId(EngineName.STEP_FUNCTIONS, _ARN)


def _detail() -> Iterator[Row]:
    calls = {}
    for steps in (SHORT, LONG):
        aws, engine = _engine(steps)
        engine.describe(_ID)
        calls[steps] = aws.asked.count("GetExecutionHistory")
    yield Row(
        what=f"GetExecutionHistory calls for the detail of {LONG:,} steps "
        f"({len(_HISTORIES[LONG]):,} events), the end of a long history included",
        measured=str(calls[LONG]),
        against=f"of {SHORT} steps",
        reference=str(calls[SHORT]),
        ratio=calls[LONG] / calls[SHORT],
        budget="2 x",
        kept=calls[LONG] <= 2 * calls[SHORT],
    )
    warm = {steps: _engine(steps)[1] for steps in (PAGE, LONG)}
    for engine in warm.values():
        _walk(engine)
    asked = StepsAsked(limit=PAGE)
    pair = in_turns(
        lambda: warm[LONG].steps(_ID, asked), lambda: warm[PAGE].steps(_ID, asked), RUNS
    )
    yield Row(
        what=f"A page of {PAGE} steps out of {LONG:,}, read before",
        measured=shown(pair.seconds),
        against=f"out of {PAGE}",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{SHOWN_BUDGET} x",
        kept=pair.ratio <= SHOWN_BUDGET,
    )
    pair = in_turns(
        lambda: _engine(LONG)[1].describe(_ID), lambda: _engine(SHORT)[1].describe(_ID), RUNS
    )
    events = 2000  # a thousand from the beginning, a thousand from the end
    per_event = events / len(_HISTORIES[SHORT])
    yield Row(
        what=f"The detail of {LONG:,} steps, nothing read before",
        measured=shown(pair.seconds),
        against=f"of {SHORT} steps, whose history has {len(_HISTORIES[SHORT])} events",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{per_event:.0f} x (events read)",
        kept=pair.ratio <= per_event,
    )


def _walk(engine: StepFunctionsEngine) -> None:
    cursor: str | None = None
    while True:
        page = engine.steps(_ID, StepsAsked(limit=100, cursor=cursor))
        cursor = page.next_cursor
        if cursor is None:
            return
