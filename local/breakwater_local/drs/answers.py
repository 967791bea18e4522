"""What was asked of the embedded AWS a moment ago, so that not every call asks it again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from breakwater_local.drs.outbox import Unreachable

REMEMBERED_SECONDS = 5.0
"""So long an answer is believed: a deployment may change a role meanwhile."""
MOST = 10_000

Known = TypeVar("Known")


class Answers:
    """The newest answers; an old one only while nobody can be asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def to(self, question: Hashable, ask: Callable[[], Known]) -> Known:
        """The answer of the last few seconds, or a new one."""
        with self._lock:
            asked, answer = self._known.get(question, (float("-inf"), None))
        if self._clock() - asked <= REMEMBERED_SECONDS:
            return cast("Known", answer)
        try:
            answer = ask()
        except Unreachable:
            if asked == float("-inf"):
                raise
            return cast("Known", answer)
        with self._lock:
            self._known[question] = (self._clock(), answer)
            self._known.move_to_end(question)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return answer
