"""The execution index as a source: executions of Step Functions, and custom workflows."""

from dataclasses import replace
from typing import Any

from breakwater import contract
from breakwater.index.pager import Pager
from breakwater.index.plan import plan
from breakwater.index.question import Period, Question
from breakwater.platform.clock import iso
from breakwater.platform.pagination import refused
from breakwater.workflows.engine_port import Batch, Candidate, Place, WorkflowFilter
from breakwater.workflows.engines.step_functions.compensation.note import COMPENSATING
from breakwater.workflows.workflow_status import CANCELLED, CANCELLING, to_step_functions

_KEY = contract.EXECUTION_INDEX.partition
NAME = "index"


class IndexSource:
    """One question to the index."""

    def __init__(self, pager: Pager, asked: Question, name: str = NAME) -> None:
        self.name = name
        self._pager = pager
        self._asked = asked
        chosen = plan(asked)
        self._keys = (_KEY, chosen.partition, chosen.sort)

    def read(self, after: Place | None, size: int) -> Batch:
        """What follows this place."""
        batch = self._pager.batch(replace(self._asked, limit=size), self._told(after))
        return Batch(
            found=[
                Candidate(
                    source=self.name,
                    sort=place[self._keys[2]]["S"],
                    place=self._place(place),
                    about=row,
                )
                for row, place in batch.found
            ],
            after=self._place(batch.after) if batch.after else None,
            read=batch.read,
        )

    def _place(self, place: dict[str, Any]) -> list[str]:
        return [place[key]["S"] for key in self._keys]

    def _told(self, place: Place | None) -> dict[str, Any] | None:
        if place is None:
            return None
        if len(place) != len(self._keys):
            raise refused()
        return {key: {"S": text} for key, text in zip(self._keys, place, strict=True)}


def index_sources(pager: Pager, wanted: WorkflowFilter) -> list[IndexSource]:
    """One for each status, where they are asked for in the order of starts; else one alone."""
    started = _period(wanted.started_from, wanted.started_until)
    if is_by_status(wanted):
        words = {to_step_functions(status) for status in wanted.statuses}
        if CANCELLING in wanted.statuses and CANCELLED not in wanted.statuses:
            # Those that are made good again are ABORTED to the index. Their notes lead to them.
            words.add(COMPENSATING)
        return [
            IndexSource(
                pager, Question(agent=wanted.type, status=word, started=started), f"{NAME}:{word}"
            )
            for word in sorted(words)
        ]
    asked = Question(
        agent=wanted.type,
        started=started,
        ended=_period(wanted.ended_from, wanted.ended_until),
        search=wanted.search,
    )
    return [IndexSource(pager, asked)]


def is_by_status(wanted: WorkflowFilter) -> bool:
    """Do statuses choose the partitions? Otherwise they filter what another index finds."""
    ended = wanted.ended_from or wanted.ended_until
    return bool(wanted.statuses) and not ended and not wanted.search


def _period(since: Any, until: Any) -> Period | None:
    if since is None and until is None:
        return None
    return Period(since=iso(since) if since else None, until=iso(until) if until else None)
