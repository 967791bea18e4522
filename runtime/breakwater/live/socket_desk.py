"""What is done with what clients say on a socket, and what they are told.

Nothing is trusted but the connection's own item: who it is, what they may, until when.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from breakwater.live import frames
from breakwater.live.limits import LONGEST_FRAME, MOST_TOPICS, MOST_TOPICS_IN_A_FRAME
from breakwater.live.sender import Sender
from breakwater.live.subscriptions import Connection, Subscriptions, TooManyTopics
from breakwater.live.ticket import Ticket
from breakwater.live.topic_log import TopicLog
from breakwater.live.topics import NotATopic, Topic, parsed
from breakwater.live.words import moment
from breakwater.platform.http.permissions import is_allowed

SIGN_IN_ENDED = "signInEnded"
UNKNOWN_CONNECTION = "unknownConnection"

logger = Logger(child=True)


class Watching(Protocol):
    """Who reads the steps of executions: see tail_start."""

    def watch(self, execution_arn: str) -> None:
        """Somebody listens to this execution, or still does."""


class OpenExecutions(Protocol):
    """Whether anything may still happen to an execution."""

    def may_go_on(self, execution_arn: str) -> bool:
        """False only where it is known to have ended."""


class Refused(Exception):
    """A frame that is not followed: a code for programs, a sentence for people."""

    def __init__(self, code: str, message: str, topic: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.topic = topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A topic that a client asks for."""

    topic: Topic
    cursor: int | None


class SocketDesk:
    """Answers frames. One for each copy of a function."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        log: TopicLog,
        sender: Sender,
        watching: Watching,
        executions: OpenExecutions,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._subscriptions = subscriptions
        self._log = log
        self._sender = sender
        self._watching = watching
        self._executions = executions
        self._clock = clock

    def connected(self, connection_id: str, holder: Ticket) -> None:
        """A client with a good ticket is there."""
        self._subscriptions.connect(connection_id, holder, self._clock())

    def disconnected(self, connection_id: str) -> None:
        """A client is gone."""
        self._subscriptions.disconnect(connection_id)

    def said(self, connection_id: str, body: str) -> None:
        """A client sent a frame."""
        now = self._clock()
        connection = self._subscriptions.connection(connection_id)
        if connection is None:
            self._sender.end(connection_id, UNKNOWN_CONNECTION)
            return
        if now >= connection.holder.signed_in_until:
            self._subscriptions.disconnect(connection_id)
            self._sender.end(connection_id, SIGN_IN_ENDED)
            return
        try:
            answers = self._answers(connection, body, now)
        except Refused as refused:
            answers = [frames.refused(refused.code, str(refused), refused.topic)]
        if not self._sender.answer(connection_id, answers):
            self._subscriptions.disconnect(connection_id)

    def _answers(self, connection: Connection, body: str, now: float) -> list[str]:
        frame = _frame(body)
        match frame.get("action"):
            case "subscribe":
                answers = []
                for wish in [_wish(one) for one in _topics(frame)]:
                    answers += self._subscribe(connection, wish, now)
                return answers
            case "unsubscribe":
                return self._unsubscribe(connection, _topics(frame))
            case "ping":
                return self._ping(connection, frame.get("cursors") or {}, now)
        raise Refused(
            "unknownAction",
            f"{str(frame.get('action'))[:40]!r} is no action: subscribe, unsubscribe or ping.",
        )

    def _subscribe(self, connection: Connection, wish: Wish, now: float) -> list[str]:
        name = wish.topic.name
        if not is_allowed(connection.holder.roles, wish.topic.permission):
            return [
                frames.refused(
                    "forbidden", f"Your roles do not allow you to listen to {name}.", name
                )
            ]
        try:
            self._subscriptions.listen(connection, name, now)
        except TooManyTopics:
            most = f"A connection listens to at most {MOST_TOPICS} topics: unsubscribe first."
            return [frames.refused("tooManyTopics", most, name)]
        # From here on every frame reaches the client: what is older it gets now.
        cursor = self._log.watch(name)
        # Who comes back may have missed steps that nobody read, even if they were the last ones.
        self._watch(wish.topic, anyway=wish.cursor is not None)
        if wish.cursor is None:
            return [frames.subscribed(name, cursor)]
        return [frames.subscribed(name, cursor), *self._lacking(name, wish.cursor, cursor)]

    def _unsubscribe(self, connection: Connection, topics: Sequence[Any]) -> list[str]:
        answers = []
        for topic in map(str, topics):
            if topic in connection.topics:
                self._subscriptions.unlisten(connection.id, topic)
            answers.append(frames.unsubscribed(topic))
        return answers

    def _ping(self, connection: Connection, cursors: Any, now: float) -> list[str]:
        if not isinstance(cursors, dict):
            raise Refused("badFrame", "`cursors` is an object: topic → cursor.")
        self._subscriptions.renew(connection, now)
        missed: list[str] = []
        for topic in sorted(connection.topics):
            head = self._log.watch(topic)
            if topic in cursors:
                missed += self._lacking(topic, _cursor(cursors[topic]), head)
            self._watch(parsed(topic))  # also what was redriven since, or lost its reader
        ends = moment(datetime.fromtimestamp(connection.holder.signed_in_until, UTC))
        pong = {"type": "pong", "at": moment(datetime.fromtimestamp(now, UTC)), "endsAt": ends}
        return [*missed, frames.text_of(pong)]

    def _watch(self, topic: Topic, *, anyway: bool = False) -> None:
        arn = topic.execution_arn
        if arn is not None and (anyway or self._executions.may_go_on(arn)):
            self._watching.watch(arn)

    def _lacking(self, topic: str, cursor: int, head: int) -> list[str]:
        missed = self._log.missed(topic, cursor, head)
        if missed is None:
            return [frames.Reload(topic=topic, cursor=head).text]
        return [frame.text for frame in missed]


def _frame(body: str) -> dict[str, Any]:
    if len(body.encode()) > LONGEST_FRAME:
        raise Refused("badFrame", f"A frame has at most {LONGEST_FRAME} bytes.")
    try:
        frame = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("badFrame", "A frame is one JSON object; this is no JSON.") from error
    if not isinstance(frame, dict):
        raise Refused("badFrame", "A frame is one JSON object with an `action`.")
    return frame


def _topics(frame: dict[str, Any]) -> list[Any]:
    topics = frame.get("topics")
    if not isinstance(topics, list) or not topics:
        raise Refused("badFrame", "`topics` is a list with at least one topic.")
    if len(topics) > MOST_TOPICS_IN_A_FRAME:
        raise Refused(
            "badFrame", f"At most {MOST_TOPICS_IN_A_FRAME} topics in a frame: send several."
        )
    return topics


def _wish(one: Any) -> Wish:
    if not isinstance(one, dict):
        raise Refused("badFrame", 'Each of `topics` is an object: {"topic": "list"}.')
    try:
        topic = parsed(one.get("topic"))
    except NotATopic as unknown:
        named = one.get("topic")
        told = named[:80] if isinstance(named, str) else None
        raise Refused("unknownTopic", str(unknown), told) from unknown
    cursor = one.get("cursor")
    return Wish(topic=topic, cursor=_cursor(cursor) if cursor is not None else None)


def _cursor(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise Refused("badFrame", f"{str(value)[:40]!r} is no cursor: it is a whole number.")
    return value
