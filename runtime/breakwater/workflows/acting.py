"""The one place where people act on workflows, one by one or many.

It finds the engine by the id; the engine looks at the workflow as it is now, checks who asks and
whether it is possible, does it, and writes it down. Nobody else calls `act` of an engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from breakwater.platform.http.errors import NotFound
from breakwater.platform.http.identity import Identity
from breakwater.workflows.engine_port import Acted, ActingEngine, ActionAsked
from breakwater.workflows.workflow import Action, Workflow
from breakwater.workflows.workflow_id import EngineName, NotAnId, WorkflowId


class Compensating(Protocol):
    """An engine whose cancels may leave something undone."""

    def compensate_left(self, wanted: WorkflowId, asked: ActionAsked) -> Acted | None:
        """Start what was left; None: nothing was."""


class ActionDesk:
    """Takes what people want of workflows."""

    def __init__(
        self,
        engines: Mapping[EngineName, ActingEngine],
        clock: Callable[[], datetime],
        compensating: Compensating | None = None,
    ) -> None:
        """
        :param compensating: the engine whose cancels are looked after.
        """
        self._engines = engines
        self._clock = clock
        self._compensating = compensating

    def compensate_left(self, workflow_id: str, *, by: Identity) -> Acted | None:
        """Some time after a cancel: start its compensation if nobody came to it.

        :param by: who cancelled it; in their name it is done.
        """
        asked = ActionAsked(
            action=Action.CANCEL,
            by=by,
            reason="Its compensation was not started by the cancel itself.",
            at=self._clock(),
            options={},
        )
        wanted = wanted_workflow(workflow_id)
        return self._compensating.compensate_left(wanted, asked) if self._compensating else None

    def act(
        self,
        workflow_id: str | WorkflowId,
        action: Action,
        *,
        by: Identity,
        reason: str,
        options: Mapping[str, Any] | None = None,
        request: str | None = None,
    ) -> Acted:
        """Do it. Forbidden names the role that is missing, Conflict why it is not possible now,
        Unavailable (with Retry-After) that AWS throttles; NotFound and Gone that it is not there.

        :param request: see `ActionAsked`.
        """
        wanted = wanted_workflow(workflow_id)
        asked = ActionAsked(
            action=action,
            by=by,
            reason=reason,
            at=self._clock(),
            options=options or {},
            request=request,
        )
        return self._engines[wanted.engine].act(wanted, asked)

    def preview(
        self, workflow_id: str | WorkflowId, action: Action, *, by: Identity
    ) -> Mapping[str, Any]:
        """What it would do; changes nothing."""
        wanted = wanted_workflow(workflow_id)
        return self._engines[wanted.engine].preview(wanted, action, by)

    def current(self, workflow_id: str | WorkflowId, *, by: Identity) -> Workflow:
        """As it is at this moment, with what this person may do with it."""
        wanted = wanted_workflow(workflow_id)
        engine = self._engines[wanted.engine]
        workflow = engine.current(wanted)
        return replace(workflow, capabilities=engine.capabilities(workflow, by))


def wanted_workflow(workflow_id: str | WorkflowId) -> WorkflowId:
    """Which one is meant; NotFound if it can be none."""
    if isinstance(workflow_id, WorkflowId):
        return workflow_id
    try:
        return WorkflowId.parse(workflow_id)
    except NotAnId as nobodys:
        raise NotFound(str(nobodys)) from nobodys
