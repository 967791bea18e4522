"""What a person asked of a run: who, when, why. Kept in the run until it is carried out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A pause, a release, a cancellation."""

    by: str
    at: datetime
    reason: str
    cleanup: bool = False
    """Cancelling a drill: terminate what it launched."""

    waves: tuple[str, ...] = ()
    """Releasing: these waves."""
