"""The cause that a Lambda function leaves: JSON with a type, a message, a request id, a stack."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class LambdaError(NamedTuple):
    """What a function said of its own failure."""

    error_type: str | None
    message: str | None
    request_id: str | None
    """Finds the function's log of exactly this call."""

    stack: tuple[str, ...]


def parsed_object(text: str | None) -> Mapping[str, Any] | None:
    """The JSON object that a cause often is; None when it is prose."""
    if text is None or not text.lstrip().startswith("{"):
        return None
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def lambda_error(cause: str | None) -> LambdaError | None:
    """The error of a function; None when the cause is not one."""
    told = parsed_object(cause)
    if told is None or not ("errorMessage" in told or "errorType" in told):
        return None
    stack = told.get("stackTrace", told.get("trace", ()))
    return LambdaError(
        error_type=_text(told.get("errorType")),
        message=_text(told.get("errorMessage")),
        request_id=_text(told.get("requestId")),
        stack=tuple(str(line).rstrip("\n") for line in stack) if isinstance(stack, list) else (),
    )


def _text(told: Any) -> str | None:
    return told if told is None or isinstance(told, str) else json.dumps(told)
