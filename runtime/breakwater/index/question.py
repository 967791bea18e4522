"""What somebody wants to find, checked: a wrong word is a 400 that says which are right. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater.index import status as statuses
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import BadRequest

PAGE = 50
LARGEST_PAGE = 1000
_LONGEST = 256  # of a name, an agent, a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From (included) to (excluded), as ISO-8601 with milliseconds; None: without end."""

    since: str | None = None
    until: str | None = None

    def contains(self, moment: str | None) -> bool:
        """Is it within?"""
        if moment is None:
            return False
        return (self.since is None or moment >= self.since) and (
            self.until is None or moment < self.until
        )

    def touches(self, day: str) -> bool:
        """Does any moment of this day lie within?"""
        begins = self.until is None or f"{day}T00:00:00.000Z" < self.until
        return begins and (self.since is None or day >= self.since[:10])


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Each that is given narrows the answer; none: everything, the newest first."""

    agent: str | None = None
    status: str | None = None
    started: Period | None = None
    ended: Period | None = None
    """The answer is then in the order of the ends, unless something is searched for."""

    name_prefix: str | None = None
    search: Mapping[str, str | float | bool] | None = None
    """Path → exactly this value."""

    limit: int = PAGE


def question(
    *,
    agent: str | None = None,
    status: str | None = None,
    started: tuple[datetime | None, datetime | None] | None = None,
    ended: tuple[datetime | None, datetime | None] | None = None,
    name_prefix: str | None = None,
    search: Mapping[str, str | float | bool] | None = None,
    limit: int = PAGE,
) -> Question:
    """A question that can be asked; BadRequest names what can't be."""
    if status is not None and status not in statuses.KNOWN:
        raise _refused("status", status, f"give one of {', '.join(statuses.KNOWN)}")
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= LARGEST_PAGE:
        raise _refused("limit", limit, f"give a whole number from 1 to {LARGEST_PAGE}")
    for place, text in (("agent", agent), ("namePrefix", name_prefix)):
        if text is not None and not (text and _is_text(text)):
            raise _refused(place, text, f"give 1 to {_LONGEST} characters")
    for path, value in (search or {}).items():
        sound = isinstance(value, str | int | float) and _is_text(str(value))
        if not path or not _is_text(path) or not sound:
            raise _refused(f"search.{path}", value, "give a path and one text, number or truth")
    return Question(
        agent=agent,
        status=status,
        started=period("started", started),
        ended=period("ended", ended),
        name_prefix=name_prefix,
        search=dict(search) if search else None,
        limit=limit,
    )


def period(place: str, given: tuple[datetime | None, datetime | None] | None) -> Period | None:
    """From and to, None where neither is given; BadRequest if nothing could lie between."""
    if given is None or given == (None, None):
        return None
    since, until = given
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise _refused(place, moment, "say the time zone: 2026-11-20T03:00:00Z")
    found = Period(since=iso(since) if since else None, until=iso(until) if until else None)
    if found.since and found.until and found.since >= found.until:
        raise _refused(place, f"{found.since} to {found.until}", "begin before the end")
    return found


def _is_text(text: str) -> bool:
    """Not too long, and of whole characters: a terminal may hand over halves of some."""
    return len(text) <= _LONGEST and text == text.encode("utf-8", "replace").decode()


def _refused(place: str, value: Any, remedy: str) -> BadRequest:
    problem = f"is {value!r}; {remedy}"
    return BadRequest(f"{place} {problem}.", details=[{"place": place, "problem": problem}])
