"""Publishes what happens in a workflow that runs elsewhere, so that Breakwater shows it.

    from breakwater.publish import Workflow

    with Workflow("billing", "2026-11", type="invoice-run", sla_target_seconds=3600) as run:
        with run.step("Collect"):
            ...
        run.progress(completed=1, total=3)
        with run.step("Send", input={"count": 17}) as step:
            step.output = {"sent": 17}

The block's end is COMPLETED; an exception is FAILED with its name, and goes on. Outside of a block:
`started()`, `says(...)`, `ended(...)`. Needs boto3 and the right to put events on the bus, whose
name is in BREAKWATER_WORKFLOW_BUS. What AWS does not take is raised as NotPublished.

This file needs nothing else of Breakwater but the folder `breakwater/contract/`.
docs/custom-workflows.md tells what an event may say.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import boto3

from breakwater import contract

SCHEMA_VERSION = 1
_LONGEST_CAUSE = 2048
_LONGEST_ERROR = 128


class NotPublished(RuntimeError):
    """The bus did not take the event; the message says why."""


@dataclass(slots=True, kw_only=True)
class Step:
    """A step that is under way: set its `output` before its block ends."""

    id: str
    name: str
    output: Any = None


@dataclass(slots=True)
class Workflow:
    """One workflow. Safe to make again after a crash: later events have higher sequences."""

    source: str
    """Which system publishes: letters, digits, _ and -."""

    workflow_id: str
    """Names the workflow within its source: letters, digits and _ . : -"""

    type: str = field(kw_only=True)
    """What kind of workflow it is: the list filters by it."""

    name: str | None = field(default=None, kw_only=True)
    sla_target_seconds: float | None = field(default=None, kw_only=True)
    priority: str | None = field(default=None, kw_only=True)
    triggered_by: str | None = field(default=None, kw_only=True)
    trigger_type: str | None = field(default=None, kw_only=True)
    version: str | None = field(default=None, kw_only=True)
    tags: Mapping[str, str] | None = field(default=None, kw_only=True)
    search: Mapping[str, str | float | bool] | None = field(default=None, kw_only=True)
    metadata: Mapping[str, str] | None = field(default=None, kw_only=True)
    bus: str | None = field(default=None, kw_only=True)
    """Name or ARN of the event bus; default: BREAKWATER_WORKFLOW_BUS."""

    client: Any = field(default=None, kw_only=True, repr=False)
    """Of EventBridge; default: one of boto3's."""

    _sequence: int = field(default=0, init=False)
    _status: str = field(default="RUNNING", init=False)

    def __enter__(self) -> Self:
        self.started()
        return self

    def __exit__(
        self,
        _kind: object,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.ended("COMPLETED")
        else:
            self.ended("FAILED", error=_name(error), cause=str(error))

    def started(self) -> None:
        """It runs from now on; everything that is known of it is told."""
        told = {
            "name": self.name,
            "version": self.version,
            "slaTargetSeconds": self.sla_target_seconds,
            "priority": self.priority,
            "triggeredBy": self.triggered_by,
            "triggerType": self.trigger_type,
            "tags": dict(self.tags) if self.tags else None,
            "search": dict(self.search) if self.search else None,
            "metadata": dict(self.metadata) if self.metadata else None,
        }
        self.says("RUNNING", startedAt=_now(), **told)

    def progress(self, *, completed: int, total: int, current_step: str | None = None) -> None:
        """How far it is."""
        said = {"progress": {"completed": completed, "total": total}, "currentStep": current_step}
        self.says(self._status, **said)

    @contextmanager
    def step(
        self,
        name: str,
        *,
        id: str | None = None,
        attempt: int = 1,
        type: str = "Task",
        input: Any = None,
        compensation: bool = False,
    ) -> Iterator[Step]:
        """A step, as long as its block runs; an exception is its failure, and goes on."""
        step = Step(id=id or _id_of(name), name=name)
        same = {"id": step.id, "name": name, "type": type, "attempt": attempt}
        if compensation:
            same["compensation"] = True
        began = _now()
        begins = {**same, "status": "running", "startedAt": began, "input": input}
        self.says(self._status, currentStep=name, step=_without_nothing(begins))
        try:
            yield step
        except BaseException as error:
            failed = {**same, "status": "failed", "endedAt": _now(), **_told_of(error)}
            self.says(self._status, step=failed)
            raise
        done = {**same, "status": "succeeded", "endedAt": _now(), "output": step.output}
        self.says(self._status, step=_without_nothing(done))

    def ended(self, status: str, *, error: str | None = None, cause: str | None = None) -> None:
        """It is over: COMPLETED, FAILED, TIMED_OUT or CANCELLED."""
        self.says(
            status,
            endedAt=_now(),
            error=error[:_LONGEST_ERROR] if error else None,
            cause=cause[:_LONGEST_CAUSE] if cause else None,
        )

    def says(self, status: str, **said: Any) -> None:
        """One event, in the words of the schema; what is None is left out."""
        self._status = status
        # Time makes sequences grow over restarts; at least one more than the last, within one.
        self._sequence = max(self._sequence + 1, time.time_ns() // 1000)
        detail = {
            "schemaVersion": SCHEMA_VERSION,
            "source": self.source,
            "workflowId": self.workflow_id,
            "sequence": self._sequence,
            "time": _now(),
            "type": self.type,
            "status": status,
            **_without_nothing(said),
        }
        self._put(json.dumps(detail))

    def _put(self, detail: str) -> None:
        bus = self.bus or os.environ.get(contract.WORKFLOW_BUS_VARIABLE)
        if not bus:
            raise NotPublished(
                f"Which bus? Set {contract.WORKFLOW_BUS_VARIABLE}, or give Workflow(bus=...)."
            )
        if self.client is None:
            self.client = boto3.client("events")
        answer = self.client.put_events(
            Entries=[
                {
                    "EventBusName": bus,
                    "Source": f"{contract.PRODUCT}.custom.{self.source}",
                    "DetailType": contract.WORKFLOW_EVENT,
                    "Detail": detail,
                }
            ]
        )
        for entry in answer["Entries"]:
            if entry.get("ErrorCode"):
                raise NotPublished(f"{entry['ErrorCode']}: {entry.get('ErrorMessage')}")


def _without_nothing(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _told_of(error: BaseException) -> dict[str, str]:
    told = {"error": _name(error), "cause": str(error)[:_LONGEST_CAUSE]}
    return {name: text for name, text in told.items() if text}


def _name(error: BaseException) -> str:
    return type(error).__name__[:_LONGEST_ERROR]


def _id_of(name: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    return kept[:128] or "step"


def _now() -> str:
    text = datetime.now(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
