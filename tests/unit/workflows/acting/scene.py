"""A desk over executions that can be acted on, with gates, notes, audit trail and queue."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from breakwater.contract import Role
from breakwater.platform.http.errors import (
    Conflict,
)
from breakwater.platform.http.identity import Identity
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.action_trail import ActionTrail
from breakwater.workflows.engines.step_functions.acting.at_gates import AtGates
from breakwater.workflows.engines.step_functions.acting.compensations import Compensations
from breakwater.workflows.engines.step_functions.acting.execution_actions import ExecutionActions
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNote
from breakwater.workflows.engines.step_functions.compensation.reminder import Reminders
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.gates.gate import PauseGate, Refused
from breakwater.workflows.workflow import Action
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.timeline.fake_step_functions import reader_of
from tests.unit.workflows.acted_on import ActedOn, Execution, refusal
from tests.unit.workflows.conftest import NOW, RECOVERY
from tests.unit.workflows.test_gate import Book

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
        reader = reader_of(self.aws)
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


GATED = {"actions": "allow", "pause_gate": "arn:aws:lambda:eu-west-1:111122223333:function:gate"}


def compensated(**undo: str) -> Scene:
    """Orders, whose owner declares a machine that undoes them."""
    scene = Scene(actions="allow", compensation="undo-orders")
    scene.aws.tagged("undo-orders", **(undo or {"actions": "allow"}))
    return scene


def undoing(scene: Scene) -> list[Execution]:
    return [one for one in scene.aws.executions.values() if one.machine == "undo-orders"]
