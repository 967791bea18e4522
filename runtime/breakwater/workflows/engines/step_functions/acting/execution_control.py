"""What changes executions at AWS, and the tags that allow it.

Calls StopExecution, RedriveExecution, StartExecution, DescribeStateMachine, ListTagsForResource.
Each call is of a kind that does no harm when boto3 tries it again: a stop stops once, a redrive
carries a token, a start its name.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from breakwater.index.arns import tagged_machine
from breakwater.workflows.engines.step_functions.acting.aws_refusals import (
    code_of,
    refused,
    silent,
)

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

LONGEST_ERROR, LONGEST_CAUSE = 256, 32_768
_SKEW = timedelta(minutes=1)  # our clock and AWS's; and a request that is sent once more
_TAGS_HOLD_SECONDS = 5.0  # one call a second is allowed: a bulk of one machine asks once


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An execution that runs, or ran, under a name."""

    execution_arn: str
    is_new: bool
    """False: AWS says that somebody had started it before."""

    began: datetime | None = None
    """Of one that runs under the name with the same input AWS tells this, and no error."""

    def was_there(self, asked_at: datetime) -> bool:
        """Had somebody started it before this was asked for?"""
        return not self.is_new or (self.began is not None and self.began < asked_at - _SKEW)


class ExecutionControl:
    """Step Functions, to whoever acts."""

    def __init__(
        self, client: "SFNClient | Any", *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._tags: dict[str, tuple[float, Mapping[str, str]]] = {}

    def tags(self, state_machine_arn: str) -> Mapping[str, str]:
        """As they are now, give or take five seconds."""
        machine, now = tagged_machine(state_machine_arn), self._seconds()
        kept = self._tags.get(machine)
        if kept is not None and kept[0] > now:
            return kept[1]
        answer = self._call(
            "ListTagsForResource",
            machine,
            self._client.list_tags_for_resource,
            resourceArn=machine,
        )
        tags = {one["key"]: one["value"] for one in answer.get("tags", [])}
        self._tags[machine] = (now + _TAGS_HOLD_SECONDS, tags)
        return tags

    def revision(self, state_machine_arn: str) -> str | None:
        """Which definition new executions use; None where AWS does not say."""
        answer = self._call(
            "DescribeStateMachine",
            state_machine_arn,
            self._client.describe_state_machine,
            stateMachineArn=state_machine_arn,
            includedData="METADATA_ONLY",
        )
        revision: str | None = answer.get("revisionId")
        return revision

    def stop(self, execution_arn: str, *, error: str, cause: str) -> None:
        """StopExecution; Conflict if it is over."""
        self._call(
            "StopExecution",
            execution_arn,
            self._client.stop_execution,
            executionArn=execution_arn,
            error=error[:LONGEST_ERROR],
            cause=cause[:LONGEST_CAUSE],
        )

    def redrive(self, execution_arn: str, *, token: str) -> datetime:
        """RedriveExecution; Conflict with AWS's own reason if it may not be redriven."""
        answer = self._call(
            "RedriveExecution",
            execution_arn,
            self._client.redrive_execution,
            executionArn=execution_arn,
            clientToken=token,
        )
        at: datetime = answer.get("redriveDate") or datetime.now(UTC)
        return at

    def start(self, state_machine_arn: str, name: str, input: str) -> Started:
        """StartExecution, once for each name.

        :param state_machine_arn: may be the ARN of a version or an alias.
        """
        try:
            answer = self._client.start_execution(
                stateMachineArn=state_machine_arn, name=name, input=input
            )
        except ClientError as error:
            if code_of(error) != "ExecutionAlreadyExists":
                raise refused("StartExecution", state_machine_arn, error) from error
            return Started(execution_arn=execution_arn_of(state_machine_arn, name), is_new=False)
        except BotoCoreError as error:
            raise silent("StartExecution") from error
        return Started(
            execution_arn=answer["executionArn"], is_new=True, began=answer.get("startDate")
        )

    def _call(
        self, operation: str, about: str, call: Callable[..., Any], **parameters: Any
    ) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = call(**parameters)
        except ClientError as error:
            raise refused(operation, about, error) from error
        except BotoCoreError as error:
            raise silent(operation) from error
        return answer


def execution_arn_of(state_machine_arn: str, name: str) -> str:
    """Of the execution with this name."""
    start, _, rest = state_machine_arn.partition(":stateMachine:")
    return f"{start}:execution:{rest.partition(':')[0]}:{name}"
