"""A canonical workflow event: what somebody publishes of a workflow that runs elsewhere.

An event says how the workflow stands, and may say how one of its steps stands. Of two events the
one with the higher `sequence` is right, whenever it arrives. docs/custom-workflows.md explains;
docs/schemas/workflow-event.schema.json is made from this.
"""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, JsonValue, model_validator

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.http.models import Model

DETAIL_TYPE = contract.WORKFLOW_EVENT
LARGEST_PAYLOAD = 65_536  # characters of JSON: an item of DynamoDB has 400 KB
MOST_ATTEMPTS = 50

Status = Literal[
    "PENDING",
    "RUNNING",
    "PAUSED",
    "CANCELLING",
    "COMPLETED",
    "FAILED",
    "TIMED_OUT",
    "CANCELLED",
]
StepStatus = Literal["pending", "running", "succeeded", "caught", "failed", "timedOut", "aborted"]
Short = Annotated[str, Field(min_length=1, max_length=128)]
Text = Annotated[str, Field(min_length=1, max_length=2048)]
Seconds = Annotated[float, Field(gt=0, lt=1e9, allow_inf_nan=False)]
Found = Annotated[str, Field(max_length=256)] | bool | int | float


class ProgressSaid(Model):
    """How far it is, counted by whoever publishes."""

    completed: int = Field(ge=0, le=1_000_000_000)
    total: int = Field(ge=0, le=1_000_000_000)


class StepSaid(Model):
    """How one step stands."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")
    name: Short
    type: Short = "Task"
    status: StepStatus
    attempt: int = Field(default=1, ge=1, le=MOST_ATTEMPTS)
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    error: Short | None = None
    cause: Text | None = None
    input: JsonValue = None
    output: JsonValue = None
    compensation: bool | None = Field(default=None, description="it makes good what others did")

    @model_validator(mode="after")
    def _fits(self) -> "StepSaid":
        for name in ("input", "output"):
            size = len(json.dumps(getattr(self, name), ensure_ascii=False))
            if size > LARGEST_PAYLOAD:
                raise ValueError(
                    f"{name} has {size} characters; at most {LARGEST_PAYLOAD} are kept: publish "
                    "where it is stored instead"
                )
        return self


class WorkflowEvent(Model):
    """One event, as the detail of an EventBridge event of type "Breakwater Workflow Event"."""

    schema_version: Literal[1]
    source: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$", description="who publishes: a system, not a workflow"
    )
    workflow_id: str = Field(
        pattern=r"^[A-Za-z0-9_.:-]{1,128}$", description="names the workflow within its source"
    )
    sequence: int = Field(
        ge=0, lt=2**63, description="higher is later; the same event has the same number again"
    )
    time: AwareDatetime = Field(description="when what it tells of happened")
    type: Short = Field(description="what kind of workflow: the list filters by it")
    status: Status
    name: Short | None = None
    version: Short | None = None
    started_at: AwareDatetime | None = Field(
        default=None, description="else the time of the earliest event"
    )
    ended_at: AwareDatetime | None = Field(
        default=None, description="else the time of the event that tells of the end"
    )
    sla_target_seconds: Seconds | None = None
    priority: Short | None = None
    triggered_by: Short | None = None
    trigger_type: Short | None = None
    tags: dict[Short, Annotated[str, Field(max_length=256)]] | None = Field(
        default=None, max_length=20
    )
    search: dict[Short, Found] | None = Field(
        default=None, max_length=10, description="the list finds workflows by these"
    )
    metadata: dict[Short, Annotated[str, Field(max_length=1024)]] | None = Field(
        default=None, max_length=20
    )
    current_step: Short | None = None
    progress: ProgressSaid | None = None
    error: Short | None = None
    cause: Text | None = None
    step: StepSaid | None = None

    @property
    def key(self) -> str:
        """Of its row in the index."""
        return f"custom.{self.source}.{self.workflow_id}"

    @property
    def rank(self) -> str:
        """Sorts as text in the order of events. Different events never have the same."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()[:12]
        return f"{self.sequence:020d}|{clock.iso(self.time)}|{digest}"

    def said(self) -> dict[str, Any]:
        """What it says of the workflow: only what it names."""
        values: dict[str, Any] = {
            "status": self.status,
            "statusAt": clock.iso(self.time),
            "type": self.type,
        }
        for name in _SAID:
            value = getattr(self, name)
            if value is not None:
                values[name] = _plain(value)
        return values


_SAID = (
    *("name", "version", "started_at", "ended_at", "sla_target_seconds", "priority"),
    *("triggered_by", "trigger_type", "tags", "search", "metadata", "current_step", "progress"),
    *("error", "cause"),
)


def step_said(step: StepSaid) -> dict[str, Any]:
    """What an event says of a step: only what it names."""
    values: dict[str, Any] = {"name": step.name, "type": step.type, "status": step.status}
    for name in ("started_at", "ended_at", "error", "cause", "compensation"):
        value = getattr(step, name)
        if value is not None:
            values[name] = _plain(value)
    for name in ("input", "output"):
        if getattr(step, name) is not None:
            values[name] = json.dumps(getattr(step, name), ensure_ascii=False)
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.model_dump(mode="json")
    return clock.iso(value) if hasattr(value, "isoformat") else value


def schema() -> dict[str, Any]:
    """The JSON schema of an event's detail."""
    described = WorkflowEvent.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
