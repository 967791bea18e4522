"""Asks Step Functions. Calls DescribeExecution, ListExecutions, ListStateMachines,
ListTagsForResource. Every call is paced; being throttled is an answer, not an accident.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from breakwater.index.answer import described, listed
from breakwater.index.observation import Observation

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

_THROTTLED = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "KmsThrottlingException"}
)
_DENIED = frozenset({"AccessDeniedException", "AccessDenied"})
_ENCRYPTED = frozenset({"KmsAccessDeniedException", "KmsInvalidStateException"})
_NO_MACHINE = frozenset({"StateMachineDoesNotExist", "ResourceNotFound"})
PAGE = 1000  # of ListExecutions and ListStateMachines


class Unanswered(RuntimeError):
    """Step Functions did not say; whoever can go on with a guess comes back later."""


class TooFast(Unanswered):
    """Step Functions throttles this call; it is worth trying later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some executions of a state machine, the most recent first."""

    executions: list[Observation]
    next_token: str | None


class NoSuchMachine(Exception):
    """The state machine is gone, or was never one that keeps executions (express)."""


class StaleToken(Exception):
    """A token is good for 24 hours: begin this list again."""


class StepFunctions:
    """The service, as the index asks it."""

    def __init__(
        self,
        client: "SFNClient",
        clock: Callable[[], datetime],
        *,
        before_call: Callable[[str], None] = lambda _operation: None,
        throttled: Callable[[str], None] = lambda _operation: None,
        page: int = PAGE,
    ) -> None:
        """
        :param before_call: waits until a call of this operation is within the budget.
        :param throttled: is told when the service said no all the same.
        """
        self._client = client
        self._clock = clock
        self._before_call = before_call
        self._throttled = throttled
        self._page = page

    def describe(self, execution_arn: str) -> Observation | None:
        """How it is now; None if there is no such execution (any more)."""
        at = self._clock()
        try:
            answer: Mapping[str, Any] = self._call(
                "DescribeExecution", self._client.describe_execution, executionArn=execution_arn
            )
        except ClientError as error:
            if _code(error) == "ExecutionDoesNotExist":
                return None
            if _code(error) not in _ENCRYPTED:
                raise
            answer = self._call(
                "DescribeExecution",
                self._client.describe_execution,
                executionArn=execution_arn,
                includedData="METADATA_ONLY",
            )
        return described(answer, at)

    def executions(
        self, state_machine_arn: str, *, status: str | None = None, token: str | None = None
    ) -> Page:
        """One page, the most recent first."""
        words: dict[str, Any] = {"stateMachineArn": state_machine_arn, "maxResults": self._page}
        if status:
            words["statusFilter"] = status
        if token:
            words["nextToken"] = token
        at = self._clock()
        try:
            answer = self._call("ListExecutions", self._client.list_executions, **words)
        except ClientError as error:
            if _code(error) in (*_NO_MACHINE, "StateMachineTypeNotSupported"):
                raise NoSuchMachine(state_machine_arn) from error
            if _code(error) == "InvalidToken":
                raise StaleToken(state_machine_arn) from error
            raise
        return Page(
            executions=[listed(entry, at) for entry in answer["executions"]],
            next_token=answer.get("nextToken"),
        )

    def machines(self) -> list[str]:
        """The ARNs of all state machines that keep executions, in order."""
        found: list[str] = []
        token: str | None = None
        while True:
            words: dict[str, Any] = {"maxResults": PAGE, **({"nextToken": token} if token else {})}
            answer = self._call("ListStateMachines", self._client.list_state_machines, **words)
            found += [
                machine["stateMachineArn"]
                for machine in answer["stateMachines"]
                if machine.get("type", "STANDARD") != "EXPRESS"
            ]
            token = answer.get("nextToken")
            if not token:
                return sorted(found)

    def tags(self, state_machine_arn: str) -> dict[str, str]:
        """Its tags; none of a machine that is gone. Unanswered: throttled, or not allowed."""
        try:
            answer = self._call(
                "ListTagsForResource",
                self._client.list_tags_for_resource,
                resourceArn=state_machine_arn,
            )
        except ClientError as error:
            if _code(error) in _NO_MACHINE:
                return {}
            if _code(error) in _DENIED:  # by somebody's policy above our role
                raise Unanswered(str(error)) from error
            raise
        return {tag.get("key", ""): tag.get("value", "") for tag in answer.get("tags", [])}

    def _call(self, operation: str, call: Callable[..., Any], **words: Any) -> Any:
        self._before_call(operation)
        try:
            return call(**words)
        except ClientError as error:
            if _code(error) in _THROTTLED:
                self._throttled(operation)
                raise TooFast(f"{operation} is throttled") from error
            raise


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
