"""A bulk acts on each workflow once, tells what came of it, and can be stopped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater import contract
from breakwater.platform.http.errors import (
    Conflict,
    Unavailable,
    Unprocessable,
)
from breakwater.workflows.bulk.bulk import LEASE, STALLED, BulkStatus
from breakwater.workflows.bulk.bulk_worker import Slice
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.workflow import Action
from tests.unit.workflows.bulk.scene import NO, OLGA, TABLE, Scene, workflow
from tests.unit.workflows.conftest import NOW


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


def test_it_is_at_100_only_when_none_is_left(scene: Scene) -> None:
    scene.found = [workflow(number) for number in range(201)]
    bulk, _ = scene.desk.preview(Action.CANCEL, wanted_of({"type": "orders"}, NOW), OLGA, {})
    assert bulk.percent == 0
    assert replace(bulk, counts={"done": 150, "refused": 50}).percent == 99
    assert replace(bulk, counts={"done": 150, "refused": 51}).percent == 100
    assert replace(bulk, eligible=0).percent == 0


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
    with pytest.raises(Unprocessable, match="cancel 1"):
        scene.desk.start(bulk_id, OLGA, confirmation="go on", reason="go on")
    assert scene.woken == [bulk_id]
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
