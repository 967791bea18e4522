"""What GET /analytics answers. Rates are parts of 1, and null where nothing was to be rated."""

from pydantic import Field

from breakwater.platform.http.models import Model


class SlaFigures(Model):
    """Executions that have a target and were not cancelled within it."""

    met: int = Field(description="completed within the target")
    missed: int = Field(description="took longer, or failed")
    compliance: float | None


class DurationFigures(Model):
    """Seconds. Percentiles are right within 1 %; count and mean are exact."""

    count: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class ExecutionFigures(Model):
    """Executions that ended in the period; each redrive of one is counted as well."""

    ended: int
    completed: int
    failed: int
    timed_out: int
    cancelled: int
    other: int = Field(description="ended in a status that Breakwater does not know")
    redrives: int
    failure_rate: float | None = Field(description="failed and timed out, of those that ended")


class TransitionFigures(Model):
    """State transitions: states entered, and retries."""

    counted: int = Field(description="of the executions whose history was read")
    estimated: int = Field(description="of all, as if the others had made as many")
    per_execution: float | None


class CostFigures(Model):
    """An estimate at list price; free tier and discounts are ignored."""

    estimated_usd: float
    per_execution_usd: float | None
    not_priced: int = Field(description="executions that are not billed by transitions: Express")
    per_thousand_transitions_usd: float
    price_as_of: str


class TypeFigures(ExecutionFigures):
    """One type of workflow."""

    type: str | None = Field(description="null: all that found no room by name")
    sla: SlaFigures
    duration: DurationFigures
    completed_duration: DurationFigures = Field(description="of those that completed")
    transitions: TransitionFigures
    cost: CostFigures


class StateFailures(Model):
    """Executions that failed in one state."""

    type: str
    state_machine: str
    state: str | None
    failures: int
    visits: int | None = Field(description="null where the state's visits found no room")
    rate: float | None = Field(description="of its visits")
    share: float | None = Field(description="of all failures")


class FingerprintFailures(Model):
    """The same failure, wherever it happened again."""

    fingerprint: str
    type: str
    state_machine: str
    state: str | None
    error: str | None
    failures: int
    rate: float | None = Field(description="of all executions that ended")
    share: float | None = Field(description="of all failures")


class FailureFigures(Model):
    """Where and why executions failed, most first."""

    by_state: list[StateFailures]
    by_fingerprint: list[FingerprintFailures]
    without_state: int = Field(description="failures whose state is not known, or found no room")


class StepFigures(Model):
    """Visits of one state."""

    type: str
    state_machine: str
    state: str | None
    occurrences: int
    failed: int
    attempts: int
    retries: int
    retry_rate: float | None = Field(description="retries, of all attempts")
    duration: DurationFigures


class RetryFigures(Model):
    """Attempts of all tasks."""

    attempts: int
    retries: int
    retry_rate: float | None
    steps: list[StepFigures] = Field(description="with the most retries, most first")


class LeftOut(Model):
    """What is in the sums but not told by name: an item of the database holds so many names."""

    type: int
    step: int
    state: int
    failure: int


class Completeness(Model):
    """How complete the figures are. Steps, retries and transitions need an execution's history."""

    executions: int
    history_read: int
    share: float | None
    to_be_read: int = Field(description="histories that will still be read, budget permitting")
    not_read: dict[str, int] = Field(
        description="why not: noBudget, notYet, unclear, gone, denied, none (there is none)"
    )
    left_out: LeftOut
    first_period: str | None = Field(description="the first hour or day that has any figures")
    updated_at: str | None = Field(description="when something was counted last")


class Analytics(Model):
    """All figures of a period."""

    period: str
    from_: str = Field(alias="from", description="the beginning of the first whole hour or day")
    until: str
    executions: ExecutionFigures
    sla: SlaFigures
    duration: DurationFigures
    types: list[TypeFigures] = Field(description="most executions first, at most 100")
    more_types: int
    failures: FailureFigures
    slowest_steps: list[StepFigures] = Field(description="by their p95, slowest first")
    retries: RetryFigures
    transitions: TransitionFigures
    cost: CostFigures
    completeness: Completeness
