"""The list of workflows. What a page costs does not depend on how many there are.

A page of n reads one Query for each source that the filter needs (one; for a status one more for
the runs with it), and one BatchGetItem each for profiles, runs and notes of state machines. What
only the workflow itself decides (slow, a name's beginning, who triggered it, its error, whether it
met its target) is filtered afterwards; after ten times n the page is `partial` and its cursor goes
on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from breakwater.index.pager import Pager
from breakwater.platform.http.identity import Identity
from breakwater.platform.pagination import cursor_of, position_of, refused
from breakwater.workflows.engine_port import Candidate, Place, Source, WorkflowFilter
from breakwater.workflows.engines.recovery.run_source import Runs, run_sources
from breakwater.workflows.listing.index_source import index_sources, is_by_status
from breakwater.workflows.listing.merging import Merging, places_after
from breakwater.workflows.listing.passing import passes
from breakwater.workflows.listing.resolving import Resolving
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName

MOST_READ = 10  # times the size of the page
SPARE = 8
"""So many of a page may be told elsewhere, as executions of runs are, before it is read on."""

_NEWEST = "9999"  # sorts after every time


class Capabilities(Protocol):
    """An engine, as far as the list asks it."""

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowPage:
    """A page, the newest first."""

    workflows: list[Workflow]
    next_cursor: str | None
    partial: bool
    """More was looked through than a page may cost: go on with the cursor."""


class WorkflowList:
    """All workflows, whatever runs them."""

    def __init__(
        self,
        *,
        pager: Pager,
        runs: Runs,
        resolving: Resolving,
        engines: Mapping[EngineName, Capabilities],
        clock: Callable[[], datetime],
        others: Callable[[WorkflowFilter], Sequence[Source]] = lambda _wanted: (),
    ) -> None:
        """
        :param others: sources of engines that keep lists of their own.
        """
        self._pager = pager
        self._runs = runs
        self._resolving = resolving
        self._engines = engines
        self._clock = clock
        self._others = others

    def page(
        self, wanted: WorkflowFilter, by: Identity, *, limit: int, cursor: str | None = None
    ) -> WorkflowPage:
        """A page of what is wanted; BadRequest for a cursor that is none of this question's."""
        question = {"list": "workflows", **wanted.said}
        places, before = _places(cursor, question)
        merging = Merging(self._sources(wanted), places, before, most=limit * MOST_READ)
        now = self._clock()
        shown: list[Workflow] = []
        looked_at: list[Candidate] = []
        while taken := merging.take(limit + 1 + SPARE - len(shown)):
            for one, workflow in zip(taken, self._told(taken, wanted, now), strict=True):
                if workflow is not None and passes(workflow, wanted):
                    if len(shown) == limit:
                        at = places_after(places, looked_at)
                        following = cursor_of({"before": looked_at[-1].sort, "at": at}, question)
                        return self._answer(shown, by, following)
                    shown.append(workflow)
                looked_at.append(one)
            if len(looked_at) >= limit * MOST_READ:
                break
        if merging.is_over:
            return self._answer(shown, by, None)
        at = {**places_after(places, looked_at), **merging.reached()}
        newest = looked_at[-1].sort if looked_at else before or _NEWEST
        return self._answer(
            shown, by, cursor_of({"before": newest, "at": at}, question), short=True
        )

    def _answer(
        self,
        shown: Sequence[Workflow],
        by: Identity,
        following: str | None,
        *,
        short: bool = False,
    ) -> WorkflowPage:
        return WorkflowPage(
            workflows=[self._with_capabilities(one, by) for one in shown],
            next_cursor=following,
            partial=short,
        )

    def _sources(self, wanted: WorkflowFilter) -> list[Source]:
        return [
            *index_sources(self._pager, wanted),
            *run_sources(self._runs, wanted, by_status=is_by_status(wanted)),
            *self._others(wanted),
        ]

    def _told(
        self, taken: Sequence[Candidate], wanted: WorkflowFilter, now: datetime
    ) -> list[Workflow | None]:
        return self._resolving.workflows(taken, now, runs_come_by_status=is_by_status(wanted))

    def _with_capabilities(self, workflow: Workflow, by: Identity) -> Workflow:
        engine = self._engines[workflow.id.engine]
        return replace(workflow, capabilities=engine.capabilities(workflow, by))


def _places(cursor: str | None, question: Mapping[str, Any]) -> tuple[dict[str, Place], str | None]:
    """What a cursor says; what comes from outside may be anything."""
    if cursor is None:
        return {}, None
    position = position_of(cursor, question)
    before, places = position.get("before"), position.get("at")
    if not isinstance(before, str) or not isinstance(places, dict) or len(position) != 2:
        raise refused()
    if not all(_is_place(place) for place in places.values()):
        raise refused()
    return dict(places), before


def _is_place(place: Any) -> bool:
    return isinstance(place, list) and all(
        isinstance(text, str) and 0 < len(text) <= 1024 for text in place
    )
