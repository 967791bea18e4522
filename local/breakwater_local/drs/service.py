"""From a request to an answer: identify, parse, permit, perform, record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breakwater_local.drs import demands, errors
from breakwater_local.drs.errors import ConnectionLost, DoesNotExist, ServiceError
from breakwater_local.drs.gate import Gate, Need, Principal
from breakwater_local.drs.outbox import Undelivered
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
        except Undelivered as trouble:
            return failure(errors.unavailable(str(trouble)))
        needs = [Need(f"drs:{operation.name}")]
        outcome: str | None = "InternalServerException"  # unless we get any further
        try:
            params = parameters(operation, labels, request.query, request.body)
            needs = self._needs(principal, operation.name, params)
            answer = success(operation, self._perform(principal, operation, params, needs))
            outcome = None
        except (ServiceError, DoesNotExist, Undelivered) as error:
            answer = failure(_as_declared(operation, error))
            outcome = answer.error
        except ConnectionLost:
            outcome = "ConnectionLost"
            raise
        finally:
            self._simulation.record(
                principal,
                operation.name,
                [need.action for need in needs],
                refused=outcome == _DENIED,
                error=outcome,
            )
        return answer

    def _needs(self, principal: Principal, operation: str, params: dict[str, Any]) -> list[Need]:
        def tags_of(arn: str) -> dict[str, str]:
            return self._simulation.tags_of(principal, arn) if principal.role else {}

        return demands.of_a_call(operation, params, principal.account, principal.region, tags_of)

    def _perform(
        self,
        principal: Principal,
        operation: Operation,
        params: dict[str, Any],
        needs: Sequence[Need],
    ) -> dict[str, Any]:
        if operation.name not in SUPPORTED:
            raise ServiceError("UnknownOperationException", f"{operation.name} is not simulated")
        denied = self._gate.refused(principal, needs)
        if denied:
            raise errors.access_denied(principal.arn, denied)
        in_ec2 = None
        if operation.name == "TerminateRecoveryInstances":
            in_ec2 = self._gate.refused(
                principal, demands.of_a_cleanup(principal.account, principal.region)
            )
        said = errors.denial_text(principal.arn, in_ec2) if in_ec2 else None
        return self._simulation.answer(principal, operation.name, params, said)


_DENIED = "AccessDeniedException"


def _as_declared(
    operation: Operation, error: ServiceError | DoesNotExist | Undelivered
) -> ServiceError:
    """What is missing is told by the first of these errors that the operation declares."""
    if isinstance(error, Undelivered):
        return errors.unavailable(str(error))
    if isinstance(error, ServiceError):
        return error
    members = {"resourceType": error.resource_type, "resourceId": error.resource_id}
    if "ResourceNotFoundException" in operation.errors:
        return ServiceError("ResourceNotFoundException", str(error), code="404", **members)
    if "ConflictException" in operation.errors:
        return errors.conflict(str(error), error.resource_type, error.resource_id)
    return errors.invalid(str(error))
