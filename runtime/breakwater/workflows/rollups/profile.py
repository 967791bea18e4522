"""What a state machine usually does: its times, its number of steps, each step's times. Pure.

It is drawn from this month and the one before. Durations of whole executions and numbers of steps
are those of executions that succeeded at first, without a redrive; times of steps are those of
every visit that succeeded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakwater.workflows.rollups.tally import EVERYTHING_ELSE, Rollup

ENOUGH = 20
"""From so many samples on, a percentile is something to judge by."""

# What the rollup of a machine's month holds.
WHOLE, STEP = "whole", "step"
DURATION, STEPS_ENTERED = "ms", "steps"
_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProfile:
    """How long visits of one state take that succeed. Seconds."""

    p50: float
    p95: float
    count: int
    """Visits that these are drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineProfile:
    """What is usual for a state machine; with 0 samples, nothing is known yet."""

    state_machine_arn: str
    samples: int = 0
    """Executions that succeeded at first."""

    p50: float | None = None
    """Seconds that they took."""

    p95: float | None = None
    median_steps: int | None = None
    """Steps that they entered, those in branches and iterations too, each visit counted."""

    steps: Mapping[str, StepProfile] = field(default_factory=dict)
    """By the state's name; at most so many as a rollup has room for."""

    def is_slow(self, seconds: float) -> bool:
        """Is this longer than nearly all took? Never before there are ENOUGH samples."""
        return self.samples >= ENOUGH and self.p95 is not None and seconds > self.p95

    def is_slow_step(self, name: str, seconds: float) -> bool:
        """Likewise, for one visit of a state."""
        step = self.steps.get(name)
        return step is not None and step.count >= ENOUGH and seconds > step.p95


def profile_of(state_machine_arn: str, rollup: Rollup) -> MachineProfile:
    """The profile that the rollup of a machine's months gives."""
    whole = rollup.tally(WHOLE)
    durations, entered = whole.sketch(DURATION), whole.sketch(STEPS_ENTERED)
    median = entered.percentile(0.5)
    steps = {}
    for (name,), tally in rollup.of(STEP):
        sketch = tally.sketch(DURATION)
        p50, p95 = sketch.percentile(0.5), sketch.percentile(0.95)
        if name != EVERYTHING_ELSE and p50 is not None and p95 is not None:
            steps[name] = StepProfile(p50=_seconds(p50), p95=_seconds(p95), count=sketch.count)
    p50, p95 = durations.percentile(0.5), durations.percentile(0.95)
    return MachineProfile(
        state_machine_arn=state_machine_arn,
        samples=durations.count,
        p50=_seconds(p50) if p50 is not None else None,
        p95=_seconds(p95) if p95 is not None else None,
        median_steps=round(median) if median is not None else None,
        steps=steps,
    )


def _seconds(milliseconds: float) -> float:
    return round(milliseconds / _MS, 3)
