"""Posts once more to connections that did not take their frames in time.

It waits until nobody leaves them out any more, and then posts all that their topics have told
since. Who takes nothing even then is sent away: it comes back with its cursors, and gets what it
lacks.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from breakwater.live.frames import Frame, Reload
from breakwater.live.sender import AT_ONCE, LEFT_OUT_SECONDS, Late, Sender
from breakwater.live.subscriptions import Subscriptions
from breakwater.live.topic_log import TopicLog

TOO_SLOW = "tooSlow"
PAUSE_SECONDS = LEFT_OUT_SECONDS + 1.0
_TRIES = 2


class SecondPosts:
    """The work of a function that is called when there is something to post once more."""

    def __init__(
        self,
        log: TopicLog,
        subscriptions: Subscriptions,
        sender: Sender,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._log = log
        self._subscriptions = subscriptions
        self._sender = sender
        self._pause = pause

    def serve(self, late: Late) -> dict[str, int]:
        """Post what they lack; how many took it, were gone, were sent away."""
        left = {one: dict(topics) for one, topics in late.items()}
        gone = 0
        for _ in range(_TRIES):
            if not left:
                break
            self._pause(PAUSE_SECONDS)
            sent = self._sender.send(self._lacking(left), patiently=True)
            gone += len(sent.gone)
            for one in sent.gone:
                for topic in left[one]:
                    self._subscriptions.forget(one, topic)
            left = {one: left[one] for one in sent.late}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda one: self._sender.end(one, TOO_SLOW), left))
        return {"taken": len(late) - gone - len(left), "gone": gone, "sentAway": len(left)}

    def _lacking(self, late: Late) -> dict[str, list[Frame | Reload]]:
        places = {place for topics in late.values() for place in topics.items()}
        known = {place: self._since(*place) for place in places}
        return {
            one: [frame for place in topics.items() for frame in known[place]]
            for one, topics in late.items()
        }

    def _since(self, topic: str, after: int) -> list[Frame | Reload]:
        head = self._log.head(topic)
        if head is None:
            return []
        missed = self._log.missed(topic, after, head.cursor)
        return [Reload(topic=topic, cursor=head.cursor)] if missed is None else [*missed]


def written(late: Late) -> list[dict[str, Any]]:
    """As it goes into a call: those who lack the same together."""
    together: dict[tuple[str, int], list[str]] = {}
    for one, topics in late.items():
        for place in topics.items():
            together.setdefault(place, []).append(one)
    return [
        {"topic": topic, "after": after, "connections": connections}
        for (topic, after), connections in together.items()
    ]


def read(lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """What `written` wrote."""
    late: dict[str, dict[str, int]] = {}
    for line in lines:
        for one in line["connections"]:
            late.setdefault(str(one), {})[str(line["topic"])] = int(line["after"])
    return late
