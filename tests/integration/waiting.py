"""How integration tests wait: for a condition, for as long as a slow and busy machine may take.

Whatever is told by an event, a stream or a function that ends is true some time later; nothing says
when, nor in which order. So tests ask `until` it is so, and never sleep instead.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

PATIENCE = 420.0
"""Seconds; only what fails takes so long. The embedded AWS runs twenty functions at once, and no
more. A record that one was to read for which there was no room comes again after its queue's three
minutes: this is enough for that to happen twice.
"""
LOOK_SECONDS = 0.2


def until(
    happens: Callable[[], Any], told: Callable[[], object] = str, *, every: float = LOOK_SECONDS
) -> Any:
    """What it returns, once that is something.

    :param told: what a failure says beside that it did not happen.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        if found := happens():
            return found
        assert time.monotonic() < deadline, f"it did not happen within {PATIENCE} s {told()}"
        time.sleep(every)


class Said(Protocol):
    """What the API or the page's address answered."""

    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...


S = TypeVar("S", bound=Said)


def once_there_is_room(ask: Callable[[], S], *, reads: bool = False) -> S:
    """The answer of a function of ours. Those that the embedded AWS gives by itself, since twenty
    others run, are none: nobody has been asked.

    :param reads: who only reads asks again, too, where the function says that it is worth it, since
        AWS was silent for the seconds that it waits.
    """
    deadline = time.monotonic() + PATIENCE
    while found_no_room((answer := ask()).status, answer.text) or (
        reads and answer.status == 503 and '"unavailable"' in answer.text
    ):
        assert time.monotonic() < deadline, answer
        time.sleep(0.5)
    return answer


def found_no_room(status: int, text: str) -> bool:
    """Has the embedded AWS refused it, before any function of ours saw it?"""
    return status == 429 and "ConcurrentInvocationLimitExceeded" in text


def letter(sqs: Any, queue: str, is_it: Callable[[str], bool]) -> dict[str, Any]:
    """The message in a queue whose body is the one, taken away; those of others come back."""
    found: list[dict[str, Any]] = []

    def comes() -> bool:
        told = sqs.receive_message(
            QueueUrl=queue,
            MessageAttributeNames=["All"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=5,
        )
        found[:] = [one for one in told.get("Messages", []) if is_it(one["Body"])]
        return bool(found)

    until(comes)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
    return found[0]
