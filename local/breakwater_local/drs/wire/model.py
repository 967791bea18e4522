"""What the installed botocore knows of DRS: operations, where they are called, how they fail."""

import re
from dataclasses import dataclass
from functools import cache

import botocore.session
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

# Errors that any AWS service may answer with; they are in no service's model.
_COMMON_STATUSES = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignatureException": 403,
    "InternalServerException": 500,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "RequestEntityTooLargeException": 413,
    "ServiceUnavailableException": 503,
    "SignatureDoesNotMatch": 403,
    "UnknownOperationException": 404,
    "ValidationException": 400,
}


@dataclass(frozen=True)
class Operation:
    """One operation, as a client calls it."""

    name: str
    method: str
    path: str
    status: int
    input: StructureShape | None
    output: StructureShape | None
    errors: frozenset[str]
    items: str | None
    """The list in the answer that comes in pages, if it does."""


@cache
def service() -> ServiceModel:
    """The model of DRS."""
    return botocore.session.get_session().get_service_model("drs")


@cache
def regions() -> frozenset[str]:
    """Every Region that botocore knows, whether DRS is offered there yet or not."""
    session = botocore.session.get_session()
    partitions = session.get_available_partitions()
    return frozenset(
        region for one in partitions for region in session.get_available_regions("ec2", one)
    )


@cache
def operations() -> dict[str, Operation]:
    """Every operation that botocore knows, simulated or not."""
    return {name: _operation(service().operation_model(name)) for name in service().operation_names}


def error_shape(code: str) -> StructureShape | None:
    """The shape of an error; the common ones have none."""
    if code not in service().shape_names:
        return None
    shape: Shape = service().shape_for(code)
    return shape if isinstance(shape, StructureShape) else None


def error_status(code: str) -> int:
    """The HTTP status that goes with an error."""
    shape = error_shape(code)
    if shape is None:
        return _COMMON_STATUSES[code]
    return int(shape.metadata["error"]["httpStatusCode"])


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation that lives at this address, and what the path says.

    :param path: as it came, still percent-encoded.
    """
    for operation, pattern in _patterns():
        found = pattern.fullmatch(path)
        if found and operation.method == method:
            return operation, found.groupdict()
    return None


@cache
def _patterns() -> list[tuple[Operation, re.Pattern[str]]]:
    return [
        (operation, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)))
        for operation in operations().values()
    ]


def _operation(model: OperationModel) -> Operation:
    output = model.output_shape
    paged = output is not None and "nextToken" in output.members
    lists = [n for n, s in output.members.items() if s.type_name == "list"] if output else []
    return Operation(
        name=model.name,
        method=model.http["method"],
        path=model.http["requestUri"],
        status=int(model.http["responseCode"]),
        input=model.input_shape,
        output=output,
        errors=frozenset(shape.name for shape in model.error_shapes),
        items=lists[0] if paged and lists else None,
    )
