"""The statuses of an execution, and which of two stands later in a life. Pure."""

RUNNING = "RUNNING"
SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
TIMED_OUT = "TIMED_OUT"
ABORTED = "ABORTED"
PENDING_REDRIVE = "PENDING_REDRIVE"  # children of a Map Run that will be redriven
PAUSED = "PAUSED"  # no word of Step Functions: held at a gate (see at_gate), or a custom workflow
GONE = "GONE"  # ours: Step Functions does not know it any more, and nobody saw how it ended

ENDS = frozenset({SUCCEEDED, FAILED, TIMED_OUT, ABORTED})
REDRIVABLE = (FAILED, TIMED_OUT, ABORTED)
KNOWN = (RUNNING, PAUSED, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE, GONE)

_BEFORE_THE_END, _LOST, _ENDED, _WAITING_AGAIN = range(4)


def is_open(status: str, *, stopped: bool) -> bool:
    """May something still happen? A status that AWS adds is judged by whether it has stopped."""
    if status in (RUNNING, PAUSED, PENDING_REDRIVE):
        return True
    return status not in KNOWN and not stopped


def rank(status: str, *, stopped: bool) -> int:
    """Within one attempt (one redrive), a higher rank is later."""
    if status == GONE:
        return _LOST
    if status == PENDING_REDRIVE:
        return _WAITING_AGAIN
    return _BEFORE_THE_END if is_open(status, stopped=stopped) else _ENDED
