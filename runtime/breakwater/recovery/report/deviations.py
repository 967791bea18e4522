"""What did not go as the plan says, or what an auditor will ask about. Pure.

Servers of a wave with the same trouble and the same cause are one deviation, so that a thousand
servers do not hide the one that matters. Failures first, then in the order of the plan.
"""

from collections.abc import Iterable, Iterator

from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import (
    JobStatus,
    RunStatus,
    StepStatus,
    WaveStatus,
)
from breakwater.recovery.engine.wave_run import TIMED_OUT, WaveRun
from breakwater.recovery.report.critical_path import NO_QUEUE
from breakwater.recovery.report.known import Known
from breakwater.recovery.report.measured import server_point
from breakwater.recovery.report.parts import Deviation, RecoveryPoint, RecoveryTime, Severity
from breakwater.recovery.report.run_clock import RunClock
from breakwater.recovery.report.server_deviations import server_deviations
from breakwater.recovery.told_time import told_seconds

_ORDER = {Severity.FAILURE: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_FAILED_ENDS = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT})


def deviations(known: Known, time: RecoveryTime, point: RecoveryPoint) -> tuple[Deviation, ...]:
    """All of them, the worst first."""
    run, clock = known.run, known.clock
    explained = any(wave.cause and wave.cause in (run.cause or "") for wave in known.waves)
    found = [] if explained else [*_of_end(run)]
    found += [*_missed_objective(run, time), *_of_run(run, time, clock), *_of_point(point)]
    for wave in known.waves:
        mine = known.by_wave[wave.index]
        found += _of_wave(run, wave, clock)
        found += server_deviations(run, wave, mine)
        found += _points(run, wave, mine, clock)
    found += _of_jobs(known)
    found += _of_cleanup(known)
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def _of_end(run: Run) -> Iterator[Deviation]:
    """Why it did not complete; not told twice where a wave says the same."""
    if run.status in _FAILED_ENDS:
        kind = "runTimedOut" if run.status is RunStatus.TIMED_OUT else "runFailed"
        yield _one(
            kind, Severity.FAILURE, run.cause or f"The run is {run.status}.", at=run.ended_at
        )
    if run.status is RunStatus.CANCELLED:
        cause = run.cause or "The run was cancelled."
        yield _one("runCancelled", Severity.WARNING, cause, at=run.ended_at)


def _missed_objective(run: Run, time: RecoveryTime) -> Iterator[Deviation]:
    if time.met is False and run.status not in _FAILED_ENDS:
        yield _one("rtoMissed", Severity.FAILURE, _missed(time))


def _of_run(run: Run, time: RecoveryTime, clock: RunClock) -> Iterator[Deviation]:
    if run.time_scale != 1:
        yield _one(
            "fastClock",
            Severity.NOTE,
            f"The run's clock was {run.time_scale} times faster than the wall clock (embedded AWS)."
            " Nothing of it says how fast AWS is.",
        )
    if time.paused.wall_seconds:
        yield _one(
            "paused", Severity.NOTE, f"The run was paused for {told_seconds(time.paused.seconds)}."
        )
    if run.retry_of:
        yield _one("retry", Severity.NOTE, f"It retries the run {run.retry_of}.")
    if run.retried_by:
        yield _one("retried", Severity.NOTE, f"It was retried by the run {run.retried_by}.")
    for text in run.attention:
        yield _one("attention", Severity.WARNING, text, at=clock.now)


def _of_point(point: RecoveryPoint) -> Iterator[Deviation]:
    if point.unknown_servers:
        many = f"{point.unknown_servers} servers" if point.unknown_servers > 1 else "1 server"
        yield _one(
            "recoveryPointUnknown",
            Severity.WARNING,
            f"DRS did not say from which point in time {many} that launched came.",
        )


def _missed(time: RecoveryTime) -> str:
    text = (
        f"The recovery time objective of {told_seconds((time.objective_minutes or 0) * 60)} was "
        f"missed: {told_seconds(time.elapsed.seconds)}."
    )
    if time.met_without_pauses:
        text += " Without the time that it was paused it was met."
    return text


def _of_wave(run: Run, wave: WaveRun, clock: RunClock) -> Iterator[Deviation]:
    def told(kind: str, severity: Severity, text: str) -> Deviation:
        return _one(kind, severity, text, wave=wave.name, at=wave.ended_at or wave.held_at)

    if wave.status is WaveStatus.FAILED:
        kind = "waveTimedOut" if wave.reason == TIMED_OUT else "waveFailed"
        yield told(kind, Severity.FAILURE, wave.cause or "The wave failed.")
    if wave.status is WaveStatus.SKIPPED:
        yield told("waveSkipped", Severity.WARNING, wave.cause or "The wave was skipped.")
    if wave.status is WaveStatus.CANCELLED:
        yield told("waveCancelled", Severity.WARNING, wave.cause or "The wave was cancelled.")
    if wave.status is WaveStatus.COMPLETED and wave.servers_launched < wave.servers:
        yield told(
            "policyMetWithFailures",
            Severity.WARNING,
            f"It counts as completed by its policy ({wave.policy}), although "
            f"{wave.servers - wave.servers_launched} of {wave.servers} servers did not launch.",
        )
    if wave.held_at is not None:
        waited = clock.between(wave.held_at, wave.started_at or wave.ended_at or clock.end)
        how_long = told_seconds(waited.seconds) if waited else "an unknown time"
        yield told("waveHeld", Severity.NOTE, f"It waited {how_long} for a person, as planned.")
    if wave.taken_over:
        text = f"It was taken over from the run {run.retry_of or 'that this one retries'}."
        yield told("waveTakenOver", Severity.NOTE, text)


def _points(
    run: Run, wave: WaveRun, servers: Iterable[ServerRun], clock: RunClock
) -> Iterator[Deviation]:
    late = [
        one
        for one in servers
        if one.confirmed_at is not None
        and clock.within_minutes(server_point(one, clock), run.rpo_minutes) is False
    ]
    if late:
        yield _one(
            "rpoMissed",
            Severity.FAILURE,
            f"The data is older than the recovery point objective of {run.rpo_minutes} min.",
            wave=wave.name,
            servers=tuple(one.name for one in late),
        )


def _of_jobs(known: Known) -> Iterator[Deviation]:
    starts = {wave.index: wave.started_at for wave in known.waves}
    for job in known.jobs:
        wave = known.names.get(job.wave_index)
        what = f"The job of {len(job.server_ids)} servers in {job.target}"
        if job.refusals:
            text = f"{what} was refused {job.refusals} times in a row by DRS."
            yield _one("jobRefused", Severity.WARNING, text, wave=wave, at=job.intent_at)
        if job.status is JobStatus.DROPPED:
            text = f"{what} was never started. {job.waiting_for or ''}".strip()
            yield _one("jobDropped", Severity.WARNING, text, wave=wave)
        since, until = starts.get(job.wave_index), job.started_at
        if since is not None and until is not None and until - since > NO_QUEUE:
            waited = known.clock.lasting(until - since)
            text = f"{what} waited {told_seconds(waited.seconds)} until DRS took it."
            yield _one("jobQueued", Severity.NOTE, text, wave=wave, at=since)


def _of_cleanup(known: Known) -> Iterator[Deviation]:
    run, steps = known.run, known.steps
    called = {one.server_id: one.name for one in known.servers}
    latest = max((step.round for step in steps), default=0)
    for step in steps:
        if step.status is not StepStatus.FAILED:
            continue
        text = f"{step.name}: {step.cause or 'it failed and gave no reason.'}"
        if step.round < latest:
            text += " A later cleanup tried again."
        wave = known.names.get(step.wave_index)
        servers = tuple(sorted(called.get(one, one) for one in step.instances.values()))
        yield _one(
            "cleanupFailed",
            Severity.FAILURE if step.round == latest else Severity.NOTE,
            text,
            wave=wave,
            servers=servers,
            at=step.ended_at,
        )
    if run.cleanup_incomplete:
        text = "The cleanup is incomplete: instances of this drill may still run and cost money."
        yield _one("cleanupIncomplete", Severity.FAILURE, text, at=run.ended_at)


def _one(kind: str, severity: Severity, text: str, **more: object) -> Deviation:
    values = {"wave": None, "servers": (), "at": None, **more}
    return Deviation(kind=kind, severity=severity, text=text, **values)  # type: ignore[arg-type]
