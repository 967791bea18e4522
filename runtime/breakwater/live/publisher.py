"""Tells a topic's listeners what changed: first written to its log, then sent."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from breakwater.live.frames import Frame, Reload
from breakwater.live.sender import Late, Sender
from breakwater.live.subscriptions import Subscriptions
from breakwater.live.topic_head import Change, Progress
from breakwater.live.topic_log import TopicLog
from breakwater.platform.transaction import Write

_TOPICS_AT_ONCE = 8


class PostsAgain(Protocol):
    """Who posts once more to connections that took nothing; see second_call."""

    def post_again(self, late: Late) -> None:
        """In some seconds."""


class Publisher:
    """Log, listeners and sender together.

    Costs for a topic to which nobody listens: one GetItem. Else GetItem, one transaction, one Query
    and a post for each listener.
    """

    def __init__(
        self,
        log: TopicLog,
        subscriptions: Subscriptions,
        sender: Sender,
        again: PostsAgain,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._log = log
        self._subscriptions = subscriptions
        self._sender = sender
        self._again = again
        self._clock = clock
        self._pool = ThreadPoolExecutor(_TOPICS_AT_ONCE)
        self._owed: set[str] = set()
        """Topics of which something could not be told: nobody there knows that it is missing."""

    def publish(
        self,
        changes: Mapping[str, Sequence[Change]],
        along: Sequence[Write] = (),
        progress: Progress | None = None,
    ) -> dict[str, Exception]:
        """Topic → what is to be told there; the topics where that was not possible, and why.

        :param along: writes that belong to the only topic; so does `progress`.
        """
        if (along or progress) and len(changes) != 1:
            raise ValueError("writes go along with one topic")

        def written(topic: str) -> tuple[str, list[Frame | Reload], Exception | None]:
            anew = topic in self._owed
            try:
                frames = self._log.publish(topic, changes[topic], along, progress, anew=anew)
            except Exception as error:  # noqa: BLE001 - of this topic; the others go on
                if progress is None:  # else whoever reads the history tells it at the next look
                    self._owed.add(topic)
                return topic, [], error
            self._owed.discard(topic)
            return topic, frames, None

        told = list(self._pool.map(written, changes))
        self.send([frame for _, frames, _ in told for frame in frames])
        return {topic: error for topic, _, error in told if error is not None}

    def send(self, frames: Sequence[Frame | Reload]) -> None:
        """Send what is written to whoever listens now: all topics and listeners at once."""
        by_topic: dict[str, list[Frame | Reload]] = {}
        for frame in frames:
            by_topic.setdefault(frame.topic, []).append(frame)
        now = self._clock()

        def listening(topic: str) -> tuple[str, list[str]]:
            return topic, self._subscriptions.listeners(topic, now)

        listeners = dict(self._pool.map(listening, by_topic))
        messages: dict[str, list[Frame | Reload]] = {}
        for topic, connections in listeners.items():
            for connection in connections:
                messages.setdefault(connection, []).extend(by_topic[topic])
        sent = self._sender.send(messages)
        if sent.late:
            self._again.post_again(sent.late)
        for gone in sent.gone:
            for topic, connections in listeners.items():
                if gone in connections:
                    self._subscriptions.forget(gone, topic)
