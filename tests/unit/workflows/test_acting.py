"""People act on executions: only where the owner allows it, once, and with a record."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from breakwater.contract import Role
from breakwater.platform.http.errors import Conflict, Forbidden, Gone, NotFound, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.reader import Reader
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.action_trail import ActionTrail
from breakwater.workflows.engines.step_functions.acting.execution_actions import ExecutionActions
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.names import (
    LONGEST,
    clone_name,
    compensation_name,
    retry_name,
)
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.workflow import Action
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.workflows.acted_on import ActedOn, arn_of
from tests.unit.workflows.conftest import ANNA, NOW, RECOVERY, VIEWER
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_step_functions_engine import failing

OLGA = Identity(subject="olga", name="olga@example.com", roles=frozenset({Role.OPERATOR}))


def id_of(arn: str) -> WorkflowId:
    return WorkflowId(EngineName.STEP_FUNCTIONS, arn)


@dataclass
class Trail:
    """The audit trail's table."""

    items: list[dict[str, Any]] = field(default_factory=list)

    def put_item(self, **words: Any) -> None:
        self.items.append({name: next(iter(v.values())) for name, v in words["Item"].items()})

    @property
    def actions(self) -> list[str]:
        return [item["action"] for item in self.items]


class Scene:
    """A desk over some executions."""

    def __init__(self, **tags: str) -> None:
        self.aws = ActedOn()
        self.aws.tagged(**(tags or {"actions": "allow"}))
        self.trail = Trail()
        self.rows: dict[str, dict[str, Any]] = {}
        control = ExecutionControl(self.aws)
        reader = Reader(self.aws, CallBudget(), pause=lambda _seconds: None)
        timelines = GrowingTimelines(reader, lambda: NOW)
        self.engine = ExecutionActions(
            rows=self.rows,
            executions=reader,
            control=control,
            retries=Retries(executions=reader, timelines=timelines, control=control),
            trail=ActionTrail(self.trail, "audit", lambda: NOW),
            recovery_machine=RECOVERY,
            clock=lambda: NOW,
        )
        self.desk = ActionDesk({EngineName.STEP_FUNCTIONS: self.engine}, lambda: NOW)

    def act(self, arn: str, action: Action, by: Identity = OLGA, **options: Any) -> Any:
        return self.desk.act(id_of(arn), action, by=by, reason="it hangs", options=options)


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


def test_a_retry_redrives_where_aws_allows_it() -> None:
    scene = Scene()
    arn = scene.aws.has("one", "FAILED")
    done = scene.act(arn, Action.RETRY)
    assert (done.status, done.new_status, done.workflow_id) == ("accepted", "RUNNING", id_of(arn))
    assert scene.aws.executions[arn].redrives == 1


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
