"""A bulk is previewed, confirmed by typing, acted on once per workflow, and can be stopped."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from breakwater import contract
from breakwater.contract import Role
from breakwater.platform.audit import AuditRecord
from breakwater.platform.http.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    TooManyRequests,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.identity import Identity
from breakwater.workflows.bulk.bulk import LEASE, MOST, STALLED, Bulk, BulkStatus, Result
from breakwater.workflows.bulk.bulk_desk import BulkDesk
from breakwater.workflows.bulk.bulk_store import BulkStore
from breakwater.workflows.bulk.bulk_worker import BulkWorker, Slice
from breakwater.workflows.engine_port import Acted
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.listing.workflow_list import WorkflowPage
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.tables import make_table
from tests.unit.workflows.conftest import ANNA, NOW, STATES, VIEWER

TABLE = "bulks"
OLGA = Identity(
    subject="olga", name="olga@example.com", roles=frozenset({Role.OPERATOR}), address="192.0.2.7"
)
YES, NO = Capability(possible=True), Capability(possible=False, reason="It is COMPLETED.")


def workflow(number: int, *, able: Capability = YES, **given_: Any) -> Workflow:
    facts: dict[str, Any] = {
        "id": WorkflowId(EngineName.STEP_FUNCTIONS, f"{STATES}:execution:orders:{number:04d}"),
        "type": "orders",
        "name": f"{number:04d}",
        "status": "RUNNING",
        "started_at": "2026-11-20T11:00:00.000Z",
        "updated_at": "2026-11-20T11:00:00.000Z",
        "capabilities": {Action.CANCEL: able},
    }
    return Workflow(**{**facts, **given_})


class Killed(BaseException):
    """The function is gone at this moment."""


@dataclass
class Scene:
    """A desk, a worker, and what they speak to."""

    store: Any
    found: list[Workflow] = field(default_factory=list)
    now: Any = NOW
    woken: list[str] = field(default_factory=list)
    records: list[AuditRecord] = field(default_factory=list)
    acted: list[tuple[str, Action, Identity, str, Mapping[str, Any]]] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=dict)
    waited: float = 0.0
    turns: int = 0
    kill_in: int | None = None
    mute: bool = False

    # what the desk speaks to

    def page(
        self, _wanted: Any, _by: Identity, *, limit: int, cursor: str | None = None
    ) -> WorkflowPage:
        begin = int(cursor or 0)
        end = begin + limit
        following = str(end) if end < len(self.found) else None
        return WorkflowPage(workflows=self.found[begin:end], next_cursor=following, partial=False)

    def wake(self, bulk_id: str) -> None:
        if self.mute:
            raise Unavailable("The queue is away.")
        self.woken.append(bulk_id)

    def write(self, record: AuditRecord) -> None:
        self.records.append(record)

    @property
    def desk(self) -> BulkDesk:
        return BulkDesk(list=self, store=self.store, waker=self, trail=self, clock=lambda: self.now)

    # what the worker speaks to

    def act(self, workflow_id: str, action: Action, **said: Any) -> Acted:
        self._step()
        for answer in [*self.answers.get(workflow_id, [])][:1]:
            self.answers[workflow_id].pop(0)
            if isinstance(answer, Exception):
                raise answer
        self.acted.append((workflow_id, action, said["by"], said["reason"], said["options"]))
        self._step()
        return Acted(
            status="done",
            new_status="CANCELLED",
            message="It is stopped.",
            workflow_id=WorkflowId.parse(workflow_id),
        )

    def take(self, _caller: str, _now: float) -> None:
        self.turns += 1
        if self.turns % 2:
            raise TooManyRequests("wait", details={"retryAfterSeconds": 1})

    def pause(self, seconds: float) -> None:
        self.waited += seconds
        self.now += timedelta(seconds=seconds)

    def work(self, bulk_id: str, may_go_on: Callable[[], bool] = lambda: True) -> Slice:
        return BulkWorker(
            store=Mortal(self.store, self._step),
            desk=self,
            turns=self,
            clock=lambda: self.now,
            pause=self.pause,
        ).work(bulk_id, may_go_on)

    def _step(self) -> None:
        if self.kill_in is not None:
            self.kill_in -= 1
            if self.kill_in < 0:
                self.kill_in = None
                raise Killed

    # what people do

    def previewed(self, by: Identity = OLGA, action: Action = Action.CANCEL) -> Bulk:
        bulk, _ = self.desk.preview(action, wanted_of({"type": "orders"}, NOW), by, {})
        return bulk

    def started(self) -> str:
        bulk = self.previewed()
        self.desk.start(bulk.bulk_id, OLGA, confirmation=bulk.confirmation, reason="a bad release")
        return bulk.bulk_id

    def results(self, bulk_id: str) -> Counter[str]:
        _, entries, cursor = self.desk.read(bulk_id, limit=200, cursor=None)
        assert cursor is None
        return Counter(one.result.value for one in entries)


class Mortal:
    """The store, of a function that may be killed before and after each call."""

    def __init__(self, store: Any, step: Callable[[], None]) -> None:
        self._store = store
        self._step = step

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._store, name)

        def called(*words: Any) -> Any:
            self._step()
            answer = call(*words)
            self._step()
            return answer

        return called


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with mock_aws():
            client: Any = boto3.client("dynamodb", region_name="eu-west-1")
            make_table(client, TABLE, contract.BULKS)
            yield client


@pytest.fixture
def scene(dynamodb: Any) -> Scene:
    return Scene(BulkStore(dynamodb, TABLE))


def test_a_preview_tells_what_can_be_done_and_why_not_and_does_nothing(scene: Scene) -> None:
    run = WorkflowId(EngineName.RECOVERY, "20261120-030000-0a1b2c3d")
    scene.found = [
        workflow(1),
        workflow(2, able=NO),
        workflow(3, able=NO),
        workflow(4, id=run, is_drill=False),
        workflow(5, id=replace(run, name="20261120-040000-0a1b2c3d"), is_drill=True),
        workflow(6, capabilities={}),
    ]
    bulk, entries = scene.desk.preview(Action.CANCEL, wanted_of({"type": "orders"}, NOW), OLGA, {})
    assert (bulk.eligible, bulk.not_eligible, bulk.confirmation) == (2, 4, "cancel 2")
    assert [one.is_eligible for one in entries] == [True, False, False, False, True, False]
    assert next(iter(bulk.reasons.items())) == ("It is COMPLETED.", 2)
    assert "real recovery" in (entries[3].message or "")
    assert (scene.acted, scene.woken, scene.records) == ([], [], [])
    again, listed, _ = scene.desk.read(bulk.bulk_id, limit=100, cursor=None)
    assert (again, listed) == (bulk, entries)


def test_a_viewer_can_neither_preview_nor_start_nor_stop(scene: Scene) -> None:
    bulk = scene.previewed()
    with pytest.raises(Forbidden, match="operator"):
        scene.previewed(by=VIEWER)
    with pytest.raises(Forbidden):
        scene.desk.start(bulk.bulk_id, VIEWER, confirmation="cancel 0", reason="why")
    with pytest.raises(Forbidden):
        scene.desk.stop(bulk.bulk_id, VIEWER, reason="why")


def test_it_starts_only_for_who_previewed_it_with_exactly_what_is_to_be_typed(
    scene: Scene,
) -> None:
    scene.found = [workflow(1), workflow(2)]
    bulk = scene.previewed()

    def start(by: Identity = OLGA, typed: str = "cancel 2") -> Bulk:
        return scene.desk.start(bulk.bulk_id, by, confirmation=typed, reason="a bad release")

    with pytest.raises(Forbidden, match="previewed this bulk"):
        start(by=ANNA)
    for typed in ("cancel", "cancel 3", "", "Cancel 2", "retry 2"):
        with pytest.raises(Unprocessable, match="cancel 2"):
            start(typed=typed)
    assert start().status is BulkStatus.RUNNING
    assert scene.woken == [bulk.bulk_id]
    [record] = scene.records
    assert (record.subject, record.action, record.reason) == (
        *(f"BULK#{bulk.bulk_id}", "bulkStarted"),
        "a bad release",
    )
    with pytest.raises(Conflict, match="started already"):
        start()


def test_what_was_previewed_too_long_ago_is_gone_and_what_never_was_is_not_found(
    scene: Scene,
) -> None:
    scene.found = [workflow(1)]
    bulk = scene.previewed()
    scene.now += timedelta(minutes=15)
    with pytest.raises(Gone, match="preview again"):
        scene.desk.start(bulk.bulk_id, OLGA, confirmation="cancel 1", reason="why")
    with pytest.raises(Gone):
        scene.desk.read(bulk.bulk_id, limit=1, cursor=None)
    with pytest.raises(NotFound):
        scene.desk.read("bulk-00", limit=1, cursor=None)


def test_nothing_to_do_cannot_be_started(scene: Scene) -> None:
    scene.found = [workflow(1, able=NO)]
    bulk = scene.previewed()
    with pytest.raises(Conflict, match="Nothing"):
        scene.desk.start(bulk.bulk_id, OLGA, confirmation="cancel 0", reason="why")


def test_more_than_a_thousand_are_refused_and_nothing_is_kept(scene: Scene) -> None:
    scene.found = [workflow(number) for number in range(MOST + 1)]
    with pytest.raises(Unprocessable, match="more than 1,000"):
        scene.previewed()


def test_when_nobody_can_be_told_it_is_a_preview_again(scene: Scene) -> None:
    scene.found, scene.mute = [workflow(1)], True
    bulk = scene.previewed()
    with pytest.raises(Unavailable):
        scene.desk.start(bulk.bulk_id, OLGA, confirmation="cancel 1", reason="why")
    scene.mute = False
    scene.desk.start(bulk.bulk_id, OLGA, confirmation="cancel 1", reason="why")
    assert scene.work(bulk.bulk_id).acted == 1


def test_each_is_acted_on_in_the_name_of_who_confirmed_with_the_bulks_id(scene: Scene) -> None:
    scene.found = [workflow(1), workflow(2, able=NO), workflow(3)]
    bulk_id = scene.started()
    assert scene.work(bulk_id) == Slice(acted=2, more=False)
    for _, action, by, reason, options in scene.acted:
        assert (action, by, options) == (Action.CANCEL, OLGA, {"bulk": bulk_id})
        assert reason == f"a bad release ({bulk_id})"
    bulk, entries, _ = scene.desk.read(bulk_id, limit=100, cursor=None)
    assert (bulk.status, bulk.counts, bulk.not_started) == (
        *(BulkStatus.COMPLETED, {"done": 2}),
        0,
    )
    assert [one.result.value for one in entries] == ["done", "notEligible", "done"]
    assert scene.waited >= 0.5  # seconds: its turn


def test_what_is_refused_or_fails_is_told_and_the_rest_goes_on(scene: Scene) -> None:
    scene.found = [workflow(number) for number in range(4)]
    ids = [str(one.id) for one in scene.found]
    scene.answers = {
        ids[0]: [Conflict("It has ended meanwhile.")],
        ids[1]: [RuntimeError("odd")],
        ids[2]: [Unavailable("busy", headers={"Retry-After": "7"})],
    }
    bulk_id = scene.started()
    scene.work(bulk_id)
    _, entries, _ = scene.desk.read(bulk_id, limit=100, cursor=None)
    assert [one.result.value for one in entries] == ["refused", "failed", "done", "done"]
    assert entries[0].message == "It has ended meanwhile."
    assert scene.waited >= 7


def test_while_aws_is_busy_it_is_tried_again_and_then_told_as_failed(scene: Scene) -> None:
    scene.found = [workflow(1)]
    scene.answers = {str(scene.found[0].id): [Unavailable("busy") for _ in range(9)]}
    bulk_id = scene.started()
    scene.work(bulk_id)
    assert scene.results(bulk_id) == {"failed": 1}


def test_stopped_half_way_the_rest_stays_as_it_is(scene: Scene) -> None:
    scene.found = [workflow(number) for number in range(30)]
    bulk_id = scene.started()
    left = iter([True] * 11 + [False])
    assert scene.work(bulk_id, lambda: next(left)) == Slice(acted=11, more=True)
    stopping = scene.desk.stop(bulk_id, OLGA, reason="enough")
    assert stopping.status is BulkStatus.STOPPING
    assert scene.work(bulk_id) == Slice(acted=0, more=False)
    assert scene.results(bulk_id) == {"done": 11, "notStarted": 19}
    bulk, _, _ = scene.desk.read(bulk_id, limit=1, cursor=None)
    assert (bulk.status, bulk.not_started, bulk.stopped_by) == (
        *(BulkStatus.STOPPED, 19),
        "olga@example.com",
    )
    with pytest.raises(Conflict, match="over"):
        scene.desk.stop(bulk_id, OLGA, reason="again")
    assert [one.action for one in scene.records] == ["bulkStarted", "bulkStopped"]


def test_a_second_worker_leaves_it_to_the_first(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    assert scene.store.take(bulk_id, scene.now)
    assert scene.work(bulk_id) == Slice(acted=0, more=False)
    scene.now += LEASE + timedelta(seconds=1)
    assert scene.work(bulk_id).acted == 1


def test_what_stalled_is_woken_by_starting_it_again(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    scene.now += STALLED + timedelta(seconds=1)
    scene.desk.start(bulk_id, OLGA, confirmation="cancel 1", reason="go on")
    assert scene.woken == [bulk_id, bulk_id]


def test_stopping_what_stalled_ends_it_by_whoever_is_woken_for_it(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    scene.now += STALLED + timedelta(seconds=1)
    scene.desk.stop(bulk_id, OLGA, reason="enough")
    assert scene.woken == [bulk_id, bulk_id]
    scene.desk.stop(bulk_id, OLGA, reason="nobody came")  # that message may be lost as well
    assert scene.work(bulk_id) == Slice(acted=0, more=False)
    assert scene.desk.read(bulk_id, limit=1, cursor=None)[0].status is BulkStatus.STOPPED


def test_when_only_the_answer_of_the_queue_was_lost_it_goes_on(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk = scene.previewed()

    class Lost(Scene):
        def wake(self, bulk_id: str) -> None:
            scene.store.take(bulk_id, scene.now)
            raise Unavailable("Nothing was done.")

    desk = Lost(scene.store).desk
    told = desk.start(bulk.bulk_id, OLGA, confirmation="cancel 1", reason="a bad release")
    assert told.status is BulkStatus.RUNNING


def test_one_workflow_on_two_pages_is_acted_on_once(scene: Scene) -> None:
    scene.found = [*(workflow(number) for number in range(100)), workflow(99), workflow(100)]
    bulk = scene.previewed()
    assert bulk.eligible == 101
    _, entries, _ = scene.desk.read(bulk.bulk_id, limit=200, cursor=None)
    assert [one.number for one in entries] == list(range(1, 102))


def test_what_was_started_is_kept_for_thirty_days_with_its_results(
    scene: Scene, dynamodb: Any
) -> None:
    scene.found = [workflow(1), workflow(2, able=NO)]
    bulk_id = scene.started()
    scene.work(bulk_id)
    items = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": contract.BULKS.partition},
        ExpressionAttributeValues={":key": {"S": bulk_id}},
    )["Items"]
    assert len(items) == 3
    for item in items:
        assert int(item["expiresAt"]["N"]) >= (NOW + timedelta(days=30)).timestamp()


def test_no_time_left_while_aws_is_busy_it_is_the_next_workers(scene: Scene) -> None:
    scene.found = [workflow(1)]
    scene.answers = {str(scene.found[0].id): [Unavailable("busy")]}
    bulk_id = scene.started()
    left = iter([True, False])
    assert scene.work(bulk_id, lambda: next(left)) == Slice(acted=0, more=True)
    assert scene.work(bulk_id) == Slice(acted=1, more=False)
    assert scene.results(bulk_id) == {"done": 1}


class Meeting:
    """DynamoDB, where a result is counted while somebody stops the bulk: each refuses once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.refused = {"transact_write_items": False, "update_item": False}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **words: Any) -> Any:
        if not self.refused["transact_write_items"]:
            self.refused["transact_write_items"] = True
            raise self._client.exceptions.TransactionCanceledException(
                {
                    "Error": {"Code": "TransactionCanceledException", "Message": "[...]"},
                    "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
                },
                "TransactWriteItems",
            )
        return self._client.transact_write_items(**words)

    def update_item(self, **words: Any) -> Any:
        if not self.refused["update_item"]:
            self.refused["update_item"] = True
            raise self._client.exceptions.TransactionConflictException(
                {"Error": {"Code": "TransactionConflictException", "Message": "..."}}, "UpdateItem"
            )
        return self._client.update_item(**words)


def test_a_result_and_a_stop_that_meet_are_both_written(dynamodb: Any) -> None:
    meeting = Meeting(dynamodb)
    scene = Scene(BulkStore(meeting, TABLE, pause=lambda _: None), found=[workflow(1), workflow(2)])
    bulk_id = scene.started()
    left = iter([True, False])
    assert scene.work(bulk_id, lambda: next(left)).acted == 1
    meeting.refused["update_item"] = False
    assert scene.desk.stop(bulk_id, OLGA, reason="enough").status is BulkStatus.STOPPING
    assert scene.results(bulk_id) == {"done": 1, "notStarted": 1}


def test_results_come_in_pages_and_a_cursor_of_another_bulk_is_refused(scene: Scene) -> None:
    scene.found = [workflow(number) for number in range(7)]
    bulk = scene.previewed()
    seen: list[int] = []
    cursor: str | None = None
    while True:
        _, entries, cursor = scene.desk.read(bulk.bulk_id, limit=3, cursor=cursor)
        seen += [one.number for one in entries]
        if cursor is None:
            break
        kept = cursor
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    other = scene.previewed()
    with pytest.raises(BadRequest, match="another question"):
        scene.desk.read(other.bulk_id, limit=3, cursor=kept)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    size=st.integers(1, 6),
    deaths=st.lists(st.integers(0, 40), max_size=5),
    stop_after=st.one_of(st.none(), st.integers(0, 3)),
)
def test_whoever_dies_whenever_nothing_is_acted_on_twice_and_everything_is_accounted_for(
    dynamodb: Any, size: int, deaths: list[int], stop_after: int | None
) -> None:
    scene = Scene(BulkStore(dynamodb, TABLE), found=[workflow(number) for number in range(size)])
    bulk_id = scene.started()
    for number, death in enumerate([*deaths, None]):
        if stop_after == number:
            with suppress(Conflict):  # it may be over
                scene.desk.stop(bulk_id, OLGA, reason="enough")
        scene.kill_in = death
        try:
            scene.work(bulk_id)
        except Killed:
            scene.now += LEASE + timedelta(seconds=1)
        scene.kill_in = None
    bulk, entries, _ = scene.desk.read(bulk_id, limit=100, cursor=None)
    times = Counter(one[0] for one in scene.acted)
    assert max(times.values(), default=0) <= 1
    assert bulk.status in {BulkStatus.COMPLETED, BulkStatus.STOPPED}
    for one in entries:
        if one.result is Result.DONE:
            assert times[one.workflow_id] == 1
        if one.result is Result.NOT_STARTED:
            assert times[one.workflow_id] == 0
        assert one.result in {Result.DONE, Result.NOT_STARTED, Result.UNKNOWN}
    if bulk.status is BulkStatus.COMPLETED:
        assert not any(one.result is Result.NOT_STARTED for one in entries)
    settled = Counter(one.result.value for one in entries if one.result is not Result.NOT_STARTED)
    assert dict(bulk.counts) == dict(settled)
    assert bulk.not_started == size - sum(settled.values())
