"""What a timeline is made of. Nothing here changes once it is made.

Named tuples, not dataclasses: a history of 25,000 events makes tens of thousands of them, and a
tuple is made in a third of the time (docs/decisions/0030).
"""

from datetime import datetime
from typing import NamedTuple

from breakwater.timeline.moments import seconds
from breakwater.timeline.retry_policy import RetryPolicy


class Attempt(NamedTuple):
    """One try of a Task: from being scheduled to its end."""

    number: int
    """Counted from 1 in each segment: a redrive starts again at 1."""

    segment: int
    status: str
    resource: str | None
    resource_type: str | None
    scheduled: datetime
    started: datetime | None
    submitted: datetime | None
    ended: datetime | None
    error: str | None
    cause: str | None
    backoff: float | None
    """Seconds between the failure before and this one being scheduled."""

    callback: bool
    """Waits for somebody to send the task token back."""

    timeout: int | None
    heartbeat: int | None
    worker: str | None
    execution_arn: str | None
    """The execution that it started, if it started one."""

    parameters: str | None
    policy: RetryPolicy | None
    """The retry rule that led to it, or that holds for its error, when the definition is known."""

    @property
    def maximum(self) -> int | None:
        """How many attempts the policy allows in all."""
        return self.policy.max_attempts + 1 if self.policy is not None else None

    @property
    def waiting(self) -> float | None:
        """Seconds between being scheduled and being started."""
        return seconds(self.scheduled, self.started)

    @property
    def duration(self) -> float | None:
        """Seconds from being scheduled to the end; None while it runs."""
        return seconds(self.scheduled, self.ended)


class Counts(NamedTuple):
    """How many branches or iterations there are in the newest round, and how they stand."""

    total: int
    started: int
    running: int
    succeeded: int
    failed: int
    aborted: int


class Lane(NamedTuple):
    """A branch of a Parallel or an iteration of a Map: steps one after the other."""

    index: int  # type: ignore[assignment]  # tuples have a method of this name
    round: int
    """1, and one more each time the whole state is retried."""

    status: str
    started: datetime
    ended: datetime | None
    steps: tuple["Step", ...]

    @property
    def duration(self) -> float | None:
        """Seconds; None while it runs."""
        return seconds(self.started, self.ended)


class Step(NamedTuple):
    """One visit of a state."""

    number: int
    """In the order in which states were entered, from 1."""

    name: str
    type: str
    path: str
    """`Fan out[0]/Deploy`: with `occurrence` it names this visit and no other."""

    occurrence: int
    """1 for the first visit at this path, 2 for the second, as loops make them."""

    segment: int
    status: str
    entered: datetime
    exited: datetime | None
    input: str | None
    output: str | None
    error: str | None
    cause: str | None
    attempts: tuple[Attempt, ...]
    rounds: int
    """How often its branches or iterations were started."""

    counts: Counts | None
    branches: tuple[Lane, ...]
    iterations: tuple[Lane, ...]
    map_run_arn: str | None
    entered_event: int
    exited_event: int | None

    @property
    def duration(self) -> float | None:
        """Seconds; None while it runs."""
        return seconds(self.entered, self.exited)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """Branches or iterations, whichever it has."""
        return self.branches or self.iterations


class Segment(NamedTuple):
    """The original run, or one redrive."""

    number: int
    """0 for the original, then the number of the redrive."""

    status: str
    started: datetime | None
    stopped: datetime | None
    error: str | None
    cause: str | None
    failed_step: int | None
    """The number of the step that the failure came from."""

    steps: tuple[Step, ...]


class Execution(NamedTuple):
    """The execution as a whole."""

    status: str
    """In the words of Step Functions: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED; UNKNOWN
    when the history tells nothing of it.
    """

    start: datetime | None
    stop: datetime | None
    input: str | None
    output: str | None
    error: str | None
    cause: str | None
    role_arn: str | None
    state_machine_version_arn: str | None
    state_machine_alias_arn: str | None
    redrives: int

    @property
    def duration(self) -> float | None:
        """Seconds; None while it runs."""
        return seconds(self.start, self.stop)
