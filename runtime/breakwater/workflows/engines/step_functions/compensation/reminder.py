"""A message to ourselves: look whether the compensation that a cancel wanted was started.

It is sent before the execution is stopped and comes when the function that stops it is over, one
way or the other. So what a dead function left is started without anybody asking. It goes into the
queue of bulks, whose worker may act. Calls SendMessage.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from breakwater.contract import Role
from breakwater.platform.http.errors import Unavailable
from breakwater.platform.http.identity import Identity

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

COMES_AFTER = 180
"""Seconds: longer than any function that cancels lives."""

_KEY = "compensationOf"


class Reminders:
    """The queue, to whoever compensates."""

    def __init__(self, client: "SQSClient | Any", url: str) -> None:
        self._client = client
        self._url = url

    def remind(self, workflow_id: str, by: Identity) -> None:
        """Somebody looks after it later; Unavailable if nobody could be told."""
        told = {
            _KEY: workflow_id,
            "subject": by.subject,
            "name": by.name,
            "roles": sorted(role.value for role in by.roles),
            "address": by.address,
        }
        try:
            self._client.send_message(
                QueueUrl=self._url, MessageBody=json.dumps(told), DelaySeconds=COMES_AFTER
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(
                "That its compensation must run could not be handed on, so it was not stopped. "
                "Try again; with compensate=false it is stopped without.",
                headers={"Retry-After": "5"},
            ) from error


def reminded(message: Mapping[str, Any]) -> tuple[str, Identity] | None:
    """Of which workflow, and who had cancelled it; None of a message about something else."""
    if _KEY not in message:
        return None
    known = {role.value for role in Role}
    by = Identity(
        subject=message["subject"],
        name=message["name"],
        roles=frozenset(Role(role) for role in message["roles"] if role in known),
        address=message["address"],
    )
    return message[_KEY], by
