"""What was seen, and what its machine says → the row it would be, were there none yet. Pure."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from breakwater.contract import IndexSettings
from breakwater.index.arns import place
from breakwater.index.event import size_of
from breakwater.index.lifted import LONGEST_TEXT, at_path, lifted, parsed
from breakwater.index.machine_facts import MachineFacts, seconds_of
from breakwater.index.observation import Observation, Source
from breakwater.index.row import Row
from breakwater.platform.clock import iso

LONGEST_CAUSE = 512
NAME, INPUT, CONFLICT = "agentName", "input", "conflict"  # what may need attention


def candidate(seen: Observation, facts: MachineFacts, settings: IndexSettings) -> Row:
    """The row, with what the sweep must still find out in `attention`."""
    account, region = place(seen.execution_arn)
    bare = Row(
        execution_arn=seen.execution_arn,
        execution_name=seen.name,
        state_machine_arn=seen.state_machine_arn,
        agent_name=facts.agent_name,
        status=seen.status,
        start_date=iso(seen.started),
        account=account,
        region=region,
        confirmed_by=seen.source.value,
        confirmed_at=iso(seen.at),
        redrive_count=seen.redrive_count or 0,
        redrive_date=iso(seen.redriven) if seen.redriven else None,
        input_size=size_of(seen.input),
        version=seen.version,
        alias=seen.alias,
        attention=_attention(seen, facts, settings),
    )
    row = replace(bare, **_said(parsed_for(seen, facts, settings), facts, settings))
    return row if seen.is_open else replace(row, **_ended(seen, settings))


def wants_input(facts: MachineFacts, settings: IndexSettings) -> bool:
    """Does a row of this machine depend on the input?"""
    return bool(facts.search or settings.inputPaths)


def parsed_for(seen: Observation, facts: MachineFacts, settings: IndexSettings) -> Any:
    """The input, parsed only where something is to be found in it."""
    return parsed(seen.input) if wants_input(facts, settings) else None


def _attention(seen: Observation, facts: MachineFacts, settings: IndexSettings) -> list[str] | None:
    # Until the tags are known, nobody knows whether the input is wanted: NAME stands for both.
    if not facts.certain:
        return [NAME]
    # What DescribeExecution does not tell (of an encrypted machine), nobody does.
    unread = seen.input is None and seen.source is not Source.DESCRIBE
    return [INPUT] if unread and wants_input(facts, settings) else None


def _said(document: Any, facts: MachineFacts, settings: IndexSettings) -> dict[str, Any]:
    """The fields that tag or input say; the input, which is nearer, goes first."""
    said: dict[str, Any] = dict(facts.tagged)
    for field, path in settings.inputPaths.items():
        value = at_path(document, path)
        if value is not None:
            said[field] = value
    return {
        "priority": _short(said.get("priority")),
        "triggered_by": _short(said.get("triggeredBy")),
        "sla_target_seconds": seconds_of(said.get("slaTargetSeconds")),
        "search": lifted(document, facts.search) or None,
    }


def _short(value: Any) -> str | None:
    return None if value is None else str(value)[:LONGEST_TEXT] or None


def _ended(seen: Observation, settings: IndexSettings) -> dict[str, Any]:
    """`stopped` is missing only from a row that is GONE, or in a status that we don't know."""
    stopped = seen.stopped
    kept_from = stopped or seen.at
    return {
        "stop_date": iso(stopped) if stopped else None,
        "duration_seconds": round((stopped - seen.started).total_seconds(), 3) if stopped else None,
        "error": seen.error or None,
        "cause": _cut(seen.cause),
        "output_size": seen.output_size,
        "expires_at": (
            int((kept_from + timedelta(days=settings.keepDays)).timestamp())
            if settings.keepDays is not None
            else None
        ),
    }


def _cut(cause: str | None) -> str | None:
    clean = (cause or "").encode("utf-8", "replace").decode()
    return (clean if len(clean) <= LONGEST_CAUSE else f"{clean[: LONGEST_CAUSE - 1]}…") or None
