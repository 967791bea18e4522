"""The raw events of a workflow: in pages, redacted, as old as they are; or why there are none."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater.platform.http.errors import Gone, NotFound
from breakwater.routes.workflow_models import WorkflowEvents
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.engines.recovery.recovery_engine import RecoveryEngine
from tests.unit.workflows.conftest import INDEX, NOW, SomeProfiles, World
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_custom import LIFE, store
from tests.unit.workflows.test_recovery_engine import Items
from tests.unit.workflows.test_routes import calls
from tests.unit.workflows.test_step_functions_engine import ARN, ID, TOKEN, Scene, waiting


def page(scene: Scene, **asked: Any) -> WorkflowEvents:
    """As the route answers."""
    told = calls(scene.engine)["list_workflow_events"](str(ID), **asked)
    assert isinstance(told, WorkflowEvents)
    return told


def walk(scene: Scene, **asked: Any) -> list[Mapping[str, Any]]:
    """All events, page after page."""
    found: list[Mapping[str, Any]] = []
    after: int | None = 0
    while after is not None:
        told = page(scene, after=after, **asked)
        found += told.events
        after = told.next_after
    return found


def test_every_event_comes_once_and_each_thousand_costs_a_call() -> None:
    scene = Scene(chain(700))  # 3,502 events
    first = page(scene)
    assert (len(first.events), first.next_after, first.total) == (1000, 1000, None)
    assert scene.asked() == 1
    assert [one["id"] for one in walk(scene)] == list(range(1, 3503))
    assert scene.asked() == 3
    assert page(scene, after=3000).total == 3502
    assert scene.asked() == 0


def test_a_page_is_no_longer_where_more_is_known() -> None:
    scene = Scene(chain(700))
    walk(scene)
    told = page(scene, after=500)
    assert (told.events[0]["id"], told.next_after) == (501, 1500)


def test_what_runs_is_read_on_after_the_last_that_is_known() -> None:
    scene = Scene(chain(2, ended=False), "RUNNING")
    assert len(walk(scene)) == 11
    scene.aws.histories[ARN] = chain(3)
    fresh = page(scene, after=11)
    assert [one["id"] for one in fresh.events] == [12, 13, 14, 15, 16, 17]
    assert (fresh.next_after, fresh.total) == (None, 17)
    assert page(scene, after=17).events == []


@pytest.mark.parametrize("payloads", [True, False])
def test_no_event_holds_a_task_token(payloads: bool) -> None:
    scene = Scene(waiting(), status="FAILED")
    text = json.dumps(walk(scene, payloads=payloads))
    assert "nobody answered" in text
    assert "short-token-of-an-odd-service" not in text
    assert TOKEN not in text


def test_without_payloads_there_are_none_although_tokens_were_learned_from_them() -> None:
    inputs = [
        one["stateEnteredEventDetails"].get("input")
        for one in walk(Scene(waiting(), "FAILED"), payloads=False)
        if "stateEnteredEventDetails" in one
    ]
    assert inputs
    assert set(inputs) == {None}


def test_nothing_is_told_beyond_what_was_read_for_tokens() -> None:
    """Known to its end without payloads; its first thousand events with them."""
    filler = chain(300, ended=False)
    later = [{**one, "id": one["id"] + len(filler)} for one in waiting()[1:]]
    scene = Scene([*filler, *later], "FAILED")
    scene.engine._reader._timelines.read(ARN, enough=lambda _timeline: False, redrives=0)
    told = page(scene, after=700, payloads=False)
    assert (told.events[-1]["id"], told.next_after, told.total) == (1000, 1000, None)
    text = json.dumps(walk(scene, payloads=False))
    assert "nobody answered" in text
    assert "short-token-of-an-odd-service" not in text


def test_throttled_it_tells_what_is_known_with_its_age() -> None:
    scene = Scene(chain(3, ended=False), "RUNNING", confirmed_at="2026-11-20T11:59:00.000Z")
    scene.aws.refuse_always = {"GetExecutionHistory": "ThrottlingException"}
    nothing = page(scene)
    assert (nothing.events, nothing.next_after, nothing.total) == ([], 0, None)
    assert nothing.stale is not None
    assert nothing.stale.as_of == "2026-11-20T11:59:00.000Z"
    scene.aws.refuse_always = {}
    assert len(page(scene).events) == 16
    scene.aws.refuse_always = {"GetExecutionHistory": "ThrottlingException"}
    again = page(scene)
    assert (len(again.events), again.stale is not None) == (16, True)
    assert again.stale is not None
    assert again.stale.retry_after_seconds == 5


def test_throttled_before_tokens_were_learned_nothing_is_told() -> None:
    scene = Scene(waiting(), status="FAILED")
    timelines = scene.engine._reader._timelines
    timelines.read(ARN, enough=lambda _timeline: False, redrives=0)
    scene.aws.refuse_always = {"GetExecutionHistory": "ThrottlingException"}
    told = page(scene, payloads=False)
    assert (told.events, told.next_after) == ([], 0)
    assert told.stale is not None


def test_one_that_nobody_knows_is_404_and_one_that_is_not_kept_410() -> None:
    with pytest.raises(NotFound):
        page(Scene(None, known=False))
    with pytest.raises(Gone):
        page(Scene(None))


def test_a_run_tells_the_history_of_its_state_machine() -> None:
    items = Items()
    items.run = replace(items.run, execution_arn=ARN)
    asked = calls(RecoveryEngine(items, items, lambda: NOW, Scene(chain(2)).engine))
    told = asked["list_workflow_events"](items.run.execution_id)
    assert [one["id"] for one in told.events] == list(range(1, 13))
    assert told.events[-1]["executionSucceededEventDetails"] == {"output": "{}"}


def test_a_run_that_has_no_execution_says_so_and_one_whose_history_is_gone_is_410() -> None:
    items = Items()
    items.run = replace(items.run, execution_arn=None)
    nothing = Scene(None, known=False).engine
    told = calls(RecoveryEngine(items, items, lambda: NOW, nothing))["list_workflow_events"]
    assert told(items.run.execution_id).reason == "It is FAILED and has no execution yet."
    items.run = replace(items.run, execution_arn=ARN)
    with pytest.raises(Gone, match=f"GET /executions/{items.run.execution_id}"):
        told(items.run.execution_id)


def test_of_what_is_published_the_events_are_told_and_later_that_they_are_gone(
    world: World,
) -> None:
    for event in reversed([*LIFE, *LIFE]):
        store(world).record(event)
    rank_of_end = {
        "WorkflowFailed": LIFE[-2].rank,
        "WorkflowCompleted": LIFE[-1].rank,
    }
    asked = calls(CustomEngine(world.dynamodb, INDEX, profiles=SomeProfiles(), clock=lambda: NOW))
    told = asked["list_workflow_events"]("custom.billing.2026-11")
    assert [one["type"] for one in told.events] == [
        *("WorkflowRunning", "StepRunning", "WorkflowRunning", "StepFailed", "StepSucceeded"),
        *("WorkflowPaused", "WorkflowRunning"),
        *sorted(("WorkflowFailed", "WorkflowCompleted"), key=lambda one: rank_of_end[one]),
    ]
    assert [one["id"] for one in told.events] == [2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert (told.next_after, told.total, told.stale, told.reason) == (None, 9, None, None)
    [_, given, *_] = told.events
    assert given["said"]["step"] == {
        "id": "a",
        "name": "Collect",
        "type": "Task",
        "status": "running",
        "attempt": 1,
    }
    assert asked["list_workflow_events"]("custom.billing.2026-11", after=9).events == []
    for item in world.dynamodb.scan(TableName=INDEX)["Items"]:
        if item["executionArn"]["S"].startswith("#EVENT#"):
            assert int(item["expiresAt"]["N"]) == int((NOW + timedelta(days=90)).timestamp())
            world.dynamodb.delete_item(TableName=INDEX, Key={"executionArn": item["executionArn"]})
    told = asked["list_workflow_events"]("custom.billing.2026-11")
    assert (told.events, told.next_after) == ([], None)
    assert "not kept any more" in told.reason
    with pytest.raises(NotFound):
        asked["list_workflow_events"]("custom.billing.other")
