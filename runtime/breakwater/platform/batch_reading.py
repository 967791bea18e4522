"""Many items by their keys: BatchGetItem, a hundred at a time, until nothing is left unread."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_BATCH = 100  # of BatchGetItem
_SPARE_TRIES = 5


def items_of(
    client: "DynamoDBClient | Any",
    table: str,
    keys: Sequence[Mapping[str, Any]],
    *,
    now: bool,
    unread: Callable[[int], Exception],
    pause: Callable[[], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Those that there are, in no order. One call for up to a hundred, unless they are huge.

    :param keys: each once.
    :param now: as they are at this moment; False: perhaps a moment ago, at half the price.
    :param unread: what to raise if DynamoDB leaves so many unread, however often it is asked.
    :param pause: before what was left is asked for again: it is more than 16 MB, or too busy.
    """
    waiting: list[Any] = list(keys)
    tries = len(waiting) // _BATCH + _SPARE_TRIES
    while waiting and tries:
        tries -= 1
        batch, waiting = waiting[:_BATCH], waiting[_BATCH:]
        answer = client.batch_get_item(RequestItems={table: {"Keys": batch, "ConsistentRead": now}})
        yield from answer["Responses"].get(table, [])
        left = answer.get("UnprocessedKeys", {}).get(table)
        if left:
            waiting.extend(left["Keys"])
            if pause:
                pause()
    if waiting:
        raise unread(len(waiting))
