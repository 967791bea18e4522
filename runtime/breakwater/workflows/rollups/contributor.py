"""Ended executions → contributions, a batch at a time. Each record's trouble is its own."""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from breakwater.index.row import Row
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.rollups.contribution import Contribution, History, facts_of
from breakwater.workflows.rollups.contributions import Overtaken
from breakwater.workflows.rollups.places import Keeping
from breakwater.workflows.rollups.replacing import Change, Stored, corrected
from breakwater.workflows.rollups.rollup_table import Throttled
from breakwater.workflows.rollups.steps_told import with_timeline, without_timeline

_TRIES = 8
_PAUSE_SECONDS = 0.05
_UNCLEAR_AFTER = timedelta(days=1)
Key = tuple[str, int]


class Store(Protocol):
    """See contributions."""

    def stored(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """Those that there are."""

    def portions(self, changes: Sequence[Change], now: datetime) -> list[list[Change]]:
        """Cut so that each can be written at once."""

    def write(self, changes: Sequence[Change], now: datetime) -> None:
        """All of these, or none."""


class Timelines(Protocol):
    """See histories."""

    def of(self, execution_arn: str) -> Timeline | History:
        """Its timeline, or why there is none."""


@dataclass(slots=True, kw_only=True)
class Contributed:
    """What became of a batch."""

    changed: int = 0
    unchanged: int = 0
    too_old: int = 0
    failed: list[tuple[Key, Exception]] = field(default_factory=list)


class Contributor:
    """The work of the function, without Lambda."""

    def __init__(
        self,
        store: Store,
        timelines: Timelines,
        keeping: Keeping,
        clock: Callable[[], datetime],
        pause: Callable[[float], None],
    ) -> None:
        self._store = store
        self._timelines = timelines
        self._keeping = keeping
        self._clock = clock
        self._pause = pause

    def rows(self, rows: Iterable[Row], *, may_read: Callable[[], bool]) -> Contributed:
        """Count what these rows tell of executions that ended.

        :param may_read: is there time to read one more history?
        """
        done = Contributed()
        facts: dict[Key, Contribution] = {}
        for row in rows:
            one = facts_of(row)
            if datetime.fromisoformat(one.ended_at) + self._keeping.contributions < self._clock():
                done.too_old += 1
            elif one.key not in facts or facts[one.key].revision < one.revision:
                facts[one.key] = one
        told: dict[Key, Contribution] = {}

        def wanted(stored: Stored | None, key: Key) -> Contribution | None:
            if stored is not None:
                return corrected(stored.contribution, facts[key])
            if key not in told:
                told[key] = self._told(facts[key], may_read)
            return told[key]

        self._make_so(list(facts), wanted, done)
        return done

    def completed(self, contributions: Iterable[Contribution]) -> Contributed:
        """Count what the histories tell that could not be read before."""
        told = {one.key: self._told(one, lambda: True) for one in contributions}

        def wanted(stored: Stored | None, key: Key) -> Contribution | None:
            if stored is None:
                return None
            whole = stored.contribution.with_history_of(told[key])
            return None if whole == stored.contribution else whole

        done = Contributed()
        self._make_so(list(told), wanted, done)
        return done

    def _told(self, facts: Contribution, may_read: Callable[[], bool]) -> Contribution:
        found = self._timelines.of(facts.execution_arn) if may_read() else History.NO_BUDGET
        if isinstance(found, History):
            return without_timeline(facts, found)
        whole = with_timeline(facts, found)
        age = self._clock() - datetime.fromisoformat(facts.ended_at)
        if whole.history is History.NOT_YET and age > _UNCLEAR_AFTER:
            return without_timeline(whole, History.UNCLEAR)
        return whole

    def _make_so(
        self,
        keys: list[Key],
        wanted: Callable[[Stored | None, Key], Contribution | None],
        done: Contributed,
    ) -> None:
        """Together where possible; what cannot be written together, each alone."""
        stored, changes = self._store.stored(keys), []
        for key in keys:
            try:
                after = wanted(stored.get(key), key)
            except Exception as error:  # noqa: BLE001 - told with its record, which is laid aside
                done.failed.append((key, error))
                continue
            if after is None:
                done.unchanged += 1
            else:
                changes.append(Change(before=stored.get(key), after=after))
        for portion in self._store.portions(changes, self._clock()):
            try:
                self._write(portion, wanted, done)
            except Exception as error:  # noqa: BLE001 - as above
                if len(portion) == 1:
                    done.failed.append((portion[0].after.key, error))
                    continue
                for change in portion:
                    self._make_so([change.after.key], wanted, done)

    def _write(
        self,
        portion: list[Change],
        wanted: Callable[[Stored | None, Key], Contribution | None],
        done: Contributed,
    ) -> None:
        for attempt in range(_TRIES):
            try:
                self._store.write(portion, self._clock())
            except (Overtaken, Throttled):
                if attempt == _TRIES - 1:
                    raise
                self._pause(random.uniform(0.2, 1.0) * _PAUSE_SECONDS * 2**attempt)  # noqa: S311
                stored = self._store.stored([change.after.key for change in portion])
                again = []
                for change in portion:
                    key = change.after.key
                    after = wanted(stored.get(key), key)
                    if after is None:
                        done.unchanged += 1
                    else:
                        again.append(Change(before=stored.get(key), after=after))
                if not again:
                    return
                portion = again
            else:
                done.changed += len(portion)
                return
