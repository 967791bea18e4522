"""One thing that is wrong, or to be looked at: where, what, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """A problem must be mended before it is saved or run; a warning is for a person to weigh."""

    PROBLEM = "problem"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding about a group or a plan."""

    place: str
    """Which field: `waves[2].dependsOn[0]`."""

    code: str
    """For programs; never changes."""

    problem: str
    """What is wrong, with the value received."""

    remedy: str
    """What to do next."""

    severity: Severity = Severity.PROBLEM

    def to_json(self) -> dict[str, Any]:
        """As it stands in an answer."""
        return {
            "place": self.place,
            "code": self.code,
            "severity": self.severity.value,
            "problem": self.problem,
            "remedy": self.remedy,
        }


def told(names: Sequence[str], most: int = 10) -> str:
    """Names in a sentence: the first of them, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def warning(*, place: str, code: str, problem: str, remedy: str) -> Problem:
    """Something to be looked at."""
    return Problem(
        place=place, code=code, problem=problem, remedy=remedy, severity=Severity.WARNING
    )


def only_problems(findings: Iterable[Problem]) -> list[Problem]:
    """What must be mended, without the warnings."""
    return [finding for finding in findings if finding.severity is Severity.PROBLEM]
