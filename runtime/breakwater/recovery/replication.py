"""What a server's replication state means for launching it now.

Data, with one answer for a state that AWS adds later: unknown is looked at, never a crash.
"""

from enum import StrEnum


class Launchable(StrEnum):
    """Could it be launched now?"""

    YES = "yes"
    IF_SNAPSHOT = "ifSnapshot"
    """From an older point in time, if there is one."""

    NO = "no"
    UNKNOWN = "unknown"


_STATES = {
    "CONTINUOUS": Launchable.YES,
    "CREATING_SNAPSHOT": Launchable.IF_SNAPSHOT,
    "BACKLOG": Launchable.IF_SNAPSHOT,
    "RESCAN": Launchable.IF_SNAPSHOT,
    "PAUSED": Launchable.IF_SNAPSHOT,
    "STALLED": Launchable.IF_SNAPSHOT,
    "INITIATING": Launchable.NO,
    "INITIAL_SYNC": Launchable.NO,
    "STOPPED": Launchable.NO,
    "DISCONNECTED": Launchable.NO,
}


def launchable(state: str) -> Launchable:
    """What DRS calls `dataReplicationState`, judged."""
    return _STATES.get(state, Launchable.UNKNOWN)
