"""A retry redrives where AWS allows it, or starts anew; once, whoever asks how often."""

import json
from datetime import timedelta

import pytest

from breakwater.platform.http.errors import (
    Conflict,
)
from breakwater.workflows.engines.step_functions.acting.names import (
    LONGEST,
    clone_name,
    compensation_name,
    retry_name,
)
from breakwater.workflows.workflow import Action
from tests.unit.workflows.acted_on import arn_of
from tests.unit.workflows.acting.scene import OLGA, Scene, id_of
from tests.unit.workflows.conftest import NOW
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_step_functions_engine import failing


def test_a_retry_redrives_where_aws_allows_it() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED")
    done = scene.act(arn, Action.RETRY)
    assert (done.status, done.new_status, done.workflow_id) == ("accepted", "RUNNING", id_of(arn))
    assert scene.aws.executions[arn].redrives == 1


def test_what_fails_again_after_a_redrive_is_redriven_again() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED")
    for redrives in (1, 2):
        scene.act(arn, Action.RETRY)
        one = scene.aws.executions[arn]
        assert one.redrives == redrives
        one.status, one.stopped = "FAILED", NOW


def test_two_people_who_retry_at_once_redrive_once() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED")
    now = scene.engine._now(id_of(arn))
    for _ in range(2):
        scene.engine._retries._redrive(now)
    assert scene.aws.executions[arn].redrives == 1


def test_where_aws_does_not_redrive_a_retry_starts_anew_with_the_same_input_once() -> None:
    scene = Scene()
    old = NOW - timedelta(days=15)
    arn = scene.aws.has("one", "FAILED", input='{"order": "secret"}', stopped=old)
    done = scene.act(arn, Action.RETRY)
    assert "14 days" in done.message
    new = scene.aws.executions[done.workflow_id.name]
    assert (new.input, new.status) == ('{"order": "secret"}', "RUNNING")
    assert new.name.startswith("one-retry-")
    assert "secret" not in json.dumps(scene.trail.items)
    new.started -= timedelta(minutes=5)
    meanwhile = scene.act(arn, Action.RETRY)  # while it runs, AWS answers as if it began now
    assert (meanwhile.status, meanwhile.new_status) == ("done", "RUNNING")
    assert "nothing was started again" in meanwhile.message
    new.status = "FAILED"
    again = scene.act(arn, Action.RETRY)
    assert (again.status, again.new_status) == ("done", "FAILED")
    assert again.workflow_id == done.workflow_id
    assert len(scene.aws.executions) == 2


@pytest.mark.parametrize(
    ("step", "redriven", "started"),
    [("Charge", True, 0), ("Step 0", False, 1), ("2", False, 1)],
)
def test_it_is_retried_from_the_failed_step_or_from_the_first(
    step: str, redriven: bool, started: int
) -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED", failing(2))
    scene.act(arn, Action.RETRY, fromStep=step)
    assert (scene.aws.executions[arn].redrives == 1) is redriven
    assert len(scene.aws.executions) == 1 + started


def test_from_any_other_step_it_is_not_retried_and_those_that_do_are_named() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED", failing(2))
    with pytest.raises(Conflict) as refused:
        scene.act(arn, Action.RETRY, fromStep="Step 1")
    assert "Charge" in refused.value.message
    assert "Step 0" in refused.value.message
    ways = [(one["step"], one["way"]) for one in refused.value.details["fromStep"]]  # type: ignore[call-overload]
    assert ways == [("Charge", "redrive"), ("Step 0", "new")]


def test_what_is_named_as_possible_is_possible_also_where_a_state_was_entered_again() -> None:
    events = (
        chain(1, ended=False) + failing(0)[1:]
    )  # Charge succeeds, and fails when it comes again
    for number, event in enumerate(events, start=1):
        event |= {"id": number, "previousEventId": number - 1}
        details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails")
        if details:
            details["name"] = "Charge"
    for way in ("redrive", "new"):
        scene = Scene()
        arn = scene.aws.has("one", "FAILED", events)
        with pytest.raises(Conflict) as refused:
            scene.act(arn, Action.RETRY, fromStep="Charge")  # which of the two?
        told = refused.value.details["fromStep"]  # type: ignore[call-overload]
        [step] = [one["step"] for one in told if one["way"] == way]
        assert step in refused.value.message
        scene.act(arn, Action.RETRY, fromStep=step)
        assert (scene.aws.executions[arn].redrives == 1) is (way == "redrive")


def test_where_the_first_step_failed_or_none_is_known_only_what_is_possible_is_named() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED", failing(0))
    with pytest.raises(Conflict) as refused:
        scene.act(arn, Action.RETRY, fromStep="Other")
    assert "Charge, by a redrive" in refused.value.message
    assert "new execution" not in refused.value.message
    bare = scene.aws.has("two", "FAILED", [])
    with pytest.raises(Conflict, match="leave fromStep out"):
        scene.act(bare, Action.RETRY, fromStep="Other")


def test_from_the_failed_step_of_what_aws_does_not_redrive_awss_own_reason_is_told() -> None:
    scene = Scene()
    old = NOW - timedelta(days=15)
    arn = scene.aws.has("one", "FAILED", failing(2), stopped=old)
    with pytest.raises(Conflict) as refused:
        scene.act(arn, Action.RETRY, fromStep="Charge")
    assert "14 days" in refused.value.message


def test_before_a_retry_it_is_told_what_it_will_do() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED", failing(2))
    scene.aws.revision_now = "r2"
    told = scene.desk.preview(id_of(arn), Action.RETRY, by=OLGA)
    assert (told["way"], told["runsAgain"], told["definitionChanged"]) == (
        *("redrive", ["Charge"]),
        True,
    )
    assert told["eventsLeft"] == 25_000 - told["eventsUsed"]
    assert told["eventsUsed"] == len(failing(2))
    assert scene.aws.executions[arn].redrives == 0


def test_what_aws_does_not_tell_of_the_definition_is_not_guessed() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED", failing(2))
    scene.aws.refuse_always["DescribeStateMachine"] = "ThrottlingException"
    assert scene.desk.preview(id_of(arn), Action.RETRY, by=OLGA)["definitionChanged"] is None
    del scene.aws.refuse_always["DescribeStateMachine"]
    other = scene.aws.has("two", "FAILED", failing(2))
    scene.aws.revision_used = ""  # before AWS counted revisions
    assert scene.desk.preview(id_of(other), Action.RETRY, by=OLGA)["definitionChanged"] is None


def test_what_succeeded_is_not_retried() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "SUCCEEDED", chain(2))
    with pytest.raises(Conflict):
        scene.act(arn, Action.RETRY)


@pytest.mark.parametrize("name", ["x", "y" * 80, "ü" * 80, "a-retry-0123abcd", "a.b c"])
def test_names_have_eighty_characters_at_most_and_do_not_grow(name: str) -> None:
    arn = arn_of(name)
    for made in (retry_name(arn, 0), clone_name(arn, "1"), compensation_name(arn, 0, 2)):
        assert len(made) <= LONGEST
        assert made.isascii()
        again = retry_name(arn_of(made), 0)
        assert again.count("-retry-") == 1
        assert len(again) <= LONGEST
    assert retry_name(arn, 0) != retry_name(arn, 1)
    assert compensation_name(arn, 0, 1) != compensation_name(arn, 0, 2)
