"""Custom workflows: whatever order their events come in, from the publisher to the detail."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakwater import contract
from breakwater.index.malformed import Malformed
from breakwater.index.row import Row
from breakwater.index.row_walks import RowWalks
from breakwater.platform.http.errors import BadRequest, NotFound
from breakwater.publish import NotPublished, Workflow
from breakwater.timeline.redaction import Redaction
from breakwater.workflows.engine_port import StepsAsked
from breakwater.workflows.engines.custom import event_book
from breakwater.workflows.engines.custom.custom_capture import CustomCapture, event_of
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.engines.custom.custom_store import CustomStore
from breakwater.workflows.engines.custom.event import WorkflowEvent, schema
from breakwater.workflows.engines.custom.merging import row_after, step_after
from breakwater.workflows.engines.custom.step_told import payloads_told
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.conftest import CHECKOUT
from tests.examples import examples
from tests.unit.workflows.conftest import INDEX, NOW, SomeProfiles, World

SOURCES = itertools.count(1)
BEGAN = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
ID = WorkflowId(EngineName.CUSTOM, "billing.2026-11")


def event(sequence: int, status: str = "RUNNING", **said: Any) -> WorkflowEvent:
    at = BEGAN + timedelta(seconds=sequence)
    body = {
        "schemaVersion": 1,
        "source": "billing",
        "workflowId": "2026-11",
        "sequence": sequence,
        "time": at.isoformat(),
        "type": "invoices",
        "status": status,
        **said,
    }
    return event_of(json.dumps({"detail-type": contract.WORKFLOW_EVENT, "detail": body}))


LIFE = [
    event(1, name="November", startedAt=BEGAN.isoformat(), slaTargetSeconds=600),
    event(2, step={"id": "a", "name": "Collect", "status": "running", "input": {"n": 1}}),
    event(3, currentStep="Collect", progress={"completed": 1, "total": 3}),
    event(4, step={"id": "a", "name": "Collect", "status": "failed", "error": "Net"}),
    event(5, step={"id": "a", "name": "Collect", "status": "succeeded", "attempt": 2}),
    event(6, "PAUSED", tags={"team": "money"}),
    event(7, "RUNNING", search={"month": "2026-11"}),
    event(8, "FAILED", error="Broken", cause="it broke"),
    event(8, "COMPLETED"),
]


def told(events: list[WorkflowEvent]) -> tuple[Row, Any]:
    row: Row | None = None
    step: dict[str, Any] | None = None
    for one in events:
        row = row_after(row, one, 90)
        step = step_after(step, one) if one.step else step
    assert row is not None
    return row, step


@given(order=st.permutations(LIFE), again=st.lists(st.sampled_from(LIFE), max_size=5))
@settings(max_examples=examples(200))
def test_order_and_repetition_of_events_change_nothing(
    order: list[WorkflowEvent], again: list[WorkflowEvent]
) -> None:
    assert told([*order, *again]) == told(LIFE)


def test_clocks_that_disagree_make_no_end_before_the_start() -> None:
    late = (BEGAN + timedelta(minutes=1)).isoformat()
    row, _ = told([event(1, startedAt=late), event(2, "COMPLETED", endedAt=BEGAN.isoformat())])
    assert row.stop_date == row.start_date
    assert row.duration_seconds == 0


def tried(number: int, attempt: int, status: str, **more: Any) -> WorkflowEvent:
    step = {"id": "a", "name": "Collect", "status": status, "attempt": attempt, **more}
    return event(number, step=step)


TRIED = [
    *(tried(number, number, "failed", input=f"{number}" * 60_000) for number in range(1, 8)),
    tried(8, 7, "failed", output="7" * 60_000),
    tried(9, 8, "succeeded", output="8" * 60_000),
]


@given(order=st.permutations(TRIED))
@settings(max_examples=20, deadline=None)
def test_a_step_that_was_tried_often_fits_into_its_item(order: list[WorkflowEvent]) -> None:
    _, step = told(order)
    assert step == told(TRIED)[1]
    assert len(json.dumps(step)) < 130_000
    assert len(step["attempts"]) == 8
    shown = payloads_told(step, Redaction())
    assert (shown["input"], shown["output"]) == ('"' + "7" * 60_000 + '"', '"' + "8" * 60_000 + '"')


def test_the_row_is_one_that_every_question_to_the_index_finds() -> None:
    row, _ = told(LIFE[:7])
    values = row.to_values()
    assert (row.execution_arn, row.execution_name) == ("custom.billing.2026-11", "November")
    assert (values["open"], values["agentStatus"]) == ("OPEN", "invoices#RUNNING")
    assert values["deadline"] == "2026-11-20T11:09:00.000Z"  # when it has used 90 %
    ended, _ = told([*LIFE[:7], event(9, "CANCELLED")])
    assert (ended.status, ended.stop_date) == ("ABORTED", "2026-11-20T11:00:09.000Z")
    assert ended.expires_at is not None


def record(body: Any, name: str = "m", receives: int = 1) -> dict[str, Any]:
    return {
        "messageId": name,
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(receives)},
    }


class Letters:
    def __init__(self) -> None:
        self.laid_aside: list[tuple[str, str]] = []

    def lay_aside(self, body: str, reason: str) -> None:
        self.laid_aside.append((body, reason))


def envelope(**changed: Any) -> dict[str, Any]:
    detail = json.loads(LIFE[0].model_dump_json(by_alias=True, exclude_none=True))
    return {"detail-type": contract.WORKFLOW_EVENT, "detail": {**detail, **changed}}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("no json", "no JSON"),
        ({"detail-type": "Other", "detail": {}}, "'Other'"),
        (["list"], "but None"),
        ({"detail-type": contract.WORKFLOW_EVENT}, "detail"),
        (envelope(status="DONE"), "status: "),
        (envelope(sequence="7"), "sequence: "),
        (envelope(sequence=-1), "sequence: "),
        (envelope(time="2026-11-20T03:00:00"), "time: "),
        (envelope(source="a.b"), "source: "),
        (envelope(stauts="RUNNING"), "stauts: "),
        (envelope(schemaVersion=2), "schemaVersion: "),
        (
            envelope(step={"id": "s", "name": "S", "status": "running", "input": "x" * 70_000}),
            "input has 70002 characters",
        ),
    ],
)
def test_what_is_no_event_is_laid_aside_at_once_with_its_reason(body: Any, said: str) -> None:
    letters = Letters()
    captured = CustomCapture(_Broken(), letters).batch([record(body)])
    assert (captured.again, captured.laid_aside) == ([], 1)
    [(kept, reason)] = letters.laid_aside
    assert said in reason
    assert kept == (body if isinstance(body, str) else json.dumps(body))


class _Broken:
    def record(self, event: WorkflowEvent) -> bool:
        raise RuntimeError("the table is busy")


def test_what_fails_otherwise_comes_again_and_then_is_laid_aside() -> None:
    letters = Letters()
    capture = CustomCapture(_Broken(), letters)
    assert capture.batch([record(envelope(), "first")]).again == ["first"]
    last = capture.batch([record(envelope(), "last", receives=contract.INDEX_TRIES)])
    assert (last.again, last.laid_aside) == ([], 1)
    assert "busy" in letters.laid_aside[0][1]


def test_the_schema_that_is_documented_is_the_one_that_is_checked() -> None:
    path = CHECKOUT / "docs" / "schemas" / "workflow-event.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema(), (
        "stale: python -m breakwater.workflows.engines.custom > docs/schemas/"
        "workflow-event.schema.json"
    )


class Bus:
    """EventBridge: what was put, as the queue would bring it."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.refuse = False

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if self.refuse:
            return {"Entries": [{"ErrorCode": "Throttled", "ErrorMessage": "slowly"}]}
        for entry in Entries:
            body = {"detail-type": entry["DetailType"], "detail": json.loads(entry["Detail"])}
            self.records.append(record(body))
        return {"Entries": [{"EventId": "1"}]}


def published(bus: Bus) -> Workflow:
    return Workflow("billing", "2026-11", type="invoices", bus="b", client=bus, name="November")


def store(world: World) -> CustomStore:
    return CustomStore(world.dynamodb, INDEX, keep_days=90, clock=lambda: NOW)


def engine(world: World) -> CustomEngine:
    return CustomEngine(world.dynamodb, INDEX, profiles=SomeProfiles(), clock=lambda: NOW)


def run_of(bus: Bus, *, fail: bool = False) -> None:
    with published(bus) as run:
        with run.step("Collect", input={"taskToken": "secret-token"}) as step:
            step.output = {"n": 17}
        run.progress(completed=1, total=2)
        with run.step("Undo", compensation=True):
            if fail:
                raise ValueError("no paper")


def test_from_the_publisher_to_the_detail(world: World) -> None:
    bus = Bus()
    run_of(bus)
    letters = Letters()
    captured = CustomCapture(store(world), letters).batch(list(reversed(bus.records)))
    assert letters.laid_aside == []
    assert captured.recorded == len(bus.records)
    again = CustomCapture(store(world), letters).batch(bus.records)
    assert (again.recorded, again.known) == (0, len(bus.records))
    [listed] = world.all()
    assert (str(listed.id), listed.status) == ("custom.billing.2026-11", "COMPLETED")
    assert world.ids(status="COMPLETED", type="invoices") == [str(listed.id)]
    detail = engine(world).describe(ID)
    first, second = detail.steps.steps
    assert (first["name"], first["status"], first["compensation"]) == (
        *("Collect", "succeeded"),
        False,
    )
    assert second["compensation"]
    payloads = engine(world).step(ID, "Collect")
    assert payloads["output"] == '{"n": 17}'
    assert "secret-token" not in json.dumps(payloads)
    assert "billing" in str(engine(world).logs(ID, "Undo")["reason"])


def test_an_exception_is_a_failure_with_its_step(world: World) -> None:
    bus = Bus()
    with pytest.raises(ValueError, match="no paper"):
        run_of(bus, fail=True)
    CustomCapture(store(world), Letters()).batch(bus.records)
    detail = engine(world).describe(ID)
    assert (detail.workflow.status, detail.workflow.error) == ("FAILED", "ValueError")
    assert detail.failure is not None
    assert (detail.failure["stepId"], detail.failure["cause"]) == ("Undo", "no paper")


def test_what_the_bus_does_not_take_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus()
    bus.refuse = True
    with pytest.raises(NotPublished, match="Throttled"):
        published(bus).started()
    monkeypatch.delenv(contract.WORKFLOW_BUS_VARIABLE, raising=False)
    with pytest.raises(NotPublished, match=contract.WORKFLOW_BUS_VARIABLE):
        Workflow("billing", "1", type="t").started()


def test_steps_come_in_pages_in_the_order_of_their_starts(world: World) -> None:
    kept = store(world)
    for number in range(7):
        step = {"id": f"s{number}", "name": f"S{number}", "status": "running"}
        kept.record(event(number, step=step))
    asked = StepsAsked(limit=3)
    found: list[str] = []
    for size in (3, 3, 1):
        page = engine(world).steps(ID, asked)
        assert len(page.steps) == size
        found += [one["id"] for one in page.steps]
        asked = StepsAsked(limit=3, cursor=page.next_cursor)
    assert found == [f"s{number}" for number in range(7)]
    with pytest.raises(BadRequest):
        engine(world).steps(ID, StepsAsked(cursor="bm9uc2Vuc2U"))


def test_a_step_whose_end_nobody_told_does_not_run_in_what_has_ended(world: World) -> None:
    kept = store(world)
    kept.record(event(1, step={"id": "a", "name": "Collect", "status": "running"}))
    [running] = engine(world).describe(ID).steps.steps
    assert (running["status"], running["cause"]) == ("running", None)
    kept.record(event(3, "COMPLETED"))
    for told in (
        engine(world).describe(ID).steps.steps[0],
        engine(world).steps(ID, StepsAsked()).steps[0],
        engine(world).step(ID, "a")["step"],
    ):
        assert (told["status"], told["endedAt"]) == ("unknown", None)
        assert "COMPLETED" in told["cause"]
        assert "no event has told how this step ended" in told["cause"]
    kept.record(event(2, step={"id": "a", "name": "Collect", "status": "succeeded"}))
    [late] = engine(world).describe(ID).steps.steps
    assert (late["status"], late["cause"]) == ("succeeded", None)


@given(
    sequences=st.lists(st.integers(0, 12), min_size=1, max_size=25),
    page=st.integers(2, 5),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_pages_of_events_tell_each_once_and_in_order(
    world: World, sequences: list[int], page: int
) -> None:
    """Also where several have the same number, and where there are more of these than on a page."""
    source = f"s{next(SOURCES)}"
    kept = store(world)
    events = {
        one.rank: one
        for number, sequence in enumerate(sequences)
        if (one := event(sequence, name=f"n{number}", source=source))
    }
    for one in events.values():
        kept.record(one)
    after, found = 0, []
    with pytest.MonkeyPatch.context() as small:
        small.setattr(event_book, "PAGE", page)
        reader = event_book.EventReader(world.dynamodb, INDEX)
        while True:
            told = reader.page(f"custom.{source}.2026-11", after)
            found += [one["said"]["name"] for one in told.events]
            if told.next_after is None:
                break
            assert told.next_after > after
            after = told.next_after
    wanted = [str(events[rank].name) for rank in sorted(events)]
    if max(map(sequences.count, sequences)) < page:
        assert found == wanted
    assert sorted(set(found)) == sorted(found)


def test_what_was_never_published_is_404(world: World) -> None:
    with pytest.raises(NotFound):
        engine(world).describe(ID)
    store(world).record(LIFE[0])
    for where in ("nothing", "a" * 2000):
        with pytest.raises(NotFound):
            engine(world).step(ID, where)


def test_the_sweep_of_the_index_passes_them_over(world: World) -> None:
    """Nobody in Step Functions knows them: they must not be taken for lost."""
    store(world).record(LIFE[0])
    store(world).record(event(9, "FAILED", workflowId="over"))
    walks = RowWalks(world.dynamodb, INDEX)
    assert walks.open_rows(None)[0] == []
    assert walks.attention_rows(None)[0] == []
    assert walks.ended("FAILED", "2026", None)[0] == []
    assert len(world.ids()) == 2


def test_a_malformed_event_says_every_field_that_is_wrong() -> None:
    with pytest.raises(Malformed) as malformed:
        event_of(json.dumps(envelope(status="DONE", sequence=None)))
    assert "status: " in str(malformed.value)
    assert "sequence: " in str(malformed.value)
