"""From a request to an answer: identify, parse, permit, perform, record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breakwater_local.drs import errors
from breakwater_local.drs.errors import ConnectionLost, DoesNotExist, ServiceError
from breakwater_local.drs.gate import Gate, Principal
from breakwater_local.drs.simulation import Simulation
from breakwater_local.drs.supported import SUPPORTED
from breakwater_local.drs.wire.caller import caller
from breakwater_local.drs.wire.model import Operation
from breakwater_local.drs.wire.request import parameters, route
from breakwater_local.drs.wire.response import Answer, failure, success


@dataclass(frozen=True)
class HttpRequest:
    """What of a request matters here."""

    method: str
    raw_path: str
    """Still percent-encoded, without the query."""
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes


class Service:
    """DRS, as HTTP sees it."""

    def __init__(self, simulation: Simulation, gate: Gate) -> None:
        self._simulation = simulation
        self._gate = gate

    def answer(self, request: HttpRequest) -> Answer:
        """The answer; ConnectionLost if there is to be none."""
        headers = request.headers
        try:
            calling = caller(headers.get("Authorization"), headers.get("User-Agent"))
            operation, labels = route(request.method, request.raw_path)
            principal = self._gate.identify(calling)
        except ServiceError as error:
            return failure(error)
        actions = [f"drs:{operation.name}"]
        outcome: str | None = "InternalServerException"  # unless we get any further
        try:
            params = parameters(operation, labels, request.query, request.body)
            if params.get("tags") and operation.name != "TagResource":
                actions.append("drs:TagResource")
            answer = success(operation, self._perform(principal, operation, params, actions))
            outcome = None
        except (ServiceError, DoesNotExist) as error:
            answer = failure(_as_declared(operation, error))
            outcome = answer.error
        except ConnectionLost:
            outcome = "ConnectionLost"
            raise
        finally:
            self._simulation.record(
                principal, operation.name, actions, refused=outcome == _DENIED, error=outcome
            )
        return answer

    def _perform(
        self, principal: Principal, operation: Operation, params: dict[str, Any], actions: list[str]
    ) -> dict[str, Any]:
        if operation.name not in SUPPORTED:
            raise ServiceError("UnknownOperationException", f"{operation.name} is not simulated")
        refused = self._gate.refused(principal, actions)
        if refused:
            raise errors.access_denied(principal.arn, refused, "*")
        return self._simulation.answer(principal, operation.name, params)


_DENIED = "AccessDeniedException"


def _as_declared(operation: Operation, error: ServiceError | DoesNotExist) -> ServiceError:
    """What is missing is told by the first of these errors that the operation declares."""
    if isinstance(error, ServiceError):
        return error
    members = {"resourceType": error.resource_type, "resourceId": error.resource_id}
    if "ResourceNotFoundException" in operation.errors:
        return ServiceError("ResourceNotFoundException", str(error), code="404", **members)
    if "ConflictException" in operation.errors:
        return errors.conflict(str(error), error.resource_type, error.resource_id)
    return errors.invalid(str(error))
