"""Actions in the audit trail: what was asked for before it is done, what came of it after.

AWS and the trail share no transaction. So the wish is written first: nothing is done of which
nobody knows who wanted it, whatever fails later. What came of it is a record of its own.
Calls PutItem.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform import audit
from breakwater.platform.http.errors import ApiError
from breakwater.workflows.engine_port import ActionAsked
from breakwater.workflows.workflow_id import WorkflowId

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

logger = Logger(child=True)


@dataclass(slots=True)
class Outcome:
    """What is written when it is over."""

    after: dict[str, Any] = field(default_factory=dict)


class ActionTrail:
    """The audit trail, to engines that act at AWS."""

    def __init__(
        self, client: "DynamoDBClient | Any", table: str, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    @contextmanager
    def told(
        self, wanted: WorkflowId, asked: ActionAsked, before: Mapping[str, Any]
    ) -> Iterator[Outcome]:
        """Around the doing: `…Requested` before it, `…Done` or `…Refused` after it."""
        name = f"workflow{asked.action.value.capitalize()}"
        said = {key: value for key, value in asked.options.items() if key in _TOLD}
        self._put(wanted, asked, f"{name}Requested", before=dict(before), after=said or None)
        outcome = Outcome()
        try:
            yield outcome
        except ApiError as error:
            refusal = {"code": error.code, "message": error.message}
            self._tell_after(wanted, asked, f"{name}Refused", refusal)
            raise
        self._tell_after(wanted, asked, f"{name}Done", outcome.after)

    def _tell_after(
        self, wanted: WorkflowId, asked: ActionAsked, action: str, after: dict[str, Any]
    ) -> None:
        """It is done or not by now: that the record failed must not say otherwise."""
        try:
            self._put(wanted, asked, action, after=after)
        except (BotoCoreError, ClientError):
            logger.exception(
                "What came of an action is not in the audit trail",
                extra={"workflow": str(wanted), "action": action, "after": after},
            )

    def _put(self, wanted: WorkflowId, asked: ActionAsked, action: str, **what: Any) -> None:
        subject = audit.workflow_subject(str(wanted))
        record = audit.record(
            asked.by, subject, action, at=self._clock(), reason=asked.reason, **what
        )
        self._client.put_item(**record.append_to(self._table)["Put"])


_TOLD = frozenset({"fromStep", "name", "compensate", "cleanup", "waves", "digest", "bulk"})
"""Options that are written down. An input is not: it may hold what nobody is to see."""
