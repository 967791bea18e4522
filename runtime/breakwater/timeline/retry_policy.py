"""A rule of a state's `Retry`: which errors, how often, how long between."""

from typing import Any, NamedTuple

ANY_ERROR = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
_NOT_BY_ALL = frozenset({"States.DataLimitExceeded", "States.Runtime"})


class RetryPolicy(NamedTuple):
    """One retrier, with the defaults of the language filled in."""

    errors: tuple[str, ...]
    interval_seconds: float
    max_attempts: int
    """Retries, not counting the first attempt."""

    backoff_rate: float
    max_delay_seconds: float | None
    jitter: bool

    def covers(self, error: str | None) -> bool:
        """Does the rule hold for this error?"""
        if error is None or error in self.errors:
            return error is not None
        if TASK_FAILED in self.errors and error != TIMEOUT and error not in _NOT_BY_ALL:
            return True
        return ANY_ERROR in self.errors and error not in _NOT_BY_ALL


def retry_policy(told: Any) -> RetryPolicy | None:
    """The rule that a definition writes; None when it makes no sense."""
    if not isinstance(told, dict) or not isinstance(told.get("ErrorEquals"), list):
        return None
    delay = _number(told.get("MaxDelaySeconds"), -1.0)
    return RetryPolicy(
        errors=tuple(str(error) for error in told["ErrorEquals"]),
        interval_seconds=_number(told.get("IntervalSeconds"), 1.0),
        max_attempts=int(_number(told.get("MaxAttempts"), 3.0)),
        backoff_rate=_number(told.get("BackoffRate"), 2.0),
        max_delay_seconds=delay if delay >= 0 else None,
        jitter=told.get("JitterStrategy") == "FULL",
    )


def _number(told: Any, otherwise: float) -> float:
    usable = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if usable and abs(told) < 1e12 else otherwise
