"""The history of an ended execution as a timeline, within a budget; or why there is none.

Figures can wait, people can't: this reader takes at most a quarter of an account's quota, out of
the half that Breakwater allows itself (docs/decisions/0032), and never waits for its turn.
"""

from typing import Any, Protocol

from breakwater.platform.http.errors import (
    ApiError,
    BadRequest,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unavailable,
)
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.timeline.call_budget import GET_HISTORY, Budget, share_of
from breakwater.timeline.execution_arn import NotAnArn, parsed_execution_arn
from breakwater.timeline.reader import Events
from breakwater.timeline.timeline import Timeline, reconstruct
from breakwater.workflows.rollups.contribution import History

_PART = 0.5


class Reading(Protocol):
    """Where events come from: see timeline.reader."""

    def events(self, execution_arn: str, *, payloads: bool = False) -> Events:
        """The whole history."""


class Histories:
    """Histories, one after the other; after the first refusal for want of budget, none."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._spent = False

    @property
    def spent(self) -> bool:
        """Was the budget used up?"""
        return self._spent

    def begin(self) -> None:
        """A new batch: there may be budget again."""
        self._spent = False

    def of(self, execution_arn: str) -> Timeline | History:
        """Its timeline, without payloads; or why there is none."""
        try:
            parsed_execution_arn(execution_arn)
        except NotAnArn:
            return History.NONE
        if self._spent:
            return History.NO_BUDGET
        try:
            return reconstruct(self._reading.events(execution_arn))
        except Unavailable:
            self._spent = True
            return History.NO_BUDGET
        except ApiError as refused:
            return _WHY.get(type(refused), History.DENIED)


_WHY: dict[type[ApiError], History] = {
    NotFound: History.GONE,
    Forbidden: History.DENIED,
    BadRequest: History.NONE,
}


class FiguresBudget:
    """A bucket of our own before the one that everything of Breakwater's shares."""

    def __init__(self, client: Any, table: str, shared: Budget) -> None:
        """
        :param table: the Requests table's name.
        """
        share = share_of(GET_HISTORY)
        self._own = RateLimit(
            client,
            table,
            Allowance(per_second=share.per_second * _PART, burst=int(share.size * _PART)),
        )
        self._shared = shared

    def take(self, operation: str, now: float) -> float:
        """One call of this operation, at this moment (epoch seconds)."""
        try:
            self._own.take(f"aws#figures#{operation}", now)
        except TooManyRequests as refused:
            details: Any = refused.details
            return float(details["retryAfterSeconds"])
        return self._shared.take(operation, now)

    def throttled(self, operation: str, now: float) -> None:
        """AWS refused a call."""
        self._shared.throttled(operation, now)
