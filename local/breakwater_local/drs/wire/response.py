"""From an operation's result, or an error of the service, to an HTTP answer."""

import json
from dataclasses import dataclass, field
from typing import Any

from breakwater_local.drs.errors import ServiceError
from breakwater_local.drs.wire.model import Operation, error_shape, error_status
from breakwater_local.drs.wire.shapes import findings


class NotWhatTheModelSays(Exception):
    """The simulator was about to answer what DRS never would: a mistake in the simulator."""


@dataclass(frozen=True)
class Answer:
    """What goes out: a status, headers, and a body of JSON or nothing."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    error: str | None = None


def success(operation: Operation, document: dict[str, Any]) -> Answer:
    """The answer of an operation that was done."""
    if operation.output is None:
        return Answer(operation.status, b"")
    found = findings(operation.output, document)
    if found:
        raise NotWhatTheModelSays(f"{operation.name}: {found}")
    return Answer(operation.status, b"" if operation.status == 204 else _json(document))


def failure(error: ServiceError) -> Answer:
    """The answer of an operation that was refused."""
    members: dict[str, Any] = {"message": error.message, **error.members}
    headers = {"x-amzn-ErrorType": error.name}
    shape = error_shape(error.name)
    if shape is not None:
        found = findings(shape, members)
        if found:
            raise NotWhatTheModelSays(f"{error.name}: {found}")
        for name, member in shape.members.items():
            if member.serialization.get("location") == "header" and name in members:
                headers[member.serialization["name"]] = str(members.pop(name))
    return Answer(error_status(error.name), _json(members), headers, error.name)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
