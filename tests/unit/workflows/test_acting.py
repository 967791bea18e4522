"""People act on executions: only where the owner allows it, once, and with a record."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.contract import Role
from breakwater.platform.http.errors import (
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.identity import Identity
from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.reader import Reader
from breakwater.timeline.timeline import reconstruct
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.action_trail import ActionTrail
from breakwater.workflows.engines.step_functions.acting.at_gates import AtGates
from breakwater.workflows.engines.step_functions.acting.compensations import Compensations
from breakwater.workflows.engines.step_functions.acting.execution_actions import ExecutionActions
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.names import (
    LONGEST,
    clone_name,
    compensation_name,
    retry_name,
)
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.engines.step_functions.compensation.compensation_input import (
    compensation_input,
)
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNote
from breakwater.workflows.engines.step_functions.compensation.reminder import Reminders, reminded
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.gates.gate import PauseGate, Refused
from breakwater.workflows.workflow import Action
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.workflows.acted_on import ActedOn, Execution, arn_of, refusal
from tests.unit.workflows.conftest import ANNA, NOW, RECOVERY, VIEWER
from tests.unit.workflows.histories_made import Written, chain, task
from tests.unit.workflows.test_gate import Book
from tests.unit.workflows.test_step_functions_engine import failing, waiting

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


class Gates:
    """Gates' functions, without Lambda: one book for all."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.gate = PauseGate(
            Book(),
            lambda token, _: self.answered.append(token),
            tell=lambda _arn, _word: None,
            seconds=60,
            clock=lambda: NOW,
        )

    def look(self, gate: str, execution_arn: str) -> Any:
        return self.gate.look(execution_arn)

    def pause(self, gate: str, execution_arn: str, *, by: str, reason: str) -> Any:
        return self._said(lambda: self.gate.pause(execution_arn, by, reason))

    def resume(self, gate: str, execution_arn: str, *, digest: str | None) -> Any:
        return self._said(lambda: self.gate.resume(execution_arn, digest))

    def _said(self, do: Callable[[], Any]) -> Any:
        try:
            return do()
        except Refused as refused:
            raise Conflict(str(refused)) from refused


class Notes:
    """What is noted of compensations, in memory."""

    def __init__(self) -> None:
        self.known: dict[str, CompensationNote] = {}

    def of(self, execution_arns: Any) -> Any:
        return {one: self.known[one] for one in execution_arns if one in self.known}

    def want(self, execution_arn: str, note: CompensationNote) -> None:
        before = self.known.get(execution_arn)
        if before is None or before.redrives < note.redrives:
            self.known[execution_arn] = note

    def begun(self, execution_arn: str, *, tries: int, started: str) -> None:
        note = self.known[execution_arn]
        if note.tries < tries:
            self.known[execution_arn] = replace(note, tries=tries, started=started)

    def withdraw(self, execution_arn: str, *, redrives: int) -> None:
        note = self.known[execution_arn]
        if (note.redrives, note.tries) == (redrives, 0):
            self.known[execution_arn] = replace(note, redrives=-1)


class Queue:
    """The queue of bulks; its messages come later."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.is_away = False

    def send_message(self, **words: Any) -> None:
        if self.is_away:
            raise refusal("ServiceUnavailable", "away")
        assert 120 < words["DelaySeconds"] <= 900  # longer than functions live; the most of SQS
        self.messages.append(json.loads(words["MessageBody"]))


class Scene:
    """A desk over some executions."""

    def __init__(self, **tags: str) -> None:
        self.aws = ActedOn()
        self.aws.tagged(**(tags or {"actions": "allow"}))
        self.trail = Trail()
        self.rows: dict[str, dict[str, Any]] = {}
        self.gates = Gates()
        self.notes = Notes()
        self.queue = Queue()
        control = ExecutionControl(self.aws)
        reader = Reader(self.aws, CallBudget(), pause=lambda _seconds: None)
        timelines = GrowingTimelines(reader, lambda: NOW)
        self.engine = ExecutionActions(
            rows=self.rows,
            executions=reader,
            control=control,
            gates=AtGates(self.gates),
            compensations=Compensations(
                notes=self.notes,
                executions=reader,
                timelines=timelines,
                control=control,
                reminders=Reminders(self.queue, "https://queue"),
            ),
            retries=Retries(executions=reader, timelines=timelines, control=control),
            trail=ActionTrail(self.trail, "audit", lambda: NOW),
            recovery_machine=RECOVERY,
            clock=lambda: NOW,
        )
        self.desk = ActionDesk({EngineName.STEP_FUNCTIONS: self.engine}, lambda: NOW, self.engine)

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


GATED = {"actions": "allow", "pause_gate": "arn:aws:lambda:eu-west-1:111122223333:function:gate"}


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


STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE", "NEW_WORD"]


@given(
    status=st.sampled_from(STATUSES),
    allowed=st.booleans(),
    gated=st.booleans(),
    pause_asked=st.booleans(),
    held=st.booleans(),
    machine=st.sampled_from(["orders", "orders/map"]),
    days=st.sampled_from([1, 20]),
    by=st.sampled_from([ANNA, OLGA, VIEWER]),
    action=st.sampled_from([one for one in Action if one is not Action.EXPORT]),
)
@settings(max_examples=400, deadline=None)
def test_what_is_told_to_be_possible_is_and_what_is_not_is_not(
    *,
    status: str,
    allowed: bool,
    gated: bool,
    pause_asked: bool,
    held: bool,
    machine: str,
    days: int,
    by: Identity,
    action: Action,
) -> None:
    gate = {"pause_gate": GATED["pause_gate"]} if gated else {}
    scene = Scene(actions="allow" if allowed else "deny", **gate)
    stopped = None if status in ("RUNNING", "PENDING_REDRIVE") else NOW - timedelta(days=days)
    arn = scene.aws.has("one", status, failing(1), machine=machine, stopped=stopped)
    if pause_asked:
        scene.gates.gate.pause(arn, "anna", "why")
        if held:
            scene.gates.gate.arrive(arn, "Gate", "token")
    told = scene.desk.current(id_of(arn), by=by).capabilities[action]
    refused: Forbidden | Conflict | None = None
    try:
        scene.act(arn, action, by=by)
    except (Forbidden, Conflict) as error:
        refused = error
    assert told.possible is (refused is None), refused
    if isinstance(refused, Conflict):
        assert refused.message == told.reason


def compensated(**undo: str) -> Scene:
    """Orders, whose owner declares a machine that undoes them."""
    scene = Scene(actions="allow", compensation="undo-orders")
    scene.aws.tagged("undo-orders", **(undo or {"actions": "allow"}))
    return scene


def undoing(scene: Scene) -> list[Execution]:
    return [one for one in scene.aws.executions.values() if one.machine == "undo-orders"]


def test_a_cancel_runs_the_compensation_with_the_steps_that_completed() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(2, ended=False))
    assert scene.desk.preview(id_of(arn), Action.CANCEL, by=OLGA)["compensation"]["status"] == (
        "DECLARED"
    )
    done = scene.act(arn, Action.CANCEL)
    assert (done.status, done.new_status, done.workflow_id) == (
        *("accepted", "CANCELLING"),
        id_of(arn),
    )
    [undo] = undoing(scene)
    given = json.loads(undo.input)
    assert [(one["name"], one["output"]) for one in given["steps"]] == [
        ("Step 0", {"b": 2}),
        ("Step 1", {"b": 2}),
    ]
    assert given["compensationOf"]["executionArn"] == arn
    assert (given["outputsOmitted"], given["stepsOmitted"]) == (False, 0)
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLING"
    undo.status = "SUCCEEDED"
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLED"


def test_a_failed_compensation_is_told_never_reads_as_done_and_can_be_run_again() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    [undo] = undoing(scene)
    with pytest.raises(Conflict, match="RUNNING"):
        scene.act(arn, Action.RETRY)
    undo.status, undo.error, undo.cause = "FAILED", "NoBank", "it is closed"
    told = scene.desk.current(id_of(arn), by=OLGA)
    assert (told.status, told.error) == ("CANCELLING", "CompensationFailed")
    assert "it is closed" in str(told.cause)
    preview = scene.desk.preview(id_of(arn), Action.RETRY, by=OLGA)
    assert preview["compensation"]["error"] == "NoBank"
    again = scene.act(arn, Action.RETRY)
    assert again.new_status == "CANCELLING"
    first, second = undoing(scene)
    assert (first.input, second.status) == (second.input, "RUNNING")
    assert second.name == f"{first.name}-2"
    second.status = "SUCCEEDED"
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLED"


def test_what_was_made_good_again_is_not_redriven_but_starts_anew() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    undoing(scene)[0].status = "SUCCEEDED"
    told = scene.desk.preview(id_of(arn), Action.RETRY, by=OLGA)
    assert told["way"] == "new"
    assert "made good again" in told["redriveStatusReason"]
    done = scene.act(arn, Action.RETRY)
    assert done.workflow_id != id_of(arn)
    assert scene.aws.executions[arn].redrives == 0


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


def test_it_is_started_once_for_each_try_whoever_asks_how_often() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    now = scene.engine._now(id_of(arn))
    for _ in range(3):
        scene.engine._compensations.begin(now)
        scene.engine._compensations.again(now)
    assert len(undoing(scene)) == 1


def test_without_leave_to_start_the_compensation_nothing_is_stopped() -> None:
    scene = compensated(actions="no")
    arn = scene.aws.has("one")
    with pytest.raises(Conflict, match="Nothing was stopped"):
        scene.act(arn, Action.CANCEL)
    assert scene.aws.executions[arn].status == "RUNNING"
    assert scene.act(arn, Action.CANCEL, compensate=False).new_status == "CANCELLED"
    assert undoing(scene) == []


def test_where_none_is_declared_it_is_not_compensated_and_asked_for_all_the_same_a_409() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    with pytest.raises(Conflict, match="declares no compensation"):
        scene.act(arn, Action.CANCEL, compensate=True)
    assert scene.act(arn, Action.CANCEL).new_status == "CANCELLED"


def test_redriven_since_a_cancel_is_a_cancel_of_its_own() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    one = scene.aws.executions[arn]
    one.status, one.redrives = "RUNNING", 1  # by somebody, in AWS's own console
    scene.act(arn, Action.CANCEL)
    assert len(undoing(scene)) == 2


@pytest.mark.parametrize(("steps", "size", "omitted"), [(3, 200_000, 0), (4000, 10, None)])
def test_what_step_functions_would_not_take_is_left_out_and_told(
    steps: int, size: int, omitted: int | None
) -> None:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    for number in range(steps):
        task(write, f"Step {number} {'x' * 60}", output=json.dumps("o" * size))
    text = compensation_input(
        reconstruct(write.events), execution_arn="a", machine="m", by="olga", reason="why"
    )
    told = json.loads(text)
    assert len(text.encode()) <= 250_000
    assert told["outputsOmitted"]
    assert told["stepsOmitted"] == (steps - len(told["steps"]) if omitted is None else omitted)
    assert told["steps"][-1]["name"].startswith(f"Step {steps - 1} ")


def test_half_a_letter_in_an_output_keeps_no_compensation_from_its_start() -> None:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    task(write, "Charge", output=r'"\ud800"')
    text = compensation_input(
        reconstruct(write.events), execution_arn="a", machine="m", by="olga", reason="why"
    )
    assert json.loads(text.encode().decode())["steps"][0]["output"] == "?"


def test_a_compensation_is_given_no_task_token() -> None:
    scene = compensated()
    events = waiting()[:-1]
    arn = scene.aws.has("one", events=events)
    scene.act(arn, Action.CANCEL)
    [undo] = undoing(scene)
    assert "short-token-of-an-odd-service" not in undo.input
    assert [one["name"] for one in json.loads(undo.input)["compensationOf"]["interrupted"]] == [
        "Ask"
    ]


def test_a_gate_that_fails_keeps_nobody_from_a_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(actions="allow", pause_gate="arn:of:a:gate")
    arn = scene.aws.has("one")

    def fails(*_: Any) -> Any:
        raise Conflict("The tag breakwater:pause-gate names a function which does not exist.")

    monkeypatch.setattr(scene.gates, "look", fails)
    with pytest.raises(Conflict):
        scene.act(arn, Action.PAUSE)
    assert scene.act(arn, Action.CANCEL).new_status == "CANCELLED"


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


def test_a_compensation_machine_that_does_not_exist_is_told_with_what_is_possible() -> None:
    scene = compensated()
    arn = scene.aws.has("one")
    known = scene.aws.list_tags_for_resource

    def tags(**words: Any) -> Any:
        if words["resourceArn"].endswith(":undo-orders"):
            raise refusal("ResourceNotFound", "no such thing")
        return known(**words)

    scene.aws.list_tags_for_resource = tags  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="compensate=false"):
        scene.act(arn, Action.CANCEL)
    assert scene.aws.executions[arn].status == "RUNNING"
    assert scene.act(arn, Action.CANCEL, compensate=False).new_status == "CANCELLED"


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
