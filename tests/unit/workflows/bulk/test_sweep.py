"""A bulk that nobody works on is found, and woken up, without anybody asking."""

from datetime import timedelta
from typing import Any

import pytest

from breakwater.platform.http.errors import Unavailable
from breakwater.workflows.bulk.bulk import LEASE, STALLED, BulkStatus
from breakwater.workflows.bulk.bulk_sweep import BulkSweep
from tests.unit.workflows.bulk.scene import OLGA, TABLE, Scene, workflow

LATER = STALLED + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_other(scene: Scene) -> None:
    """What other tests left behind is none of these tests' business."""
    for bulk_id in scene.store.under_way():
        scene.store.forget_mark(bulk_id)


def swept(scene: Scene) -> list[str]:
    return BulkSweep(store=scene.store, waker=scene, clock=lambda: scene.now).sweep()


def test_what_nobody_works_on_is_woken_up_and_comes_to_its_end(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    assert swept(scene) == []  # its message may still come
    scene.now += LATER
    assert swept(scene) == [bulk_id]
    assert scene.woken == [bulk_id, bulk_id]
    assert scene.work(bulk_id).acted == 1
    scene.now += LATER
    assert (swept(scene), scene.store.under_way()) == ([], [])


def test_what_somebody_works_on_is_left_to_them(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    scene.now += LATER
    assert scene.store.take(bulk_id, scene.now)
    assert swept(scene) == []
    scene.now += LEASE + LATER  # whoever it was is dead, and so is the message
    assert swept(scene) == [bulk_id]


def test_what_is_being_stopped_and_has_stalled_is_ended(scene: Scene) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    scene.desk.stop(bulk_id, OLGA, reason="enough")
    scene.now += LATER
    assert swept(scene) == [bulk_id]
    scene.work(bulk_id)
    assert scene.store.read(bulk_id).status is BulkStatus.STOPPED
    assert scene.store.under_way() == []


def test_a_mark_of_what_was_never_started_goes_when_it_cannot_be_started_any_more(
    scene: Scene,
) -> None:
    scene.found, scene.mute = [workflow(1)], True
    bulk = scene.previewed()
    with pytest.raises(Unavailable):
        scene.desk.start(bulk.bulk_id, OLGA, confirmation="cancel 1", reason="why")
    assert (swept(scene), scene.store.under_way()) == ([], [bulk.bulk_id])
    scene.now = bulk.preview_until
    assert (swept(scene), scene.store.under_way()) == ([], [])


def test_a_mark_that_outlived_its_bulk_goes(scene: Scene, dynamodb: Any) -> None:
    scene.found = [workflow(1)]
    bulk_id = scene.started()
    key = {"bulkId": {"S": bulk_id}, "itemKey": {"S": "BULK"}}
    dynamodb.delete_item(TableName=TABLE, Key=key)
    assert (swept(scene), scene.store.under_way()) == ([], [])
