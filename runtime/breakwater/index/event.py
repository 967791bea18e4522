"""An event "Step Functions Execution Status Change" → what was seen. Pure.

Only executionArn, stateMachineArn, name, status and startDate are needed; everything else may be
missing, null, or new. What is not needed and not understood is left out, not refused.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from breakwater.index.arns import machine_of, parts, qualifier
from breakwater.index.lifted import LONGEST_TEXT
from breakwater.index.malformed import Malformed
from breakwater.index.observation import Observation, Source

LONGEST_ARN = 500  # of executions: a machine, a label, a name of 80 characters each, and the rest
DETAIL_TYPE = "Step Functions Execution Status Change"


def observation_of(event: Any) -> Observation:
    """What the event says; Malformed, with what is wrong, if it says nothing."""
    if not isinstance(event, Mapping) or event.get("detail-type") != DETAIL_TYPE:
        said = event.get("detail-type") if isinstance(event, Mapping) else type(event).__name__
        raise Malformed(f"This is no {DETAIL_TYPE!r} but {said!r}")
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        raise Malformed(f"The event's detail is {detail!r}")
    execution = needed_text(detail, "executionArn", longest=LONGEST_ARN)
    parts(execution, "execution")
    started, stopped = _moment(detail, "startDate"), _moment(detail, "stopDate")
    if started is None:
        raise Malformed("The event has no startDate")
    return Observation(
        execution_arn=execution,
        state_machine_arn=machine_of(needed_text(detail, "stateMachineArn", longest=LONGEST_ARN)),
        name=needed_text(detail, "name"),
        status=needed_text(detail, "status"),
        started=started,
        stopped=stopped,
        redrive_count=_count(detail.get("redriveCount")),
        redriven=_moment(detail, "redriveDate"),
        version=qualifier(_maybe_text(detail.get("stateMachineVersionArn"))),
        alias=qualifier(_maybe_text(detail.get("stateMachineAliasArn"))),
        error=_short(_maybe_text(detail.get("error"))),
        cause=_maybe_text(detail.get("cause")),
        input=_maybe_text(detail.get("input")),
        output_size=size_of(_maybe_text(detail.get("output"))),
        source=Source.EVENT,
        at=_moment(event, "time") or stopped or started,
    )


def size_of(text: str | None) -> int | None:
    """Bytes of UTF-8; what can't be written so (half characters) counts as a question mark."""
    return None if text is None else len(text.encode("utf-8", "replace"))


def needed_text(detail: Mapping[str, Any], name: str, *, longest: int = LONGEST_TEXT) -> str:
    """Of the event's detail; Malformed if a table could not keep it."""
    value = detail.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} of the event is {value!r}")
    if len(value) > longest or not _is_whole(value):
        # No key of DynamoDB; and where rows are read in one go, the neighbours' trouble as well.
        raise Malformed(f"{name} of the event is {value[:80]!r}…, which no table keeps")
    return value


def _is_whole(text: str) -> bool:
    """No half characters, which JSON can carry and UTF-8 cannot."""
    return text == text.encode("utf-8", "replace").decode()


def _short(text: str | None) -> str | None:
    return text and text.encode("utf-8", "replace").decode()[:LONGEST_TEXT]


def _maybe_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _moment(detail: Mapping[str, Any], name: str) -> datetime | None:
    """Epoch milliseconds; text in ISO-8601 is understood too."""
    value = detail.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Malformed(f"{name} of the event is {value!r}, which is no moment") from error
    raise Malformed(f"{name} of the event is {value!r}, which is no moment")
