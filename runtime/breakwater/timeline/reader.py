"""Reads executions from Step Functions: facts, histories, the definition as it was used.

Calls DescribeExecution, GetExecutionHistory and DescribeStateMachineForExecution, and nothing else.
Every call is taken out of a budget first; what AWS throttles is tried again later, within what a
person waits. Payloads come only when they are asked for.
"""

import random
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform.http.errors import ApiError, BadRequest, Forbidden, NotFound, Unavailable
from breakwater.timeline.call_budget import DESCRIBE, DESCRIBE_MACHINE, GET_HISTORY, Budget

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

# The budget decides when to try again; boto3 trying by itself would spend what is not ours.
PATIENCE = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})
PAGE = 1000  # the most that AWS gives
TAIL_PAGE = 100
_DEFINITIONS_KEPT = 64
_TRIES = 6
_THROTTLED = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
)
_PASSING = frozenset({"InternalServerError", "ServiceUnavailable", "InternalFailure"})
_ABSENT = frozenset({"ExecutionDoesNotExist", "StateMachineDoesNotExist", "ResourceNotFound"})
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnrecognizedClientException"})
_KEY_DENIED = frozenset({"KmsAccessDeniedException", "KmsInvalidStateException"})

Events = list[dict[str, Any]]


class UsedDefinition(NamedTuple):
    """The definition as an execution used it."""

    text: str
    revision_id: str | None
    log_group_arn: str | None
    """Where the state machine logs to, if it does."""


class Reader:
    """Reads from one account and Region. Safe to use from several threads."""

    def __init__(
        self,
        client: "SFNClient | Any",
        budget: Budget,
        *,
        patience_seconds: float = 10.0,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """
        :param client: of Step Functions, made with PATIENCE.
        :param patience_seconds: for how long a question may wait for turns: a history of many pages
            is one question.
        """
        self._client = client
        self._budget = budget
        self._patience = patience_seconds
        self._clock = clock
        self._pause = pause
        self._definitions: OrderedDict[str, UsedDefinition] = OrderedDict()

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """What DescribeExecution says."""
        parameters = {} if payloads else {"includedData": "METADATA_ONLY"}
        return self._call(
            DESCRIBE,
            self._client.describe_execution,
            execution_arn,
            self._deadline(),
            executionArn=execution_arn,
            **parameters,
        )

    def events(self, execution_arn: str, *, payloads: bool = False) -> Events:
        """The whole history, oldest first: one call per 1,000 events."""
        found: Events = []
        token: str | None = None
        deadline = self._deadline()
        while True:
            page = self._page(
                *(execution_arn, token, payloads, PAGE), newest_first=False, deadline=deadline
            )
            found.extend(page["events"])
            token = page.get("nextToken")
            if token is None:
                return found

    def part(
        self, execution_arn: str, token: str | None, *, payloads: bool = False
    ) -> tuple[Events, str | None]:
        """A thousand events from the beginning on, and the token of those that follow: one call.

        :param token: where to go on; good for 24 hours.
        """
        page = self._page(
            *(execution_arn, token, payloads, PAGE), newest_first=False, deadline=self._deadline()
        )
        return page["events"], page.get("nextToken")

    def newest(self, execution_arn: str) -> Events:
        """The last thousand events, oldest first, without payloads: one call."""
        page = self._page(
            *(execution_arn, None, False, PAGE), newest_first=True, deadline=self._deadline()
        )
        return sorted(page["events"], key=lambda event: int(event["id"]))

    def tail(self, execution_arn: str, *, after: int, payloads: bool = False) -> Events:
        """The events with an id above `after`, oldest first.

        Read from the newest on: one call, unless more than 100 events came since.
        """
        found: Events = []
        token: str | None = None
        deadline = self._deadline()
        while True:
            page = self._page(
                *(execution_arn, token, payloads, TAIL_PAGE), newest_first=True, deadline=deadline
            )
            fresh = [event for event in page["events"] if event["id"] > after]
            found.extend(fresh)
            token = page.get("nextToken")
            if token is None or len(fresh) < len(page["events"]) or _reaches(found, after):
                return sorted(found, key=lambda event: int(event["id"]))

    def definition(self, execution_arn: str) -> UsedDefinition:
        """The definition as this execution used it. Kept: AWS allows one such call a second."""
        known = self._definitions.get(execution_arn)
        if known is not None:
            self._definitions.move_to_end(execution_arn)
            return known
        told = self._call(
            DESCRIBE_MACHINE,
            self._client.describe_state_machine_for_execution,
            execution_arn,
            self._deadline(),
            executionArn=execution_arn,
        )
        destinations = told.get("loggingConfiguration", {}).get("destinations", [])
        groups = [one.get("cloudWatchLogsLogGroup", {}).get("logGroupArn") for one in destinations]
        used = UsedDefinition(
            text=told.get("definition", ""),
            revision_id=told.get("revisionId"),
            log_group_arn=next((group for group in groups if group), None),
        )
        self._definitions[execution_arn] = used
        while len(self._definitions) > _DEFINITIONS_KEPT:
            self._definitions.popitem(last=False)
        return used

    def _page(
        self,
        execution_arn: str,
        token: str | None,
        payloads: bool,  # noqa: FBT001 - handed on
        size: int,
        *,
        newest_first: bool,
        deadline: float,
    ) -> dict[str, Any]:
        parameters: dict[str, Any] = {"nextToken": token} if token is not None else {}
        return self._call(
            GET_HISTORY,
            self._client.get_execution_history,
            execution_arn,
            deadline,
            executionArn=execution_arn,
            includeExecutionData=payloads,
            reverseOrder=newest_first,
            maxResults=size,
            **parameters,
        )

    def _deadline(self) -> float:
        return self._clock() + self._patience

    def _call(
        self,
        operation: str,
        call: Callable[..., Any],
        execution_arn: str,
        deadline: float,
        **parameters: Any,
    ) -> dict[str, Any]:
        for attempt in range(_TRIES):
            self._take_turn(operation, deadline)
            try:
                answer: dict[str, Any] = call(**parameters)
                return answer
            except ClientError as error:
                if not self._is_passing(operation, error):
                    raise refusal(operation, execution_arn, error) from error
            except BotoCoreError as error:
                if attempt == _TRIES - 1:
                    raise _busy(operation) from error
            backoff = random.uniform(0.5, 1.0) * 0.2 * 2**attempt  # noqa: S311 - no secret
            if self._clock() + backoff > deadline:
                break
            self._pause(backoff)
        raise _busy(operation)

    def _take_turn(self, operation: str, deadline: float) -> None:
        while True:
            now = self._clock()
            wait = self._budget.take(operation, now)
            if wait <= 0:
                return
            if now + wait > deadline:
                raise _busy(operation)
            self._pause(wait)

    def _is_passing(self, operation: str, error: ClientError) -> bool:
        code = _code(error)
        if code in _THROTTLED:
            self._budget.throttled(operation, self._clock())
            return True
        return code in _PASSING


def refusal(operation: str, execution_arn: str, error: ClientError) -> ApiError:
    """What AWS refused, as the API says it."""
    code = _code(error)
    if code in _ABSENT:
        return NotFound(
            f"Step Functions knows no execution {execution_arn}. It was never started, or AWS "
            "keeps it no longer: histories go 90 days after the end, or sooner if so chosen."
        )
    if code in _DENIED:
        return Forbidden(
            f"AWS does not let Breakwater call states:{operation} for {execution_arn}: its role "
            "lacks that right, or another policy forbids it."
        )
    if code in _KEY_DENIED:
        return Forbidden(
            f"The data of {execution_arn} is encrypted with a key that Breakwater may not use. "
            "Status and steps can be read without payloads; for those allow kms:Decrypt."
        )
    if code == "InvalidArn":
        return BadRequest(f"{execution_arn!r} names no execution.")
    return Unavailable(f"Step Functions refused {operation} of {execution_arn}: {code}. Try again.")


def _busy(operation: str) -> Unavailable:
    return Unavailable(
        f"Step Functions is asked too much at this moment ({operation}): Breakwater leaves half of "
        "the account's quota to others. Try again in some seconds.",
        headers={"Retry-After": "5"},
    )


def _reaches(found: Events, after: int) -> bool:
    """Is the oldest of these the one right after what is known?"""
    return bool(found) and int(found[-1]["id"]) <= after + 1


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
