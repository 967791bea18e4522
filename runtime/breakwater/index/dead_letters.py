"""The queue of what could not be indexed. Calls SendMessage."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

REASON = "reason"
LAID_ASIDE_AT = "laidAsideAt"
_LONGEST_REASON = 1000


class DeadLetterQueue:
    """The queue, to whoever lays aside."""

    def __init__(self, client: "SQSClient", url: str, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._url = url
        self._clock = clock

    def lay_aside(self, body: str, reason: str) -> None:
        """Keep this record, with its reason."""
        said = {REASON: _clean(reason), LAID_ASIDE_AT: iso(self._clock())}
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in said.items()
            },
        )


def _clean(reason: str) -> str:
    """What SQS takes: no control or half characters, and not without end."""
    kept = "".join(
        letter if letter.isprintable() or letter in "\t\n" else "\N{REPLACEMENT CHARACTER}"
        for letter in reason
    )
    return kept[:_LONGEST_REASON] or "no reason was given"
