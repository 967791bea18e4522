"""The tables of index, runs and figures, on an emulated DynamoDB; what is asked of them counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.contract import Role
from breakwater.index.day_book import DayBook
from breakwater.index.lifted import search_key
from breakwater.index.machine_directory import MACHINE_PREFIX
from breakwater.index.pager import Pager
from breakwater.index.row import Row
from breakwater.index.row_table import SEARCH_PREFIX, RowTable
from breakwater.platform.attribute_values import to_item
from breakwater.platform.http.identity import Identity
from breakwater.recovery.engine.record import to_values
from breakwater.recovery.engine.run import Run
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.engines.recovery.capabilities import run_capabilities
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.engines.step_functions.capabilities import execution_capabilities
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.listing.resolving import Resolving
from breakwater.workflows.listing.workflow_list import WorkflowList, WorkflowPage
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.rollups.profile import MachineProfile
from breakwater.workflows.workflow import Workflow
from breakwater.workflows.workflow_id import EngineName
from tests.tables import make_table
from tests.unit.recovery.made_run import run as made_run

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
INDEX, HISTORY = "workflow-index", "workflow-runs"
STATES = "arn:aws:states:eu-west-1:111122223333"
RECOVERY = f"{STATES}:stateMachine:Recovery"
ANNA = Identity(subject="anna", name="anna@example.com", roles=frozenset({Role.COMMANDER}))
VIEWER = Identity(subject="vera", name="vera@example.com", roles=frozenset({Role.VIEWER}))


@dataclass
class SomeProfiles:
    """Profiles by hand; how often they were asked for."""

    known: dict[str, MachineProfile] = field(default_factory=dict)
    asked: int = 0

    def of(self, state_machine_arns: Any, /) -> Mapping[str, MachineProfile]:
        self.asked += 1
        return {one: self.known[one] for one in state_machine_arns if one in self.known}


@dataclass
class World:
    """The tables, and a list over them."""

    dynamodb: Any
    profiles: SomeProfiles = field(default_factory=SomeProfiles)
    calls: list[str] = field(default_factory=list)

    def has_row(self, row: Row) -> None:
        """As the writer leaves it, without asking: the emulated DynamoDB is slow to update."""
        values = {name: value for name, value in row.to_values().items() if value is not None}
        self.dynamodb.put_item(TableName=INDEX, Item=to_item(values))
        for path, value in (row.search or {}).items():
            entry = {
                "executionArn": f"{SEARCH_PREFIX}{row.execution_arn}#{path}",
                "searchKey": search_key(path, value),
                "startDate": row.start_date,
            }
            self.dynamodb.put_item(TableName=INDEX, Item=to_item(entry))
        DayBook(self.dynamodb, INDEX).note(
            started=row.start_date[:10], ended=row.stop_date[:10] if row.stop_date else None
        )

    def has_run(self, run: Run) -> None:
        item = to_item({**to_values(run), "itemKey": run.item_key, "version": 1})
        self.dynamodb.put_item(TableName=HISTORY, Item=item)

    def has_tags(self, machine: str, **tags: str) -> None:
        told = {key.replace("__", ":").replace("_", "-"): value for key, value in tags.items()}
        item = {"executionArn": f"{MACHINE_PREFIX}{machine}", "tags": told, "readAt": "2026"}
        self.dynamodb.put_item(TableName=INDEX, Item=to_item(item))

    def the_list(self) -> WorkflowList:
        runs = RunReader(self.dynamodb, HISTORY)
        return WorkflowList(
            pager=Pager(self.dynamodb, INDEX),
            runs=runs,
            resolving=Resolving(
                runs=runs,
                rows=RowTable(self.dynamodb, INDEX),
                notes=MachineNotes(self.dynamodb, INDEX),
                profiles=self.profiles,
                undone=CompensationNotes(self.dynamodb, INDEX, lambda: NOW),
                recovery_machine=RECOVERY,
            ),
            engines={
                EngineName.STEP_FUNCTIONS: _Rules(execution_capabilities),
                EngineName.RECOVERY: _Rules(run_capabilities),
                EngineName.CUSTOM: CustomEngine(
                    self.dynamodb, INDEX, profiles=self.profiles, clock=lambda: NOW
                ),
            },
            clock=lambda: NOW,
        )

    def page(
        self, limit: int = 50, cursor: str | None = None, by: Identity = ANNA, **said: Any
    ) -> WorkflowPage:
        wanted = wanted_of(said, NOW)
        return self.the_list().page(wanted, by, limit=limit, cursor=cursor)

    def all(self, limit: int = 50, **said: Any) -> list[Workflow]:
        """Page after page; every page but the last and partial ones is full."""
        found: list[Workflow] = []
        cursor: str | None = None
        while True:
            page = self.page(limit, cursor, **said)
            assert page.partial or page.next_cursor is None or len(page.workflows) == limit
            found += page.workflows
            cursor = page.next_cursor
            if cursor is None:
                return found

    def ids(self, **said: Any) -> list[str]:
        return [str(one.id) for one in self.all(**said)]


class _Rules:
    def __init__(self, rules: Any) -> None:
        self.capabilities = rules


@pytest.fixture(scope="module")
def tables() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        with mock_aws():
            yield boto3.client("dynamodb", region_name="eu-west-1")


@pytest.fixture
def world(tables: Any) -> Iterator[World]:
    make_table(tables, INDEX, contract.EXECUTION_INDEX)
    make_table(tables, HISTORY, contract.EXECUTION_HISTORY)
    made = World(tables)

    def note(model: Any, **_words: Any) -> None:
        made.calls.append(model.name)

    tables.meta.events.register("before-call.dynamodb", note, unique_id="counted")
    yield made
    tables.meta.events.unregister("before-call.dynamodb", unique_id="counted")
    tables.delete_table(TableName=INDEX)
    tables.delete_table(TableName=HISTORY)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def row(name: str, *, machine: str = "orders", status: str = "RUNNING", **given: Any) -> Row:
    """`at`: when it started; `lasted`: how long it took."""
    at: datetime = given.pop("at", ago(minutes=10))
    ended = at + given.pop("lasted", timedelta(minutes=1))
    stopped = status not in ("RUNNING", "PENDING", "PAUSED", "CANCELLING")
    iso = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    stop = ended.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Row(
        execution_arn=f"{STATES}:execution:{machine}:{name}",
        execution_name=name,
        state_machine_arn=f"{STATES}:stateMachine:{machine}",
        agent_name=given.pop("agent", machine),
        status=status,
        start_date=iso,
        stop_date=stop if stopped else None,
        duration_seconds=(ended - at).total_seconds() if stopped else None,
        account="111122223333",
        region="eu-west-1",
        revision=1,
        **given,
    )


def run(number: int, status: Any, *, at: datetime | None = None, **more: Any) -> Run:
    started = at or ago(minutes=number)
    execution_id = f"{started:%Y%m%d-%H%M%S}-{number:08x}"
    return made_run(
        execution_id=execution_id,
        status=status,
        started_at=started,
        execution_arn=f"{STATES}:execution:Recovery:{execution_id}",
        **more,
    )


def row_of(one: Run, status: str, **given: Any) -> Row:
    """The execution of a run, a second after it was asked for."""
    at = one.started_at + timedelta(seconds=1)
    return row(
        one.execution_id, machine="Recovery", agent="recovery", status=status, at=at, **given
    )
