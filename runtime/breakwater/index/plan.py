"""Which index answers a question, and what must be filtered afterwards. Pure.

Every question has an index that holds its answer in order. What the index does not decide (a name's
beginning, mostly) is filtered as it is read; how much may be read for that is the pager's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from breakwater.index.lifted import search_key
from breakwater.index.question import Period, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a question is answered."""

    index: str
    partition: str
    """The attribute that the index is divided by."""

    sort: str
    """The attribute that it is sorted by."""

    values: Sequence[str] | None
    """The parts to read one after the other; None: each day of the day book."""

    period: Period | None
    """Within a part, from and to by `sort`."""

    filters: Mapping[str, Any]
    """Fields of the question that the index does not decide."""

    through_search: bool = False
    """The index holds search items, whose rows must be fetched."""

    @property
    def is_by_day(self) -> bool:
        """Does it go through days?"""
        return self.values is None


def plan(asked: Question) -> Plan:
    """The plan."""
    if asked.search:
        (path, wanted), *others = sorted(asked.search.items())
        filters = _filters(asked, "agent", "status", "name_prefix", "ended")
        if others:
            filters["search"] = dict(others)
        return Plan(
            index="SearchIndex",
            partition="searchKey",
            sort="startDate",
            values=[search_key(path, wanted)],
            period=asked.started,
            filters=filters,
            through_search=True,
        )
    if asked.ended:
        return Plan(
            index="StopDayIndex",
            partition="stopDay",
            sort="stopDate",
            values=None,
            period=asked.ended,
            filters=_filters(asked, "agent", "status", "name_prefix", "started"),
        )
    index, partition, value = _by_word(asked)
    return Plan(
        index=index,
        partition=partition,
        sort="startDate",
        values=[value] if value else None,
        period=asked.started,
        filters=_filters(asked, "name_prefix"),
    )


def _by_word(asked: Question) -> tuple[str, str, str | None]:
    if asked.agent and asked.status:
        return "AgentStatusDateIndex", "agentStatus", f"{asked.agent}#{asked.status}"
    if asked.agent:
        return "AgentDateIndex", "agentName", asked.agent
    if asked.status:
        return "StatusDateIndex", "status", asked.status
    return "StartDayIndex", "startDay", None


def _filters(asked: Question, *fields: str) -> dict[str, Any]:
    given = {field: getattr(asked, field) for field in fields}
    return {field: value for field, value in given.items() if value is not None}


def passes(values: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    """Is this row one of those that are wanted?"""
    return all(_passes(values, field, wanted) for field, wanted in filters.items())


def _passes(values: Mapping[str, Any], field: str, wanted: Any) -> bool:
    match field:
        case "agent":
            return bool(values.get("agentName") == wanted)
        case "status":
            return bool(values.get("status") == wanted)
        case "name_prefix":
            return str(values.get("executionName", "")).startswith(wanted)
        case "started":
            return bool(wanted.contains(values.get("startDate")))
        case "ended":
            return bool(wanted.contains(values.get("stopDate")))
        case "search":
            found = values.get("search") or {}
            return all(
                path in found and search_key(path, found[path]) == search_key(path, value)
                for path, value in wanted.items()
            )
    raise ValueError(f"nothing filters by {field}")


def parts(chosen: Plan, days: Sequence[str], after: str | None) -> list[str]:
    """What to read, in order: the plan's part, or the days that the question touches.

    :param days: of the day book, the newest first. `after`: go on with this part.
    """
    if chosen.values is not None:
        return list(chosen.values)
    period = chosen.period or Period()
    return [day for day in days if period.touches(day) and (after is None or day <= after)]
