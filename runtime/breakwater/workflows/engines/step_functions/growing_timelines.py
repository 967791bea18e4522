"""Histories read as far as they are needed, from the beginning on, and kept while the function
is warm.

AWS gives a history a thousand events at a time and from an end only. So the first page of a tree
costs one call, however long the history is; what lies further costs the calls up to there, once:
later pages go on from what is kept. What has ended and was read whole costs nothing more.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from breakwater.timeline.timeline import Timeline, reconstruct
from breakwater.timeline.warm_timelines import LARGEST, payload_size

_KEPT = 8
_LARGEST = 60_000  # events kept, over all executions
_TOKEN_LASTS = 12 * 3600.0
TERMINAL = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})
Events = list[dict[str, Any]]


class Histories(Protocol):
    """Where events come from; see timeline.reader."""

    def part(
        self, execution_arn: str, token: str | None, *, payloads: bool = False
    ) -> tuple[Events, str | None]:
        """A thousand, and the token of those that follow."""

    def tail(self, execution_arn: str, *, after: int, payloads: bool = False) -> Events:
        """Those after this one."""


@dataclass(slots=True)
class Grown:
    """As much of a history as was read."""

    timeline: Timeline
    token: str | None
    read_at: datetime

    @property
    def is_whole(self) -> bool:
        """Its end was reached, as it was when it was read."""
        return self.token is None

    def is_final(self, redrives: int) -> bool:
        """Nothing will come any more, as far as is known."""
        execution = self.timeline.execution
        return self.is_whole and execution.status in TERMINAL and execution.redrives >= redrives


class GrowingTimelines:
    """Timelines by execution, with and without payloads."""

    def __init__(self, histories: Histories, clock: Callable[[], datetime]) -> None:
        self._histories = histories
        self._clock = clock
        self._kept: OrderedDict[tuple[str, bool], Grown] = OrderedDict()

    def read(
        self,
        execution_arn: str,
        *,
        enough: Callable[[Timeline], bool],
        redrives: int,
        definition: str | None = None,
        payloads: bool = False,
    ) -> Grown:
        """Read until there is enough of it, or all.

        :param redrives: how many are known of: after one more, an end was none.
        """
        key = (execution_arn, payloads)
        grown = self.known(execution_arn, payloads=payloads)
        if grown is not None and definition is not None and grown.timeline.definition is None:
            grown.timeline = reconstruct(grown.timeline.events, definition)
        if grown is None:
            events, token = self._histories.part(execution_arn, None, payloads=payloads)
            grown = Grown(reconstruct(events, definition), token, self._clock())
            self._keep(key, grown)  # also if the next part is refused
        elif grown.is_whole and not grown.is_final(redrives):
            events = grown.timeline.events
            after = int(events[-1]["id"]) if events else 0
            newer = self._histories.tail(execution_arn, after=after, payloads=payloads)
            grown.timeline = grown.timeline.extend(newer)
            grown.read_at = self._clock()
        while not grown.is_whole and not enough(grown.timeline):
            events, grown.token = self._histories.part(
                execution_arn, grown.token, payloads=payloads
            )
            grown.timeline = grown.timeline.extend(events)
            grown.read_at = self._clock()
        self._keep(key, grown)
        if payloads and payload_size(grown.timeline) > LARGEST:
            del self._kept[key]
        return grown

    def known(self, execution_arn: str, *, payloads: bool = False) -> Grown | None:
        """What was read before, as old as it is; nobody is asked."""
        key = (execution_arn, payloads)
        grown = self._kept.get(key)
        if grown is None:
            return None
        age = (self._clock() - grown.read_at).total_seconds()
        if not grown.is_whole and age > _TOKEN_LASTS:
            del self._kept[key]  # its token will not do any more
            return None
        return grown

    def _keep(self, key: tuple[str, bool], grown: Grown) -> None:
        self._kept[key] = grown
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and (
            len(self._kept) > _KEPT
            or sum(len(one.timeline.events) for one in self._kept.values()) > _LARGEST
        ):
            self._kept.popitem(last=False)
