"""Compensation: terminating what this very run launched, step by step, each with its own status.

Pure. Only instances that DRS calls a drill's and that carry a job of this run are ever named; what
is to be terminated is written down before anything is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import SeenInstance
from breakwater.recovery.engine.status import StepStatus
from breakwater.recovery.target import Target

INSTANCES_PER_CALL = 200
MOST_TRIES = 12
"""Some three minutes: DRS may be throttled, or at work on what a lost answer had asked for."""

GONE = frozenset({"TERMINATED", "NOT_FOUND", "SHUTTING-DOWN"})
_OPEN = frozenset({StepStatus.PENDING, StepStatus.RUNNING})


def ours(
    jobs: Iterable[JobRun], instances: Iterable[SeenInstance]
) -> list[tuple[JobRun, SeenInstance]]:
    """The drill instances that this run's jobs launched and that are not gone."""
    by_id = {job.job_id: job for job in jobs if job.job_id}
    return [
        (by_id[one.job_id], one)
        for one in instances
        if one.is_drill is True and one.job_id in by_id and one.state not in GONE
    ]


def steps_for(
    state: RunState, round_: int, found: Iterable[tuple[JobRun, SeenInstance]]
) -> list[CompensationStep]:
    """One step per wave, place and two hundred instances: the last waves first."""
    together: dict[tuple[int, Target], dict[str, str]] = {}
    for job, instance in found:
        place = together.setdefault((job.wave_index, job.target), {})
        place[instance.instance_id] = instance.server_id
    steps: list[CompensationStep] = []
    for (index, target), instances in sorted(together.items(), reverse=True):
        ids = sorted(instances)
        for start in range(0, len(ids), INSTANCES_PER_CALL):
            part = ids[start : start + INSTANCES_PER_CALL]
            wave = state.waves[index].name
            steps.append(
                CompensationStep(
                    execution_id=state.run.execution_id,
                    round=round_,
                    number=len(steps),
                    name=f"Terminate {len(part)} instances of {wave} in {target}",
                    account_id=target.account_id,
                    region=target.region,
                    instances={one: instances[one] for one in part},
                    wave_index=index,
                )
            )
    return steps


def open_steps(state: RunState, round_: int) -> list[CompensationStep]:
    """Those of this round that are not over."""
    return [step for step in state.steps.values() if step.round == round_ and step.status in _OPEN]


def failed_steps(state: RunState, round_: int) -> list[str]:
    """The causes of those that failed."""
    return [
        f"{step.name}: {step.cause}"
        for step in state.steps.values()
        if step.round == round_ and step.status is StepStatus.FAILED
    ]


def remaining(step: CompensationStep, found: Mapping[str, SeenInstance]) -> list[str]:
    """The instances of a step that still exist. One that DRS does not list any more is gone."""
    return [one for one in step.instances if one in found and found[one].state not in GONE]


def succeeded(step: CompensationStep, now: datetime) -> CompensationStep:
    """All its instances are gone."""
    return replace(step, status=StepStatus.SUCCEEDED, ended_at=now, cause=None)


def refused(step: CompensationStep, cause: str, now: datetime) -> CompensationStep:
    """Tried once more in vain; after a while it has failed, and can be run again by a person."""
    step = replace(step, tries=step.tries + 1, cause=cause[:1000], job_id=None)
    if step.tries < MOST_TRIES:
        return step
    return replace(step, status=StepStatus.FAILED, ended_at=now)


def under_way(step: CompensationStep, job_id: str, now: datetime) -> CompensationStep:
    """DRS terminates its instances."""
    return replace(
        step,
        status=StepStatus.RUNNING,
        job_id=job_id,
        started_at=step.started_at or now,
        tries=step.tries + 1,
    )
