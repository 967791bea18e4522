"""What Step Functions answers (ListExecutions, DescribeExecution) → what was seen. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from breakwater.index.arns import machine_of, qualifier
from breakwater.index.event import size_of
from breakwater.index.observation import Observation, Source


def listed(entry: Mapping[str, Any], at: datetime) -> Observation:
    """An entry of ListExecutions."""
    return _observation(entry, Source.LIST, at)


def described(answer: Mapping[str, Any], at: datetime) -> Observation:
    """The answer of DescribeExecution."""
    return _observation(answer, Source.DESCRIBE, at)


def _observation(answer: Mapping[str, Any], source: Source, at: datetime) -> Observation:
    return Observation(
        execution_arn=answer["executionArn"],
        state_machine_arn=machine_of(answer["stateMachineArn"]),
        name=answer["name"],
        status=answer["status"],
        started=_utc(answer["startDate"]),
        stopped=_maybe_utc(answer.get("stopDate")),
        redrive_count=answer.get("redriveCount") or 0,  # once asked, nothing means never
        redriven=_maybe_utc(answer.get("redriveDate")),
        version=qualifier(answer.get("stateMachineVersionArn")),
        alias=qualifier(answer.get("stateMachineAliasArn")),
        error=answer.get("error"),
        cause=answer.get("cause"),
        input=answer.get("input"),
        output_size=size_of(answer.get("output")),
        source=source,
        at=at,
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _maybe_utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
