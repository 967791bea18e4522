"""Waves, servers, jobs and steps of cleanup as a report tells of them. Pure."""

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.known import Known
from breakwater.recovery.report.measured import server_point
from breakwater.recovery.report.parts import (
    CompensationReport,
    CriticalPath,
    JobReport,
    Phase,
    ServerReport,
    WaveReport,
)
from breakwater.recovery.report.run_clock import RunClock


def wave_report(wave: WaveRun, path: CriticalPath, clock: RunClock) -> WaveReport:
    """A wave, measured."""
    recovered = wave.status is WaveStatus.COMPLETED and not wave.taken_over
    let_go = wave.started_at or wave.ended_at or clock.end
    return WaveReport(
        index=wave.index,
        name=wave.name,
        depends_on=wave.depends_on,
        pause_before=wave.pause_before,
        policy=wave.policy,
        percent=wave.percent,
        timeout_minutes=wave.timeout_minutes,
        status=wave.status,
        reason=wave.reason,
        cause=wave.cause,
        taken_over=wave.taken_over,
        on_critical_path=wave.name in path.waves,
        held_at=wave.held_at,
        started_at=wave.started_at,
        ended_at=wave.ended_at,
        waited_for_person=clock.between(wave.held_at, let_go),
        recovery_time=clock.between(wave.started_at, wave.ended_at) if recovered else None,
        reached_after=clock.between(clock.start, wave.ended_at) if recovered else None,
        servers=wave.servers,
        servers_launched=wave.servers_launched,
        servers_failed=wave.servers_failed,
    )


def server_report(server: ServerRun, known: Known) -> ServerReport:
    """A server, measured."""
    run, clock = known.run, known.clock
    point = server_point(server, clock)
    mine = not server.taken_over
    phases = sorted(server.phases.items(), key=lambda pair: (pair[1], pair[0]))
    return ServerReport(
        wave=_wave(known, server.wave_index),
        name=server.name,
        server_id=server.server_id,
        account_id=server.account_id,
        region=server.region,
        critical=server.critical,
        status=server.status,
        cause=server.cause,
        taken_over=server.taken_over,
        job_id=server.job_id,
        launch_status=server.launch_status,
        recovery_instance_id=server.recovery_instance_id,
        instance_state=server.instance_state,
        actions=server.actions,
        tagged=server.tagged,
        started_at=server.started_at,
        launched_at=server.launched_at,
        confirmed_at=server.confirmed_at,
        ended_at=server.ended_at,
        terminated_at=server.terminated_at,
        recovery_time=clock.between(clock.start, server.confirmed_at) if mine else None,
        launch_time=clock.between(server.started_at, server.confirmed_at) if mine else None,
        point_in_time=server.point_in_time,
        recovery_point=point,
        recovery_point_met=clock.within_minutes(point, run.rpo_minutes),
        previous_snapshot=server.previous_snapshot,
        phases=tuple(Phase(name=name, at=at) for name, at in phases),
    )


def job_report(job: JobRun, known: Known) -> JobReport:
    """A job."""
    clock = known.clock
    wave_start = next((one.started_at for one in known.waves if one.index == job.wave_index), None)
    return JobReport(
        wave=_wave(known, job.wave_index),
        number=job.number,
        job_id=job.job_id,
        status=job.status,
        account_id=job.account_id,
        region=job.region,
        servers=len(job.server_ids),
        waiting_for=job.waiting_for,
        refusals=job.refusals,
        intent_at=job.intent_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        queued=clock.between(wave_start, job.started_at),
        duration=clock.between(job.started_at, job.ended_at),
    )


def compensation_report(step: CompensationStep, known: Known) -> CompensationReport:
    """A step of a cleanup."""
    return CompensationReport(
        round=step.round,
        number=step.number,
        name=step.name,
        wave=_wave(known, step.wave_index),
        status=step.status,
        job_id=step.job_id,
        instances=step.instances,
        tries=step.tries,
        cause=step.cause,
        started_at=step.started_at,
        ended_at=step.ended_at,
    )


def _wave(known: Known, index: int) -> str:
    return known.names.get(index, f"wave {index}")
