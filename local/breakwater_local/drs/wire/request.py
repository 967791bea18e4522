"""From an HTTP request to an operation and its parameters, checked against botocore's model."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from botocore.model import StructureShape

from breakwater_local.drs.errors import ServiceError, invalid
from breakwater_local.drs.wire.model import Operation, find
from breakwater_local.drs.wire.shapes import findings


def route(method: str, raw_path: str) -> tuple[Operation, dict[str, str]]:
    """The operation at this address, and the parameters in its path."""
    found = find(method, raw_path)
    if found is None:
        raise ServiceError(
            "UnknownOperationException", f"DRS has no operation at {method} {raw_path}"
        )
    operation, labels = found
    return operation, {name: unquote(value) for name, value in labels.items()}


def parameters(
    operation: Operation,
    labels: Mapping[str, str],
    query: Mapping[str, Sequence[str]],
    body: bytes,
) -> dict[str, Any]:
    """What the caller asks for; a ValidationException names every fault of it."""
    given = _document(body)
    if operation.input is not None:
        given.update(labels)
        given.update(_from_query(operation.input, query))
        found = findings(operation.input, given)
        if found:
            said = "; ".join(f"{where} {what}" for where, what in found)
            raise invalid(f"Invalid request for {operation.name}: {said}", found)
    return _without_nulls(given)


def _without_nulls(given: dict[str, Any]) -> dict[str, Any]:
    """The service takes null for absent, at any depth; what is left has no null in it."""
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in given.items()
        if value is not None
    }


def _document(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        document = json.loads(body)
    except ValueError as error:
        raise _cannot_parse(f"The body is not JSON: {error}") from error
    except RecursionError as error:
        raise _cannot_parse("The body is nested too deeply") from error
    if not isinstance(document, dict):
        raise _cannot_parse("The body is not a JSON object")
    return document


def _cannot_parse(message: str) -> ServiceError:
    return ServiceError("ValidationException", message, code="400", reason="cannotParse")


def _from_query(shape: StructureShape, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        name: list(query[member.serialization["name"]])
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring"
        and member.serialization["name"] in query
    }
