"""A bulk is previewed, and started by who previewed it, by typing what it says."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from breakwater.platform.http.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.identity import Identity
from breakwater.routes.bulk_models import BulkFilter
from breakwater.workflows.bulk.bulk import MOST, Bulk, BulkStatus
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.workflow import Action
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.conftest import CHECKOUT
from tests.unit.workflows.bulk.scene import NO, OLGA, Scene, workflow
from tests.unit.workflows.conftest import ANNA, NOW, VIEWER


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


def test_it_takes_every_question_that_the_list_takes() -> None:
    document = json.loads((CHECKOUT / "docs/api/openapi.json").read_text(encoding="utf-8"))
    asked = {one["name"] for one in document["paths"]["/workflows"]["get"]["parameters"]}
    assert set(BulkFilter.model_json_schema()["properties"]) == asked - {
        "counts",
        "limit",
        "cursor",
    }
