"""People act on executions: only where the owner allows it, once, and with a record."""

import json

import pytest

from breakwater.platform.http.errors import (
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
)
from breakwater.workflows.workflow import Action
from tests.unit.workflows.acted_on import arn_of
from tests.unit.workflows.acting.scene import Scene, id_of
from tests.unit.workflows.conftest import ANNA, VIEWER


def test_a_cancel_stops_it_with_name_and_reason_and_is_written_down_before_and_after() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    done = scene.act(arn, Action.CANCEL)
    one = scene.aws.executions[arn]
    assert (one.status, one.error, one.cause) == (
        *("ABORTED", "Cancelled by olga@example.com"),
        "it hangs",
    )
    assert (done.status, done.new_status, done.workflow_id) == ("done", "CANCELLED", id_of(arn))
    assert scene.trail.actions == ["workflowCancelRequested", "workflowCancelDone"]
    asked, after = scene.trail.items
    assert (asked["subject"], asked["reason"]) == (f"WORKFLOW#{id_of(arn)}", "it hangs")
    assert json.loads(after["after"])["newStatus"] == "CANCELLED"


def test_what_is_over_is_not_cancelled_and_nothing_is_written() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "SUCCEEDED")
    with pytest.raises(Conflict) as refused:
        scene.act(arn, Action.CANCEL)
    assert "COMPLETED" in refused.value.message
    assert scene.trail.items == []


def test_what_ends_between_the_look_and_the_stop_was_not_cancelled() -> None:
    scene = Scene()
    arn = scene.aws.has("one")

    def ends() -> None:
        scene.aws.executions[arn].status = "SUCCEEDED"

    scene.aws.before_stop = ends
    with pytest.raises(Conflict):
        scene.act(arn, Action.CANCEL)
    assert scene.trail.actions == ["workflowCancelRequested", "workflowCancelRefused"]


@pytest.mark.parametrize("action", [Action.CANCEL, Action.RETRY])
def test_without_the_owners_tag_nothing_is_done_whatever_was_noted_before(action: Action) -> None:
    scene = Scene(actions="no")
    arn = scene.aws.has("one", "RUNNING" if action is Action.CANCEL else "FAILED")
    with pytest.raises(Conflict) as refused:
        scene.act(arn, action, by=ANNA)
    assert "breakwater:actions=allow" in refused.value.message
    assert not {"StopExecution", "StartExecution", "RedriveExecution"} & set(scene.aws.asked)


def test_a_viewer_is_told_which_role_is_needed() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    with pytest.raises(Forbidden) as refused:
        scene.act(arn, Action.CANCEL, by=VIEWER)
    assert "commander or operator" in refused.value.message


def test_throttled_by_aws_it_says_when_to_try_again_and_that_nothing_was_done() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    scene.aws.refuse_always = {"StopExecution": "ThrottlingException"}
    with pytest.raises(Unavailable) as refused:
        scene.act(arn, Action.CANCEL)
    assert refused.value.headers == {"Retry-After": "5"}
    assert scene.trail.actions[-1] == "workflowCancelRefused"


def test_an_execution_of_the_recovery_machine_is_acted_on_as_its_run_only() -> None:
    scene = Scene()
    name = "20261120-030000-0000000a"
    scene.aws.tagged("Recovery", actions="allow")
    arn = scene.aws.has(name, machine="Recovery")
    with pytest.raises(Conflict) as refused:
        scene.act(arn, Action.CANCEL, by=ANNA)
    assert f"/workflows/{name}" in refused.value.message


def test_nobodys_id_is_404_and_what_only_the_index_knows_410() -> None:
    scene = Scene()
    with pytest.raises(NotFound):
        scene.act(arn_of("nobody"), Action.CANCEL)
    scene.rows[arn_of("old")] = {"status": "FAILED", "executionName": "old"}
    with pytest.raises(Gone):
        scene.act(arn_of("old"), Action.CANCEL)
