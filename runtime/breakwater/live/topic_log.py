"""The log of each topic: numbered frames without gaps, kept for ten minutes.

The item `HEAD` of a topic holds the number of its last frame, the ids of what was lately written,
and until when anybody may still listen. Nothing is written for a topic to which nobody listens, so
it costs one GetItem to tell nobody; when that time has passed unseen, the numbers begin anew far
above, and whoever comes back with an older one reads anew.

Frames and head are written in one transaction, on the condition that the head is as it was read:
writers that meet try again, and what one of them wrote already (the same record of a stream, once
more) is not written twice.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from breakwater.live.frames import Frame, Reload, frames_of
from breakwater.live.limits import LOG_SECONDS, MOST_FRAMES_AGAIN, SUBSCRIPTION_SECONDS
from breakwater.live.topic_head import Change, Head, Progress, ToldMeanwhile
from breakwater.platform.attribute_values import from_item, to_attribute, to_item
from breakwater.platform.transaction import Write, write_together

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

HEAD = "HEAD"
_FRAME = "FRAME#"
_REMEMBERED = 200
"""Marks of what was written last."""

_SENT_AGAIN = 1
_HEAD_STAYS = 24 * 3600
_TRIES = 12
_TOGETHER = 20
"""Frames in a transaction, of which DynamoDB takes four megabytes. Whoever would be told more at
once reads anew instead."""


class Overtaken(Exception):
    """Another writer was faster."""


class TooBusy(RuntimeError):
    """Others wrote to the same topic again and again; it is worth trying later."""


class TopicLog:
    """The logs, in the Live table. Calls GetItem, UpdateItem, Query, TransactWriteItems."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self.table = table
        self._clock = clock
        self._pause = pause

    def head(self, topic: str) -> Head | None:
        """Where it stands; None when nobody listens, or could come back."""
        item = self._client.get_item(
            TableName=self.table, Key=_key(topic, HEAD), ConsistentRead=True
        ).get("Item")
        head = Head.from_values(from_item(item)) if item else None
        return head if head is not None and head.watched_until >= self._clock() else None

    def watch(self, topic: str) -> int:
        """Somebody listens from now on, or still: the number of the last frame."""
        now = self._clock()
        until = now + SUBSCRIPTION_SECONDS + LOG_SECONDS
        for _ in range(_TRIES):
            known = self._update(topic, until, "watchedUntil >= :now", {":now": now})
            if known is not None:
                return known
            begun = self._update(
                topic,
                until,
                "attribute_not_exists(topic) OR (watchedUntil < :now AND latest < :first)",
                {":now": now, ":first": int(now * 1000)},
                ", latest = :first, recent = :none, began = :now REMOVE toldEvent",
            )
            if begun is not None:
                return begun
            now = self._clock()
        raise TooBusy(f"The topic {topic} could not be watched: its head changes all the time.")

    def publish(
        self,
        topic: str,
        changes: Sequence[Change],
        along: Sequence[Write] = (),
        progress: Progress | None = None,
        *,
        anew: bool = False,
    ) -> list[Frame | Reload]:
        """Write what these changes mean to a topic; the frames to be sent, none for nobody.

        :param along: writes that go into the same transaction.
        :param progress: written with it, too; ToldMeanwhile if somebody else moved it.
        :param anew: something before could not be told: whoever listens is to read anew.
        """
        for attempt in range(_TRIES):
            head = self.head(topic)
            if head is None:
                return []
            if progress is not None and progress.before != head.told:
                raise ToldMeanwhile(topic)
            new = [change for change in changes if _mark(change) not in head.recent]
            frames = frames_of(
                topic, head.cursor, [delta for change in new for delta in change.deltas]
            )
            again = self._lately(topic, head) if len(new) < len(changes) else []
            if not frames and not anew:
                return [*again]
            # A number without a frame: everybody misses it, for good.
            skipped = Reload(topic=topic, cursor=head.cursor + 1)
            kept = frames if len(frames) <= _TOGETHER and not anew else []
            latest = kept[-1].cursor if kept else skipped.cursor
            try:
                write_together(
                    self._client,
                    [
                        self._moved(topic, head, latest, new, progress),
                        *map(self._put, kept),
                        *along,
                    ],
                    pause=self._pause,
                )
            except Overtaken:
                self._pause(random.uniform(0, 0.01 * 2 ** min(attempt, 5)))  # noqa: S311
                continue
            return [*again, *kept] if kept else [*again, skipped]
        raise TooBusy(f"Too many write to the topic {topic} at the same time.")

    def missed(self, topic: str, after: int, upto: int) -> list[Frame] | None:
        """The frames between two numbers; None if they are not all there any more."""
        if after == upto:
            return []
        if not 0 < upto - after <= MOST_FRAMES_AGAIN:
            return None
        now = self._clock()
        found: list[Frame] = []
        pages = self._client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="topic = :topic AND #entry BETWEEN :from AND :to",
            ExpressionAttributeNames={"#entry": "entry"},
            ExpressionAttributeValues={
                ":topic": {"S": topic},
                ":from": {"S": _entry(after + 1)},
                ":to": {"S": _entry(upto)},
            },
            ConsistentRead=True,
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                if item["expiresAt"] < now:  # DynamoDB takes its time
                    return None
                cursor = int(item["entry"].removeprefix(_FRAME))
                found.append(Frame(topic=topic, cursor=cursor, deltas=item["deltas"]))
        whole = [frame.cursor for frame in found] == list(range(after + 1, upto + 1))
        return found if whole else None

    def _lately(self, topic: str, head: Head) -> list[Frame]:
        """The last frames: whoever wrote them may have ended before it sent them."""
        return self.missed(topic, head.cursor - _SENT_AGAIN, head.cursor) or []

    def _update(
        self,
        topic: str,
        until: float,
        condition: str,
        values: Mapping[str, float],
        also: str = "",
    ) -> int | None:
        given: dict[str, Any] = {
            ":until": to_attribute(until),
            ":expires": to_attribute(int(until) + _HEAD_STAYS),
            **{name: to_attribute(value) for name, value in values.items()},
        }
        if also:
            given[":none"] = {"L": []}
        try:
            told = self._client.update_item(
                TableName=self.table,
                Key=_key(topic, HEAD),
                UpdateExpression=f"SET watchedUntil = :until, expiresAt = :expires{also}",
                ConditionExpression=condition,
                ExpressionAttributeValues=given,
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        except self._client.exceptions.TransactionConflictException:
            self._pause(random.uniform(0, 0.02))  # noqa: S311 - spreads retries
            return None
        return Head.from_values(from_item(told["Attributes"])).cursor

    def _moved(
        self,
        topic: str,
        head: Head,
        latest: int,
        changes: Sequence[Change],
        progress: Progress | None,
    ) -> Write:
        """The head, moved on: if it still is as it was read."""
        remembered = [*head.recent, *map(_mark, changes)][-_REMEMBERED:]
        values = {":latest": latest, ":recent": remembered, ":seen": head.cursor}
        also = ""
        if progress is not None:
            also, values[":told"] = ", toldEvent = :told", progress.now
        update = {
            "TableName": self.table,
            "Key": _key(topic, HEAD),
            "UpdateExpression": f"SET latest = :latest, recent = :recent{also}",
            "ConditionExpression": "latest = :seen",
            "ExpressionAttributeValues": {name: to_attribute(one) for name, one in values.items()},
        }
        return Write(action={"Update": update}, refused=Overtaken)

    def _put(self, frame: Frame) -> Write:
        item = {
            "topic": frame.topic,
            "entry": _entry(frame.cursor),
            "deltas": frame.deltas,
            "expiresAt": int(self._clock()) + LOG_SECONDS,
        }
        put = {"TableName": self.table, "Item": to_item(item)}
        return Write(action={"Put": put}, refused=Overtaken)


def _key(topic: str, entry: str) -> dict[str, Any]:
    return {"topic": {"S": topic}, "entry": {"S": entry}}


def _mark(change: Change) -> str:
    """Of its id, what is kept in the head: whatever stands there, every frame pays for."""
    return sha256(change.id.encode()).hexdigest()[:12]


def _entry(cursor: int) -> str:
    """Sorts as the numbers do."""
    return f"{_FRAME}{cursor:016d}"
