"""Is every part of Breakwater ready? The decision, apart from who is asked.

What is said here is public: names of parts and words from a fixed list, never an ARN or an
exception's text. The reason in full is for the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

READY = "ready"
NOT_READY = "notReady"
UNKNOWN = "unknown"

# States in which DynamoDB refuses requests. Any other is served, one that AWS adds later included.
_CLOSED_TABLES = frozenset(
    {"CREATING", "DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVING", "ARCHIVED"}
)
_CLOSED_INDEXES = frozenset({"CREATING", "DELETING"})
_OPEN = frozenset({"ACTIVE", "UPDATING"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part, whether it is ready, and what is the matter if it is not."""

    name: str
    status: str = READY
    problem: str | None = None

    def as_json(self) -> dict[str, str]:
        """As it stands in the answer."""
        told = {"name": self.name, "status": self.status}
        return told if self.problem is None else {**told, "problem": self.problem}


def part_of_table(name: str, description: Mapping[str, Any]) -> Part:
    """Judge what DescribeTable said of a table and its indexes."""
    states = [("table", str(description.get("TableStatus", "ACTIVE")), _CLOSED_TABLES)]
    for index in description.get("GlobalSecondaryIndexes", ()):
        # The embedded AWS tells no status for an index made by CloudFormation.
        state = str(index.get("IndexStatus", "ACTIVE"))
        states.append((f"index {index.get('IndexName')}", state, _CLOSED_INDEXES))
    for what, state, closed in states:
        if state in closed:
            return Part(name=name, status=NOT_READY, problem=f"{what} is {state.lower()}")
    for what, state, _ in states:
        if state not in _OPEN:
            return Part(name=name, status=UNKNOWN, problem=f"{what} is {state.lower()}")
    return Part(name=name)


_REFUSALS = {
    "ResourceNotFoundException": "does not exist",
    "AccessDeniedException": "access denied",
    "ThrottlingException": "throttled",
}


def part_refused(name: str, code: str) -> Part:
    """Judge an error code that AWS answered with."""
    return Part(name=name, status=NOT_READY, problem=_REFUSALS.get(code, "refused"))


def part_unreachable(name: str) -> Part:
    """AWS did not answer at all."""
    return Part(name=name, status=NOT_READY, problem="no answer")


def report(parts: Sequence[Part], *, environment: str, version: str, at: str) -> dict[str, Any]:
    """The body of the answer: ready unless a part is known not to be."""
    ready = all(part.status != NOT_READY for part in parts)
    return {
        "status": READY if ready else NOT_READY,
        "environment": environment,
        "version": version,
        "checkedAt": at,
        "parts": [part.as_json() for part in parts],
    }
