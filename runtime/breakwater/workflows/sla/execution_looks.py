"""Looks at executions that are due: do they run, and in which states. Never waits for its turn.

Calls DescribeExecution and GetExecutionHistory (the newest thousand events: one call), within the
half of the quotas that all of Breakwater shares (docs/decisions/0032). What finds no budget is
looked at by a later sweep.
"""

from typing import Any, Protocol

from breakwater.platform.http.errors import ApiError, NotFound, Unavailable
from breakwater.timeline.reader import Events
from breakwater.workflows.sla.alert import InState, states_now

RUNS = frozenset({"RUNNING", "PENDING_REDRIVE"})


class Reading(Protocol):
    """Step Functions: see timeline.reader."""

    def describe(self, execution_arn: str) -> dict[str, Any]:
        """What DescribeExecution says."""

    def newest(self, execution_arn: str) -> Events:
        """The last thousand events, oldest first."""


class NotNow(Exception):
    """There is no budget at this moment, or Step Functions does not answer."""


class ExecutionLooks:
    """A look at one execution."""

    def __init__(self, reading: Reading, *, most_histories: int = 50) -> None:
        """
        :param most_histories: in one sweep: the others are for the next.
        """
        self._reading = reading
        self._most = most_histories
        self._left = most_histories

    def begin(self) -> None:
        """A new sweep."""
        self._left = self._most

    def runs(self, execution_arn: str) -> bool:
        """Does it run at this moment? NotNow if that cannot be known."""
        try:
            return self._reading.describe(execution_arn)["status"] in RUNS
        except NotFound:
            return False
        except Unavailable as busy:
            raise NotNow(str(busy)) from busy

    def states(self, execution_arn: str) -> list[InState]:
        """The states that it is in, as far as its newest events tell; none of one whose history
        may not be read, or is gone.
        """
        if self._left <= 0:
            raise NotNow("Enough histories were read in this sweep.")
        self._left -= 1
        try:
            return states_now(self._reading.newest(execution_arn))
        except Unavailable as busy:
            self._left = 0  # nor would the next find any
            raise NotNow(str(busy)) from busy
        except ApiError:  # gone, denied, or of another kind: no later look would see more
            return []
