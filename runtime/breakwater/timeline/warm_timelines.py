"""The timelines that a running copy of a function has read before: only what is new is read again.

A page that looks at a run every few seconds costs one call of GetExecutionHistory each time, not
one per 1,000 events.
"""

from collections import OrderedDict
from typing import Any, Protocol

from breakwater.timeline.timeline import Timeline, reconstruct

_KEPT = 4
LARGEST = 8_000_000  # characters of payloads; a function has 512 MiB


class Histories(Protocol):
    """Where events come from; see reader."""

    def events(self, execution_arn: str, *, payloads: bool = False) -> list[dict[str, Any]]:
        """All of them."""

    def tail(
        self, execution_arn: str, *, after: int, payloads: bool = False
    ) -> list[dict[str, Any]]:
        """Those after this one."""


class WarmTimelines:
    """Timelines by execution, with and without payloads."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories
        self._kept: OrderedDict[tuple[str, bool], Timeline] = OrderedDict()

    def read(
        self, execution_arn: str, *, payloads: bool, definition: str | None = None
    ) -> Timeline:
        """The timeline as it is now."""
        key = (execution_arn, payloads)
        known = self._kept.get(key)  # it stays there when AWS refuses what is new
        if known is None or (definition is not None and known.definition is None):
            events = self._histories.events(execution_arn, payloads=payloads)
            timeline = reconstruct(events, definition)
        else:
            after = int(known.events[-1]["id"]) if known.events else 0
            timeline = known.extend(
                self._histories.tail(execution_arn, after=after, payloads=payloads)
            )
        self._kept.pop(key, None)
        if not payloads or payload_size(timeline) <= LARGEST:
            self._kept[key] = timeline
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return timeline


def payload_size(timeline: Timeline) -> int:
    """Characters of payloads in it."""
    return sum(
        len(text)
        for step in timeline.steps
        for text in (step.input, step.output, *(attempt.parameters for attempt in step.attempts))
        if text is not None
    )
