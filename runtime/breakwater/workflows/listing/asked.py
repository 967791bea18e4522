"""What somebody asks of the list, checked: a wrong word is a 400 that names its field. Pure."""

from collections.abc import Mapping
from datetime import datetime

from breakwater.index.lifted import typed
from breakwater.index.when import moment
from breakwater.platform.http.errors import BadRequest
from breakwater.workflows.engine_port import WorkflowFilter
from breakwater.workflows.workflow_status import ACTIVE, KNOWN, UNSUCCESSFUL

ACTIVE_WORD, SLOW_WORD, FAILED_WORD = "active", "slow", "failed"
_GROUPS: Mapping[str, frozenset[str]] = {
    ACTIVE_WORD: ACTIVE,
    SLOW_WORD: ACTIVE,
    FAILED_WORD: UNSUCCESSFUL,
}
_TARGETS: Mapping[str, bool] = {"met": False, "missed": True}
_LONGEST = 256


def wanted_of(said: Mapping[str, str], now: datetime) -> WorkflowFilter:
    """The filter.

    :param said: query parameters as they were written, without limit and cursor.
    """
    words = _words(said.get("status"))
    times = {name: moment(name, said[name], now) for name in _TIMES if name in said}
    for since, until in (("startedFrom", "startedUntil"), ("endedFrom", "endedUntil")):
        if since in times and until in times and times[since] >= times[until]:
            raise _refused(since, said[since], f"give a time before {until}")
    for name, text in said.items():
        if not 0 < len(text) <= _LONGEST:
            raise _refused(name, text, f"give 1 to {_LONGEST} characters")
    return WorkflowFilter(
        statuses=_statuses(words),
        slow_only=SLOW_WORD in words,
        type=said.get("type"),
        started_from=times.get("startedFrom"),
        started_until=times.get("startedUntil"),
        ended_from=times.get("endedFrom"),
        ended_until=times.get("endedUntil"),
        name_prefix=said.get("namePrefix"),
        search=_search(said.get("search")),
        triggered_by=said.get("triggeredBy"),
        error=said.get("error"),
        target_missed=_target_missed(said.get("target")),
        said=dict(said),
    )


_TIMES = ("startedFrom", "startedUntil", "endedFrom", "endedUntil")


def _words(text: str | None) -> list[str]:
    """Between commas; of nothing but commas nobody can say what was meant, least of all: all."""
    words = [one.strip() for one in (text or "").split(",") if one.strip()]
    if text is not None and not words:
        raise _refused("status", text, f"give one of {', '.join((*_GROUPS, *KNOWN))}")
    return words


def _statuses(words: list[str]) -> frozenset[str]:
    found: set[str] = set()
    for word in words:
        if word in _GROUPS:
            found |= _GROUPS[word]
        elif word in KNOWN:
            found.add(word)
        else:
            raise _refused("status", word, f"give one of {', '.join((*_GROUPS, *KNOWN))}")
    if SLOW_WORD in words and len(words) > 1:
        raise _refused("status", ",".join(words), "ask for slow alone: only what runs is slow")
    return frozenset(found)


def _target_missed(text: str | None) -> bool | None:
    if text is not None and text not in _TARGETS:
        raise _refused("target", text, f"give {' or '.join(_TARGETS)}")
    return None if text is None else _TARGETS[text]


def _search(text: str | None) -> Mapping[str, str | float | bool] | None:
    if text is None:
        return None
    path, equals, value = text.partition("=")
    if not (path and equals and value):
        raise _refused("search", text, "write path=value: order.id=A-17")
    return {path: typed(value)}


def _refused(place: str, value: str, remedy: str) -> BadRequest:
    problem = f"is {value[:_LONGEST]!r}; {remedy}"
    return BadRequest(f"{place} {problem}.", details=[{"place": place, "problem": problem}])
