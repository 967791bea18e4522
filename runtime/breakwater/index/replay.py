"""Brings dead letters back into the queue. Calls ReceiveMessage, SendMessage, DeleteMessage and
GetQueueAttributes.

Each is sent before it is deleted, so none is lost when this is interrupted; one may come twice,
which changes nothing in the index. No more are taken than lay there at the start: what is still
bad comes back, and would go round for ever.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.index.dead_letters import LAID_ASIDE_AT, REASON

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

NO_REASON = "the function ended before it could say why (time-out, memory, crash)"
_HIDDEN_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record that could not be indexed."""

    id: str
    body: str
    reason: str
    laid_aside_at: str | None
    handle: str


class Replay:
    """The dead-letter queue, and the queue that it belongs to."""

    def __init__(self, client: "SQSClient", *, queue: str, dead_letters: str) -> None:
        self._client = client
        self._queue = queue
        self._dead_letters = dead_letters

    def count(self) -> int:
        """How many lie there, about."""
        return self._count(self._dead_letters)

    def waiting(self) -> int:
        """How many changes wait to be indexed, about."""
        return self._count(self._queue)

    def _count(self, queue: str) -> int:
        answer = self._client.get_queue_attributes(
            QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def look(self, most: int = 10) -> list[DeadLetter]:
        """Some of them; they stay where they are."""
        letters: dict[str, DeadLetter] = {}
        while len(letters) < most:
            # Not hidden, so a letter that was seen comes again: nothing new means that was all.
            new = {letter.id: letter for letter in self._receive(1, hidden=0)}
            if new.keys() <= letters.keys():
                break
            letters |= new
        return list(letters.values())

    def replay(self) -> Iterator[DeadLetter]:
        """Send each back, and say which."""
        for letter in self._receive(self.count(), hidden=_HIDDEN_SECONDS):
            self._client.send_message(QueueUrl=self._queue, MessageBody=letter.body)
            self._client.delete_message(QueueUrl=self._dead_letters, ReceiptHandle=letter.handle)
            yield letter

    def _receive(self, most: int, *, hidden: int) -> Iterator[DeadLetter]:
        left = most
        while left > 0:
            answer = self._client.receive_message(
                QueueUrl=self._dead_letters,
                MaxNumberOfMessages=min(10, left),
                VisibilityTimeout=hidden,
                WaitTimeSeconds=1,
                MessageAttributeNames=["All"],
            )
            messages = answer.get("Messages", [])
            if not messages:
                return
            yield from (_letter(message) for message in messages)
            left -= len(messages)


def _letter(message: Mapping[str, Any]) -> DeadLetter:
    said = message.get("MessageAttributes", {})
    return DeadLetter(
        id=message["MessageId"],
        body=message["Body"],
        reason=said.get(REASON, {}).get("StringValue", NO_REASON),
        laid_aside_at=said.get(LAID_ASIDE_AT, {}).get("StringValue"),
        handle=message["ReceiptHandle"],
    )
