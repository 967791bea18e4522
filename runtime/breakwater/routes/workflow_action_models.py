"""Actions as the API tells them."""

from pydantic import Field

from breakwater.platform.http.models import Model


class WorkflowActed(Model):
    """What came of an action."""

    status: str = Field(description="`done`, or `accepted`: it takes effect later")
    new_status: str = Field(description="of the workflow that `workflowId` names")
    message: str
    workflow_id: str = Field(description="the same one, or the new one that was started")


class RetryFrom(Model):
    """A step that a retry may begin with."""

    step: str
    way: str = Field(description="`redrive`: it goes on there; `new`: a new execution or run")


class CompensationTold(Model):
    """What makes good again what a workflow did."""

    state_machine_arn: str
    execution_arn: str | None = Field(description="null: not started")
    status: str = Field(description="WANTED, RUNNING, COMPLETED, FAILED, TIMED_OUT, CANCELLED")
    error: str | None = None
    cause: str | None = None
    tries: int


class WorkflowActionPreview(Model):
    """What an action would do; what does not belong to it is null."""

    message: str
    way: str | None = Field(default=None, description="of a retry: `redrive` or `new`")
    redrive_status: str | None = Field(default=None, description="in AWS's word")
    redrive_status_reason: str | None = Field(default=None, description="AWS's own reason, if not")
    from_steps: list[RetryFrom] = Field(default=[], description="where a retry may begin")
    runs_again: list[str] = Field(default=[], description="steps; of many, the first")
    runs_again_total: int | None = None
    events_used: int | None = None
    events_left: int | None = Field(default=None, description="of the 25,000 that AWS allows")
    definition_changed: bool | None = Field(
        default=None, description="since it started; null: AWS does not tell now"
    )
    new_name: str | None = Field(default=None, description="of what would be started")
    input: str | None = Field(default=None, description="of a clone: JSON as text, redacted")
    input_redacted: bool | None = Field(default=None, description="not all of it is shown")
    started_by: str | None = Field(default=None, description="ARN of machine, alias or version")
    waves: list[str] | None = Field(default=None, description="of a run: those that are held")
    will_send: str | None = Field(
        default=None, description="of a resume at a gate: the answer, JSON as text, redacted"
    )
    digest: str | None = Field(default=None, description="of exactly that answer: send it back")
    compensation: CompensationTold | None = None
