"""Ways through the recovery state machine: what the functions say, and which states follow.

Each interpreter walks them all; together they take every way that the definition has, and a test
says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = dict[str, Any]

ON_AWS_ONLY = (
    "the embedded AWS leaves this out, see tests/integration/test_embedded_aws_differences.py"
)

BEGIN = ("InitiateWavePlan", "DetermineWavePlanState")
POLL = ("WaitForWaveUpdate", "UpdateWaveStatus", "DetermineWaveState")
RUNNING = (*BEGIN, "DetermineWaveState")
JUDGED = ("DetermineWavePlanState",)
RESUMED = ("WaitForResume", "ResumeWavePlan", "DetermineWaveState")
RECORDED = ("RecordPlanFailure", "PlanFailed")


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One way."""

    name: str
    script: tuple[Line, ...]
    through: tuple[str, ...]
    end: tuple[str, str] | None = None
    """The error, and what its cause begins with; None: it succeeds."""

    on_aws_only: bool = False
    """The embedded AWS leaves this way out: tests/integration/test_step_functions_differences.py"""

    @property
    def error(self) -> str | None:
        """Of the end."""
        return self.end[0] if self.end else None

    @property
    def cause(self) -> str:
        """What the cause of the end begins with."""
        return self.end[1] if self.end else ""

    @property
    def given(self) -> dict[str, Any]:
        """The execution's input."""
        return {"Plan": "plan-1", "ExecutionId": "run-1", "script": list(self.script)}


def says(by: str, status: str, **more: Any) -> Line:
    """A line after which the run has this status."""
    words = {"status": status, "waitSeconds": 5, "pauseTimeoutSeconds": 60}
    return {"by": by, "says": {**words, "cause": f"{status}, because", **more}}


def raises(by: str) -> Line:
    """A line that ends in an error, however often it is tried."""
    return {"by": by, "raises": "the engine is broken"}


def begin(status: str, **more: Any) -> Line:
    return says("begin", status, **more)


def update(status: str, **more: Any) -> Line:
    return says("update_wave_status", status, **more)


HELD = (begin("PAUSED"), says("store_task_token", "PAUSED"))
NOBODY = (begin("PAUSED"), {"by": "store_task_token", "silent": True})
WRITTEN_DOWN = says("record_failure", "FAILED")
FAILED = ("PlanFailed", "FAILED, because")
TIMED_OUT = ("PlanTimeout", "TIMED_OUT, because")
CANCELLED = ("PlanCancelled", "CANCELLED, because")

WALKS = (
    Walk(
        name="all waves complete",
        script=(begin("RUNNING"), update("RUNNING"), update("COMPLETED")),
        through=(*RUNNING, *POLL, *POLL, *JUDGED, "PlanCompleted"),
    ),
    Walk(
        name="nothing was left to do",
        script=(begin("COMPLETED"),),
        through=(*BEGIN, "PlanCompleted"),
    ),
    Walk(
        name="held before the first wave, and released",
        script=(*HELD, says("resume_wave", "RUNNING"), update("COMPLETED")),
        through=(*BEGIN, *RESUMED, *POLL, *JUDGED, "PlanCompleted"),
    ),
    Walk(
        name="paused on request, and resumed",
        script=(
            *(begin("RUNNING"), update("PAUSING"), update("PAUSED")),
            *(says("store_task_token", "PAUSED"), says("resume_wave", "RUNNING")),
            update("COMPLETED"),
        ),
        through=(
            *(*RUNNING, *POLL, *POLL, *JUDGED, *RESUMED),
            *(*POLL, *JUDGED, "PlanCompleted"),
        ),
    ),
    Walk(
        name="a wave fails",
        script=(begin("RUNNING"), update("FAILED")),
        through=(*RUNNING, *POLL, "PlanFailed"),
        end=FAILED,
    ),
    Walk(
        name="the plan can't begin",
        script=(begin("FAILED"),),
        through=(*BEGIN, "PlanFailed"),
        end=FAILED,
    ),
    Walk(
        name="beyond its timeout",
        script=(begin("RUNNING"), update("TIMED_OUT")),
        through=(*RUNNING, *POLL, "PlanTimeout"),
        end=TIMED_OUT,
    ),
    Walk(
        name="beyond its timeout before it began",
        script=(begin("TIMED_OUT"),),
        through=(*BEGIN, "PlanTimeout"),
        end=TIMED_OUT,
    ),
    Walk(
        name="cancelled",
        script=(begin("RUNNING"), update("CANCELLING"), update("CANCELLED")),
        through=(*RUNNING, *POLL, *POLL, *JUDGED, "PlanCancelled"),
        end=CANCELLED,
    ),
    Walk(
        name="cancelled while paused",
        script=(*HELD, says("resume_wave", "CANCELLING"), update("CANCELLED")),
        through=(*BEGIN, *RESUMED, *POLL, *JUDGED, "PlanCancelled"),
        end=CANCELLED,
    ),
    Walk(
        name="nobody resumes",
        script=(*NOBODY, update("TIMED_OUT")),
        through=(*BEGIN, "WaitForResume", "UpdateWaveStatus", "DetermineWaveState", "PlanTimeout"),
        end=TIMED_OUT,
        on_aws_only=True,
    ),
    Walk(
        name="an error at the beginning",
        script=(raises("begin"), WRITTEN_DOWN),
        through=("InitiateWavePlan", *RECORDED),
        end=FAILED,
    ),
    Walk(
        name="an error at a poll",
        script=(begin("RUNNING"), raises("update_wave_status"), WRITTEN_DOWN),
        through=(*RUNNING, "WaitForWaveUpdate", "UpdateWaveStatus", *RECORDED),
        end=FAILED,
    ),
    Walk(
        name="an error when a run is to be resumed",
        script=(*HELD, raises("resume_wave"), WRITTEN_DOWN),
        through=(*BEGIN, "WaitForResume", "ResumeWavePlan", *RECORDED),
        end=FAILED,
    ),
    Walk(
        name="an error when a token is to be kept",
        script=(begin("PAUSED"), raises("store_task_token"), WRITTEN_DOWN),
        through=(*BEGIN, "WaitForResume", *RECORDED),
        end=FAILED,
        on_aws_only=True,
    ),
    Walk(
        name="an error that can't even be written down",
        script=(raises("begin"), raises("record_failure")),
        through=("InitiateWavePlan", "RecordPlanFailure", "PlanFailedUnrecorded"),
        end=("PlanFailed", "The run failed, and the engine could not write down why"),
    ),
    Walk(
        name="a status that nobody knows",
        script=(begin("FROZEN"), WRITTEN_DOWN),
        through=(*BEGIN, *RECORDED),
        end=FAILED,
    ),
    Walk(
        name="a status that nobody knows, at a poll",
        script=(begin("RUNNING"), update("FROZEN"), WRITTEN_DOWN),
        through=(*RUNNING, *POLL, *JUDGED, *RECORDED),
        end=FAILED,
    ),
    Walk(
        name="no status",
        script=(begin("without"), WRITTEN_DOWN),
        through=(*BEGIN, *RECORDED),
        end=FAILED,
    ),
    Walk(
        name="no status, at a poll",
        script=(begin("RUNNING"), update("without"), WRITTEN_DOWN),
        through=(*RUNNING, *POLL, *RECORDED),
        end=FAILED,
    ),
)


def ways(definition: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every pair of states of which the second may follow the first."""
    return {
        (name, follower)
        for name, state in definition["States"].items()
        for follower in _followers(state)
    }


def _followers(state: Mapping[str, Any]) -> Iterator[str]:
    for field in ("Next", "Default"):
        if field in state:
            yield state[field]
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"]


def taken(walks: Sequence[Walk]) -> set[tuple[str, str]]:
    """The pairs that these walks take."""
    return {pair for walk in walks for pair in zip(walk.through, walk.through[1:], strict=False)}


def entered(events: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The states that a history tells of, in their order."""
    return tuple(
        event["stateEnteredEventDetails"]["name"]
        for event in events
        if event["type"].endswith("StateEntered")
    )
