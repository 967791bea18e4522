"""How a refusal is answered: in one form, with every wrong field's place and value."""

import json
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from breakwater.platform.http.body import JSON_TYPE
from breakwater.platform.http.errors import ApiError, BadRequest, NotFound

DETAILS_TOLD = 100
"""A body can have tens of thousands of mistakes; Lambda answers with at most 6 MB."""


def plain(error: ApiError) -> dict[str, Any]:
    """For API Gateway, where Powertools is not asked."""
    return {
        "statusCode": error.status,
        "headers": {"content-type": JSON_TYPE, **error.headers},
        "body": json.dumps(error.body()),
        "isBase64Encoded": False,
    }


def refusal(error: ApiError) -> Response[str]:
    """For Powertools."""
    return Response(
        status_code=error.status,
        content_type=JSON_TYPE,
        headers=dict(error.headers),
        body=json.dumps(error.body()),
    )


def invalid(error: RequestValidationError, body: Any) -> ApiError:
    """Every field of a request that is wrong, with its place and its value."""
    found = error.errors()
    for one in found:
        if one["loc"][0] == "path":  # an id of a shape that none of ours has
            return NotFound(f"There is nothing with the id {_short(one.get('input'))!r}.")
    problems = [
        {
            "place": _place(one, body),
            "problem": one.get("msg", ""),
            "value": _short(one.get("input")),
        }
        for one in found[:DETAILS_TOLD]
    ]
    places = ", ".join(problem["place"] for problem in problems)
    left = len(found) - len(problems)
    return BadRequest(
        f"Not understood: {places}{f' and {left} more' if left else ''}.", details=problems
    )


def unknown_queries(names: Sequence[str], known: Sequence[str]) -> BadRequest:
    """Query parameters that the route does not have: a misspelled one must not be ignored."""
    has = f"this has {', '.join(known)}" if known else "this has none"
    return BadRequest(
        f"There is no query parameter {', '.join(names)[:200]}; {has}.",
        details=[{"place": name[:200], "problem": has} for name in names[:DETAILS_TOLD]],
    )


def _place(error: Any, body: Any) -> str:
    """`waves[2].name`, as people write it; body or query goes without saying.

    Where a field may have one of several forms, pydantic names the form as well; a step that the
    body does not have is no field of it, unless it is the one that is missing.
    """
    first, *steps = error["loc"]
    place, value = "", body if first == "body" else None
    for number, step in enumerate(steps, start=1):
        missing = error.get("type") == "missing" and number == len(steps)
        if isinstance(value, dict) and isinstance(step, str):
            if step not in value and not missing:
                continue
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            value = None
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    return place or str(first)


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return value if len(text) <= 200 else f"{text[:200]}…"
