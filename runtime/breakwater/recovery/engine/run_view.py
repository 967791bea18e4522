"""A run as people and programs are told of it. Pure.

Chosen field by field: what is not named here, such as a task token, is never told.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.platform import clock
from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import SeenInstance
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import ServerStatus
from breakwater.recovery.engine.wave_run import WaveRun


def run_json(run: Run, now: datetime) -> dict[str, Any]:
    """The run itself, without its waves."""
    end = run.ended_at or now
    return {
        "executionId": run.execution_id,
        "planId": run.plan_id,
        "planName": run.plan_name,
        "isDrill": run.is_drill,
        "status": run.status.value,
        "requestedBy": run.requested_by,
        "reason": run.reason,
        "retryOf": run.retry_of,
        "retriedBy": run.retried_by,
        "startedAt": clock.iso(run.started_at),
        "begunAt": _time(run.begun_at),
        "endedAt": _time(run.ended_at),
        "polledAt": _time(run.polled_at),
        "elapsedSeconds": round(run.seconds_between(run.started_at, end), 3),
        "pausedSeconds": round(run.paused_until(end).total_seconds() * run.time_scale, 3),
        "rtoMinutes": run.rto_minutes,
        "rpoMinutes": run.rpo_minutes,
        "rtoAtRisk": run.rto_at_risk,
        "rtoMissed": run.rto_missed,
        "timeScale": run.time_scale,
        "waveCount": run.waves,
        "wavesEnded": run.waves_ended,
        "serverCount": run.servers,
        "serversLaunched": run.servers_launched,
        "serversFailed": run.servers_failed,
        "cause": run.cause,
        "attention": list(run.attention),
        "pauseRequested": _request(run.pause_requested),
        "cancelRequested": _request(run.cancel_requested),
        "pausedSince": _time(run.paused_since),
        "pauseEndsAt": _time(run.pause_deadline()),
        "cleaning": _request(run.cleaning),
        "cleanupIncomplete": run.cleanup_incomplete,
        "stateMachineExecutionArn": run.execution_arn,
    }


def details_json(state: RunState, now: datetime) -> dict[str, Any]:
    """The run with its waves, servers, jobs and compensation."""
    servers: dict[int, list[ServerRun]] = {}
    for server in state.servers.values():
        servers.setdefault(server.wave_index, []).append(server)
    return {
        **run_json(state.run, now),
        "waves": [
            wave_json(state.run, wave, servers.get(wave.index, []), now)
            for wave in state.in_order()
        ],
        "jobs": [job_json(job, state) for job in state.jobs.values()],
        "compensation": [step_json(step) for step in state.steps.values()],
    }


def wave_json(
    run: Run, wave: WaveRun, servers: Iterable[ServerRun], now: datetime
) -> dict[str, Any]:
    """A wave and its servers."""
    seconds = None
    if wave.started_at is not None:
        seconds = round(run.seconds_between(wave.started_at, wave.ended_at or now), 3)
    return {
        "name": wave.name,
        "dependsOn": list(wave.depends_on),
        "pauseBefore": wave.pause_before,
        "timeoutMinutes": wave.timeout_minutes,
        "status": wave.status.value,
        "reason": wave.reason,
        "cause": wave.cause,
        "released": wave.name in run.released,
        "takenOver": wave.taken_over,
        "heldAt": _time(wave.held_at),
        "startedAt": _time(wave.started_at),
        "endedAt": _time(wave.ended_at),
        "seconds": seconds,
        "expectedSeconds": wave.expected_seconds,
        "serverCount": wave.servers,
        "serversLaunched": wave.servers_launched,
        "serversFailed": wave.servers_failed,
        "servers": [
            server_json(one, wave) for one in sorted(servers, key=lambda server: server.name)
        ],
    }


def as_shown(server: ServerRun, wave: WaveRun) -> ServerRun:
    """One that its wave never came to is SKIPPED; nobody writes that to a thousand items."""
    if server.status is ServerStatus.PENDING and wave.ended:
        return replace(server, status=ServerStatus.SKIPPED)
    return server


def server_json(server: ServerRun, wave: WaveRun) -> dict[str, Any]:
    """A server of a wave."""
    server = as_shown(server, wave)
    return {
        "sourceServerId": server.server_id,
        "accountId": server.account_id,
        "region": server.region,
        "name": server.name,
        "critical": server.critical,
        "status": server.status.value,
        "launchStatus": server.launch_status,
        "jobId": server.job_id,
        "recoveryInstanceId": server.recovery_instance_id,
        "instanceState": server.instance_state,
        "cause": server.cause,
        "startedAt": _time(server.started_at),
        "launchedAt": _time(server.launched_at),
        "confirmedAt": _time(server.confirmed_at),
        "endedAt": _time(server.ended_at),
        "terminatedAt": _time(server.terminated_at),
        "pointInTime": _time(server.point_in_time),
        "previousSnapshot": server.previous_snapshot,
        "phases": {name: clock.iso(at) for name, at in server.phases.items()},
        "takenOver": server.taken_over,
        "tagged": server.tagged,
    }


def job_json(job: JobRun, state: RunState) -> dict[str, Any]:
    """A job of DRS's, asked for or waiting to be."""
    return {
        "wave": state.waves[job.wave_index].name,
        "accountId": job.account_id,
        "region": job.region,
        "serverCount": len(job.server_ids),
        "status": job.status.value,
        "jobId": job.job_id,
        "waitingFor": job.waiting_for,
        "startedAt": _time(job.started_at),
        "endedAt": _time(job.ended_at),
    }


def step_json(step: CompensationStep) -> dict[str, Any]:
    """A step of compensation."""
    return {
        "name": step.name,
        "round": step.round,
        "accountId": step.account_id,
        "region": step.region,
        "instances": sorted(step.instances),
        "status": step.status.value,
        "jobId": step.job_id,
        "cause": step.cause,
        "startedAt": _time(step.started_at),
        "endedAt": _time(step.ended_at),
    }


def listed_json(found: Iterable[tuple[JobRun, SeenInstance]], state: RunState) -> dict[str, Any]:
    """What a cleanup would terminate."""
    return {
        "items": [
            {
                "recoveryInstanceId": instance.instance_id,
                "sourceServerId": instance.server_id,
                "wave": state.waves[job.wave_index].name,
                "accountId": job.account_id,
                "region": job.region,
                "jobId": str(job.job_id),
                "state": instance.state,
            }
            for job, instance in found
        ]
    }


def _request(request: Request | None) -> dict[str, Any] | None:
    if request is None:
        return None
    return {
        "by": request.by,
        "at": clock.iso(request.at),
        "reason": request.reason,
        "cleanup": request.cleanup,
        "waves": list(request.waves),
    }


def _time(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None
