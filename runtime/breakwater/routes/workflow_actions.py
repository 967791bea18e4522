"""/workflows/{workflowId}/pause, resume, cancel, retry, clone: people act on workflows.

POST does it; GET tells before what it would do, where there is something to be told.
"""

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import Field

from breakwater.platform.http.caller import caller, request_mark
from breakwater.platform.http.errors import (
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.routes.workflow_action_models import WorkflowActed, WorkflowActionPreview
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.workflow import Action
from breakwater.workflows.workflow_id import LONGEST

Id = Annotated[str, Path(min_length=1, max_length=LONGEST, pattern=r"^[0-9A-Za-z_.:-]+$")]
Step = Annotated[str | None, Field(min_length=1, max_length=300)]
_ERRORS = (Conflict, Forbidden, Gone, NotFound, Unavailable, Unprocessable)


class WhyDraft(Model):
    """Why."""

    reason: str = Field(min_length=3, max_length=500, description="why, for the audit trail")


class GoOnDraft(WhyDraft):
    """How to go on."""

    waves: list[Annotated[str, Field(max_length=80)]] | None = Field(
        default=None, max_length=50, description="of a run: names; all that are held if left out"
    )
    digest: str | None = Field(
        default=None,
        max_length=64,
        description="at a gate: of what GET …/resume has shown; 409 if another answer waits",
    )


class StopDraft(WhyDraft):
    """How to cancel."""

    cleanup: bool = Field(default=False, description="of a drill: terminate what it launched")
    compensate: bool | None = Field(
        default=None,
        description="run the compensation machine; left out: where one is declared",
    )


class AgainDraft(WhyDraft):
    """From where to try again."""

    from_step: Step = Field(
        default=None, description="id, path or name of the failed step or the first; or a wave"
    )
    plan_name: str | None = Field(
        default=None, max_length=80, description="a real recovery: the plan's name, typed"
    )


class CloneDraft(WhyDraft):
    """What another one is given."""

    input: Any = Field(default=None, description="JSON; left out: the one that it had itself")
    name: str | None = Field(
        default=None, max_length=80, description="letters, digits, - and _; left out: one is made"
    )


def routes(desk: ActionDesk) -> list[Route]:
    """The routes, over this desk."""

    def acted(workflow_id: str, action: Action, draft: WhyDraft, **options: Any) -> WorkflowActed:
        given = {name: value for name, value in options.items() if value is not None}
        done = desk.act(
            *(workflow_id, action),
            by=caller(),
            reason=draft.reason,
            options=given,
            request=request_mark(),
        )
        return WorkflowActed(
            status=done.status,
            new_status=done.new_status,
            message=done.message,
            workflow_id=str(done.workflow_id),
        )

    def pause_workflow(workflow_id: Id, draft: Annotated[WhyDraft, Body()]) -> WorkflowActed:
        return acted(workflow_id, Action.PAUSE, draft)

    def resume_workflow(workflow_id: Id, draft: Annotated[GoOnDraft, Body()]) -> WorkflowActed:
        return acted(workflow_id, Action.RESUME, draft, waves=draft.waves, digest=draft.digest)

    def cancel_workflow(workflow_id: Id, draft: Annotated[StopDraft, Body()]) -> WorkflowActed:
        return acted(
            *(workflow_id, Action.CANCEL, draft),
            cleanup=draft.cleanup,
            compensate=draft.compensate,
        )

    def retry_workflow(workflow_id: Id, draft: Annotated[AgainDraft, Body()]) -> WorkflowActed:
        return acted(
            *(workflow_id, Action.RETRY, draft),
            fromStep=draft.from_step,
            planName=draft.plan_name,
        )

    def clone_workflow(workflow_id: Id, draft: Annotated[CloneDraft, Body()]) -> WorkflowActed:
        return acted(workflow_id, Action.CLONE, draft, input=draft.input, name=draft.name)

    does: dict[Action, tuple[str, Callable[..., Any]]] = {
        Action.PAUSE: ("Pause it at its gate", pause_workflow),
        Action.RESUME: ("Answer what waits, and go on", resume_workflow),
        Action.CANCEL: ("Stop it, and make good again what it did", cancel_workflow),
        Action.RETRY: ("Redrive what failed, or start anew", retry_workflow),
        Action.CLONE: ("Start another one like it", clone_workflow),
    }
    return [
        *(_act(action, summary, call) for action, (summary, call) in does.items()),
        *(_before(desk, action) for action in does if action is not Action.PAUSE),
    ]


def _act(action: Action, summary: str, call: Callable[..., Any]) -> Route:
    return Route(
        method="POST",
        path=f"/workflows/<workflow_id>/{action.value}",
        permission=Permission.RUN_DRILL,
        summary=f"{summary}. A real recovery: commanders only",
        call=call,
        errors=list(_ERRORS),
        success=202,
        idempotent=True,
    )


def _before(desk: ActionDesk, action: Action) -> Route:
    def preview(workflow_id: Id) -> WorkflowActionPreview:
        told = desk.preview(workflow_id, action, by=caller())
        return WorkflowActionPreview.model_validate(dict(told))

    preview.__name__ = f"preview_workflow_{action.value}"
    return Route(
        method="GET",
        path=f"/workflows/<workflow_id>/{action.value}",
        permission=Permission.RUN_DRILL,
        summary=f"What {action.value} would do; changes nothing",
        call=preview,
        errors=list(_ERRORS),
    )
