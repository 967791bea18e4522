"""Held at a gate and let go; another one like it, started once for each request."""

import json
from typing import Any

import pytest

from breakwater.platform.http.errors import (
    Conflict,
    Unprocessable,
)
from breakwater.workflows.workflow import Action
from tests.unit.workflows.acted_on import arn_of
from tests.unit.workflows.acting.scene import GATED, OLGA, Scene, id_of


def test_a_pause_is_asked_for_reached_shown_and_answered_as_it_was_shown() -> None:
    scene = Scene(**GATED)
    arn = scene.aws.has("one")
    assert scene.desk.current(id_of(arn), by=OLGA).status == "RUNNING"
    asked = scene.act(arn, Action.PAUSE)
    assert (asked.status, asked.new_status) == ("accepted", "RUNNING")
    with pytest.raises(Conflict, match="olga"):
        scene.act(arn, Action.PAUSE)
    scene.gates.gate.arrive(arn, "BeforeShipping", "token")
    assert scene.desk.current(id_of(arn), by=OLGA).status == "PAUSED"
    shown = scene.desk.preview(id_of(arn), Action.RESUME, by=OLGA)
    assert (shown["willSend"], "BeforeShipping" in shown["message"]) == ("{}", True)
    done = scene.act(arn, Action.RESUME, digest=shown["digest"])
    assert (done.status, done.new_status) == ("done", "RUNNING")
    assert scene.gates.answered == ["token"]
    assert scene.desk.current(id_of(arn), by=OLGA).status == "RUNNING"
    assert "token" not in json.dumps(scene.trail.items)


def test_without_a_gate_nothing_is_paused_and_the_construct_is_named() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    with pytest.raises(Conflict, match="PauseGate"):
        scene.act(arn, Action.PAUSE)
    with pytest.raises(Conflict, match="not paused"):
        scene.act(arn, Action.RESUME)


def test_a_clone_has_its_input_or_an_edited_one_and_never_what_was_only_shown() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "SUCCEEDED", input='{"taskToken": "secret-secret", "n": 1.0}')
    shown = scene.desk.preview(id_of(arn), Action.CLONE, by=OLGA)
    assert (shown["inputRedacted"], "secret" in shown["input"]) == (True, False)
    same = scene.act(arn, Action.CLONE)
    assert scene.aws.executions[same.workflow_id.name].input == scene.aws.executions[arn].input
    edited = scene.act(arn, Action.CLONE, input={"n": 2}, name="mine")
    assert edited.workflow_id.name == arn_of("mine")
    assert scene.aws.executions[arn_of("mine")].input == '{"n":2}'
    scene.aws.executions[arn_of("mine")].status = "FAILED"
    with pytest.raises(Conflict, match="mine"):
        scene.act(arn, Action.CLONE, input={"n": 2}, name="mine")
    for options in (
        {"input": json.loads(shown["input"])},
        {"input": "x" * 262_144},
        {"input": json.loads(r'"\ud800"')},
        {"name": "no name"},
        {"name": "n" * 81},
    ):
        with pytest.raises(Unprocessable):
            scene.act(arn, Action.CLONE, **options)
    assert len(scene.aws.executions) == 3


def test_a_clone_is_not_told_as_started_where_one_of_that_name_runs_already() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    other = scene.aws.has("other")
    for name in ("one", "other"):  # with the same input AWS answers as if it had been started
        with pytest.raises(Conflict, match="nothing was started"):
            scene.act(arn, Action.CLONE, name=name)
    scene.aws.executions[other].started = scene.aws.now  # the same request once more
    assert scene.act(arn, Action.CLONE, name="other").workflow_id == id_of(other)
    assert len(scene.aws.executions) == 2


def test_a_clone_is_started_once_for_each_request_whatever_died_before_it_was_answered() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "SUCCEEDED")

    def cloned(request: str | None, **options: Any) -> str:
        done = scene.desk.act(
            id_of(arn), Action.CLONE, by=OLGA, reason="again", options=options, request=request
        )
        return done.workflow_id.name

    first = cloned("a-request")
    assert cloned("a-request") == first
    scene.aws.executions[first].status = "FAILED"  # over: AWS refuses the name from here on
    assert cloned("a-request") == first
    others = {
        *(cloned("another"), cloned("a-request", input={"n": 2}), cloned(None), cloned(None)),
    }
    assert len({first, *others}) == 5
    assert len(scene.aws.executions) == 6


def test_an_iteration_of_a_distributed_map_is_stopped_but_not_started_by_itself() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED", machine="orders/map")
    for action in (Action.RETRY, Action.CLONE):
        with pytest.raises(Conflict, match="distributed Map"):
            scene.act(arn, action)
    running = scene.aws.has("two", machine="orders/map")
    assert scene.act(running, Action.CANCEL).new_status == "CANCELLED"


def test_a_gate_that_fails_keeps_nobody_from_a_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(actions="allow", pause_gate="arn:of:a:gate")
    arn = scene.aws.has("one")

    def fails(*_: Any) -> Any:
        raise Conflict("The tag breakwater:pause-gate names a function which does not exist.")

    monkeypatch.setattr(scene.gates, "look", fails)
    with pytest.raises(Conflict):
        scene.act(arn, Action.PAUSE)
    assert scene.act(arn, Action.CANCEL).new_status == "CANCELLED"
