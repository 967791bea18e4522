"""A cancel that did not come to its compensation is gone on with, by people or by itself."""

from typing import Any

import pytest

from breakwater.platform.http.errors import (
    Conflict,
    Unavailable,
)
from breakwater.workflows.engines.step_functions.compensation.reminder import reminded
from breakwater.workflows.workflow import Action
from tests.unit.workflows.acted_on import refusal
from tests.unit.workflows.acting.scene import OLGA, Scene, compensated, id_of, undoing
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_step_functions_engine import failing


def test_killed_between_stop_and_start_it_is_seen_and_a_retry_starts_it_once() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.aws.refuse_always = {"StartExecution": "ThrottlingException"}
    with pytest.raises(Unavailable, match="It is stopped") as refused:
        scene.act(arn, Action.CANCEL)
    assert refused.value.headers["Retry-After"] == "5"
    scene.aws.refuse_always = {}
    told = scene.desk.current(id_of(arn), by=OLGA)
    assert (told.status, told.error) == ("CANCELLING", "CompensationNotStarted")
    scene.act(arn, Action.RETRY)
    assert [one.name.endswith("-2") for one in undoing(scene)] == [False]


def busy_start(scene: Scene, *, once: bool = True) -> None:
    """AWS throttles the next start of a compensation."""
    start = scene.aws.start_execution

    def throttled(**_: Any) -> Any:
        if once:
            scene.aws.start_execution = start  # type: ignore[method-assign]
        raise refusal("ThrottlingException", "slow down")

    scene.aws.start_execution = throttled  # type: ignore[method-assign]


def test_a_cancel_that_did_not_come_to_its_compensation_is_gone_on_with_by_the_next() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())
    busy_start(scene)
    with pytest.raises(Unavailable, match="It is stopped, but its compensation was not started"):
        scene.act(arn, Action.CANCEL)
    done = scene.act(arn, Action.CANCEL)  # as a bulk asks again after Retry-After
    assert (done.status, done.new_status, len(undoing(scene))) == ("accepted", "CANCELLING", 1)
    with pytest.raises(Conflict, match="CANCELLING"):
        scene.act(arn, Action.CANCEL)
    assert len(undoing(scene)) == 1


def test_that_nobody_can_look_after_the_stop_keeps_no_compensation_from_it() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())
    stop, describe = scene.aws.stop_execution, scene.aws.describe_execution

    def throttled(**_: Any) -> Any:
        scene.aws.describe_execution = describe  # type: ignore[method-assign]
        raise refusal("ThrottlingException", "slow down")

    def stops(**words: Any) -> Any:
        scene.aws.describe_execution = throttled  # type: ignore[method-assign]
        return stop(**words)

    scene.aws.stop_execution = stops  # type: ignore[method-assign]
    assert scene.act(arn, Action.CANCEL).new_status == "CANCELLING"
    assert len(undoing(scene)) == 1


def test_when_the_table_fails_after_the_stop_it_is_told_what_is_done_and_what_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())

    def fails(*_: Any, **__: Any) -> None:
        raise refusal("InternalServerError", "DynamoDB")

    monkeypatch.setattr(scene.notes, "begun", fails)
    with pytest.raises(Unavailable, match="It is stopped"):
        scene.act(arn, Action.CANCEL)
    assert scene.trail.actions[-1] == "workflowCancelRefused"


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_stopped_and_not_compensated_is_said_with_when_to_try_again(code: str) -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())
    scene.aws.refuse_always["StartExecution"] = code
    with pytest.raises(Unavailable, match="It is stopped, but") as refused:
        scene.act(arn, Action.CANCEL)
    assert refused.value.headers == {"Retry-After": "5"}
    assert "Nothing was changed" not in refused.value.message  # it was: it is stopped


def test_cancelled_without_compensation_what_was_wanted_before_is_wanted_no_more() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())
    scene.aws.refuse_always["StopExecution"] = "ThrottlingException"
    with pytest.raises(Unavailable):
        scene.act(arn, Action.CANCEL)
    del scene.aws.refuse_always["StopExecution"]
    scene.act(arn, Action.CANCEL, compensate=False)
    told = scene.desk.current(id_of(arn), by=OLGA)
    assert (told.status, told.error) == ("CANCELLED", "Cancelled by olga@example.com")
    assert undoing(scene) == []


def test_a_compensation_that_never_started_can_be_given_up() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())
    busy_start(scene, once=False)
    with pytest.raises(Unavailable):
        scene.act(arn, Action.CANCEL)
    scene.act(arn, Action.CANCEL, compensate=False)
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLED"


def looked_after(scene: Scene) -> list[Any]:
    """All messages come, twice."""
    told = [reminded(message) for message in scene.queue.messages * 2]
    return [scene.desk.compensate_left(one[0], by=one[1]) for one in told if one]


def test_a_compensation_that_a_dead_function_left_is_started_by_itself_once() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=failing())
    busy_start(scene)
    with pytest.raises(Unavailable):
        scene.act(arn, Action.CANCEL)
    assert undoing(scene) == []
    first, second = looked_after(scene)
    assert (first.new_status, second, len(undoing(scene))) == ("CANCELLING", None, 1)
    assert scene.trail.actions[-2:] == ["workflowCancelRequested", "workflowCancelDone"]
    assert OLGA.name in scene.trail.items[-1].values()


def test_whoever_looks_after_a_cancel_stops_nothing_and_starts_nothing_else() -> None:
    scene = compensated()
    done = scene.aws.has("done", events=failing())
    scene.act(done, Action.CANCEL)
    refused_, redriven = scene.aws.has("refused", events=failing()), scene.aws.has("redriven")
    scene.aws.refuse_always["StopExecution"] = "ThrottlingException"
    for arn in (refused_, redriven):
        with pytest.raises(Unavailable):
            scene.act(arn, Action.CANCEL)
    # Meanwhile somebody stops one of them by the console.
    scene.aws.executions[redriven].status = "ABORTED"
    assert len(scene.queue.messages) == 3
    assert looked_after(scene) == [None] * 6
    assert scene.aws.executions[refused_].status == "RUNNING"
    assert len(undoing(scene)) == 1


def test_when_nobody_could_look_after_it_nothing_is_stopped() -> None:
    scene = compensated()
    arn = scene.aws.has("one")
    scene.queue.is_away = True
    with pytest.raises(Unavailable, match="not stopped"):
        scene.act(arn, Action.CANCEL)
    assert scene.aws.executions[arn].status == "RUNNING"
