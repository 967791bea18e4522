"""Pause and resume of executions whose state machine has a gate."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from breakwater.platform.http.errors import Conflict
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.engines.step_functions.acting.execution_now import ExecutionNow
from breakwater.workflows.workflow import Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import PAUSED, RUNNING

Done = tuple[Acted, Mapping[str, Any]]


class Gates(Protocol):
    """See workflows.gates.gate_calls."""

    def look(self, gate: str, execution_arn: str) -> Mapping[str, Any]:
        """How an execution stands at its gate."""

    def pause(self, gate: str, execution_arn: str, *, by: str, reason: str) -> Mapping[str, Any]:
        """Hold it when it arrives."""

    def resume(self, gate: str, execution_arn: str, *, digest: str | None) -> Mapping[str, Any]:
        """Let it go."""


class AtGates:
    """Holds executions, and lets them go."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates

    def told(self, now: ExecutionNow, workflow: Workflow) -> Workflow:
        """With what the gate knows: is it held, and does anybody want it held?"""
        stands = self._gates.look(_gate(now), now.arn)
        asked = stands.get("asked")
        facts = {**workflow.facts, "pauseAskedBy": asked["by"] if asked else None}
        status = PAUSED if stands.get("waiting") else workflow.status
        return replace(workflow, status=status, facts=facts)

    def pause(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        """It is held when it reaches its gate; until then it goes on."""
        self._gates.pause(_gate(now), now.arn, by=asked.by.name, reason=asked.reason)
        acted = Acted(
            status="accepted",
            new_status=RUNNING,
            message="A pause is asked for: it goes on until it reaches its gate, and is PAUSED "
            "there. If it is past its last gate, it is not held any more.",
            workflow_id=WorkflowId(EngineName.STEP_FUNCTIONS, now.arn),
        )
        return acted, {}

    def resume(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        """The callback that waits is answered; a pause that was not reached is called off."""
        digest = asked.options.get("digest")
        after = self._gates.resume(_gate(now), now.arn, digest=digest)
        answered = list(after.get("answered", ()))
        said = (
            f"It goes on from {', '.join(answered)}, with what it arrived with."
            if answered
            else "The pause is called off: it had not reached its gate."
        )
        acted = Acted(
            status="done",
            new_status=RUNNING,
            message=said,
            workflow_id=WorkflowId(EngineName.STEP_FUNCTIONS, now.arn),
        )
        return acted, {"gates": answered}

    def preview(self, now: ExecutionNow) -> Mapping[str, Any]:
        """What a resume would send, and to whom."""
        stands = self._gates.look(_gate(now), now.arn)
        waiting = [
            f"{one['gate']}, since {one['since']}, until {one['until']} at most"
            for one in stands["waiting"]
        ]
        held = f"It waits at {'; '.join(waiting)}." if waiting else "It has not reached its gate."
        return {
            "willSend": stands["answer"] if waiting else None,
            "digest": stands["digest"],
            "message": f"{held} The gate gives on what it was given: the answer changes nothing.",
        }


def _gate(now: ExecutionNow) -> str:
    if now.gate is None:
        raise Conflict("Its state machine has no gate to pause at.")
    return now.gate
