"""What happened in a run, as steps: its waves, the servers in each, and its compensation. Pure.

The states of the state machine behind it are told elsewhere (`/executions/{id}/step-functions`):
they say how the engine polled, these say how the recovery went.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from breakwater.platform.clock import iso
from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_view import as_shown
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import RunStatus, ServerStatus, StepStatus, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.workflows.step_pages import plain_step

WAVE, SERVER, COMPENSATION = "wave", "server", "compensation"
SERVERS = "servers"
"""The one lane of a wave."""

_OF_WAVE = {
    WaveStatus.PENDING: "pending",
    WaveStatus.HELD: "pending",
    WaveStatus.LAUNCHING: "running",
    WaveStatus.COMPLETED: "succeeded",
    WaveStatus.FAILED: "failed",
    WaveStatus.SKIPPED: "aborted",
    WaveStatus.CANCELLED: "aborted",
}
_OF_SERVER = {
    ServerStatus.PENDING: "pending",
    ServerStatus.LAUNCHING: "running",
    ServerStatus.LAUNCHED: "succeeded",
    ServerStatus.TERMINATED: "succeeded",
    ServerStatus.FAILED: "failed",
    ServerStatus.SKIPPED: "aborted",
}
_OF_STEP = {
    StepStatus.PENDING: "pending",
    StepStatus.RUNNING: "running",
    StepStatus.SUCCEEDED: "succeeded",
    StepStatus.FAILED: "failed",
}


def top_steps(state: RunState) -> list[dict[str, Any]]:
    """The waves in the plan's order, then what was made good again, in its order."""
    steps = sorted(state.steps.values(), key=lambda one: (one.round, one.number))
    return [
        *(wave_step(state.run, wave) for wave in state.in_order()),
        *(compensation_step(state.run, one) for one in steps),
    ]


def wave_step(run: Run, wave: WaveRun) -> dict[str, Any]:
    """A wave; its servers are in its only lane, which is read when it is asked for."""
    settled = wave.servers_launched + wave.servers_failed
    return plain_step(
        id=f"{WAVE}:{wave.index}",
        name=wave.name,
        type="Wave",
        status=_OF_WAVE[wave.status],
        **_times(run, wave.started_at, wave.ended_at),
        error=wave.reason,
        cause=wave.cause,
        laneCount=1 if wave.servers else 0,
        counts={
            "total": wave.servers,
            "started": settled if wave.ended else wave.servers,
            "running": 0 if wave.ended else max(0, wave.servers - settled),
            "succeeded": wave.servers_launched,
            "failed": wave.servers_failed,
            "aborted": 0,
        },
        lanesCursor=None,
    )


def servers_lane(run: Run, wave: WaveRun, steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The lane of a wave with some of its servers."""
    times = _times(run, wave.started_at, wave.ended_at)
    return {
        "id": SERVERS,
        "index": 0,
        "round": 1,
        "status": _OF_WAVE[wave.status],
        **times,
        "stepCount": wave.servers,
        "steps": list(steps),
        "stepsCursor": None,
    }


def server_step(run: Run, server: ServerRun, wave: WaveRun) -> dict[str, Any]:
    """A server of a wave."""
    server = as_shown(server, wave)
    return plain_step(
        id=f"{SERVER}:{server.wave_index}:{server.key.replace('/', '.')}",
        name=server.name,
        type="Server",
        path=f"{wave.name}/{server.name}",
        status=_OF_SERVER[server.status],
        **_times(run, server.started_at, server.ended_at or server.confirmed_at),
        cause=server.cause,
    )


def compensation_step(run: Run, step: CompensationStep) -> dict[str, Any]:
    """A step that makes good again what the run did."""
    return plain_step(
        id=f"{COMPENSATION}:{step.round}.{step.number}",
        name=step.name,
        type="Compensation",
        status=_OF_STEP[step.status],
        **_times(run, step.started_at, step.ended_at),
        attemptCount=step.tries,
        cause=step.cause,
        compensation=True,
    )


def failure_of(state: RunState) -> dict[str, Any] | None:
    """Why the run did not complete; None while that is not so."""
    run = state.run
    if not run.ended or run.cause is None:
        return None
    wave = next((one for one in state.in_order() if one.status is WaveStatus.FAILED), None)
    return {
        "status": run.status.value,
        "error": run.status.value,
        "cause": run.cause,
        "message": run.cause,
        "stepId": f"{WAVE}:{wave.index}" if wave else None,
        "stepName": wave.name if wave else None,
        "advice": _ADVICE.get(run.status),
    }


_ADVICE = {
    RunStatus.FAILED: "Mend the cause, then retry: what is up is taken over, only servers that "
    "did not launch are started.",
    RunStatus.TIMED_OUT: "Look at what took so long, and at the longest time that the plan allows; "
    "a retry takes over what is up.",
}


def _times(run: Run, began: datetime | None, ended: datetime | None) -> dict[str, Any]:
    seconds = round(run.seconds_between(began, ended), 3) if began and ended else None
    return {
        "startedAt": iso(began) if began else None,
        "endedAt": iso(ended) if ended else None,
        "durationSeconds": seconds,
    }
