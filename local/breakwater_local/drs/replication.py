"""How the data replication of a server moves as time passes: a function of its course and a moment.

A course is the initial sync and the windows in which something holds replication up. After a
window, what has piled up is caught up with in a quarter of the window's length.
"""

from dataclasses import dataclass

INITIATING = 300.0
FIRST_SNAPSHOT = 300.0
SYNC_SECONDS_PER_GIB = 3.0
CATCH_UP = 0.25
LONGEST_CATCH_UP = 1800.0

_ERRORS = {"STALLED": "NOT_CONVERGING", "DISCONNECTED": "AGENT_NOT_SEEN"}
_RESCANNED_AFTER = {"STOPPED", "DISCONNECTED", "PAUSED"}
_KEEPS_UP = {"BACKLOG", "RESCAN", "CREATING_SNAPSHOT", "CONTINUOUS"}


@dataclass(frozen=True)
class Window:
    """Replication is in this state from a moment until another, or for good."""

    state: str
    begins: float
    ends: float | None


@dataclass(frozen=True)
class Course:
    """What decides a server's replication at every moment."""

    syncing_from: float
    sync_seconds: float
    windows: tuple[Window, ...] = ()

    @property
    def synced_at(self) -> float:
        """When the initial sync is over."""
        return self.syncing_from + INITIATING + self.sync_seconds

    @property
    def protected_from(self) -> float:
        """When the first snapshot is complete."""
        return self.synced_at + FIRST_SNAPSHOT


@dataclass(frozen=True)
class Replication:
    """A server's replication at a moment."""

    state: str
    lag: float = 0.0
    replicated: float = 1.0
    """How much of the disks is there, 0 to 1."""
    rescanned: float = 0.0
    expected: float | None = None
    """When it will have caught up."""
    error: str | None = None


def initial_course(state: str, gibibytes: int, protected_for: float) -> Course:
    """The course of a server that is in this state when the simulation starts."""
    sync = max(gibibytes * SYNC_SECONDS_PER_GIB, 600.0)
    into = {"INITIATING": 0.0, "INITIAL_SYNC": INITIATING, "CREATING_SNAPSHOT": INITIATING + sync}
    if state in into:
        return Course(-into[state], sync)
    settled = Course(-(protected_for + INITIATING + sync + FIRST_SNAPSHOT), sync)
    if state == "CONTINUOUS":
        return settled
    return Course(settled.syncing_from, sync, (Window(state, -3600.0, None),))


def replication_at(course: Course, at: float) -> Replication:
    """The state, the lag and the progress at a moment."""
    if at < course.syncing_from + INITIATING:
        return Replication("INITIATING", at - course.syncing_from, 0.0, expected=course.synced_at)
    if at < course.synced_at:
        done = (at - course.syncing_from - INITIATING) / course.sync_seconds
        return Replication(
            "INITIAL_SYNC", at - course.syncing_from, done, expected=course.synced_at
        )
    for window in reversed(course.windows):
        if window.begins <= at:
            held = _held_up(window, at)
            if held:
                return held
    if at < course.protected_from:
        return Replication("CREATING_SNAPSHOT")
    return Replication("CONTINUOUS")


def consistent_at(course: Course, at: float) -> bool:
    """Could a snapshot be taken at this moment?"""
    state = replication_at(course, at).state
    return at >= course.protected_from and state in ("CONTINUOUS", "BACKLOG", "CREATING_SNAPSHOT")


def _held_up(window: Window, at: float) -> Replication | None:
    if window.ends is None or at < window.ends:
        lag = at - window.begins if window.state not in ("CONTINUOUS", "CREATING_SNAPSHOT") else 0.0
        expected = window.ends if window.state in _KEEPS_UP else None
        return Replication(window.state, lag, expected=expected, error=_ERRORS.get(window.state))
    length = window.ends - window.begins
    caught_up = window.ends + min(length * CATCH_UP, LONGEST_CATCH_UP)
    if at >= caught_up or window.state in ("CONTINUOUS", "CREATING_SNAPSHOT"):
        return None
    left = (caught_up - at) / (caught_up - window.ends)
    if window.state in _RESCANNED_AFTER:
        return Replication("RESCAN", length * left, rescanned=1.0 - left, expected=caught_up)
    return Replication("BACKLOG", length * left, expected=caught_up)
