"""What DRS said about jobs, logs and instances → how far each server came. Pure.

A job's own status says nothing about its servers: each is judged by its launch status and then
confirmed by the instance that runs. What DRS will say next year and we do not know is no end.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine import seen
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.late import come_up_late
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import Participant, SeenInstance, SeenJob, ServerLog
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JobStatus, ServerStatus, WaveStatus
from breakwater.recovery.engine.wave_judgement import counted

GRACE_POLLS = 2
NO_CAUSE_YET = "DRS says FAILED."
_GOING = frozenset({"STOPPING", "STOPPED", "SHUTTING-DOWN", "TERMINATED", "NOT_FOUND"})
_RUNNING = "RUNNING"
_STOPPED = "STOPPED"
_TERMINATED_BY_OTHERS = "Its recovery instance was terminated while the wave ran."


def settle_job(state: RunState, job: JobRun, found: SeenJob, now: datetime) -> None:
    """What DescribeJobs said of a job of this run."""
    late, launching = False, state.waves[job.wave_index].status is WaveStatus.LAUNCHING
    for server in state.servers_in(job):
        participant = found.participants.get(server.server_id)
        if participant is not None:
            after = _after(server, participant, now, launching=launching)
            late |= server.status is ServerStatus.FAILED and after.status is not server.status
            state.put(after)
    if late:
        wave = state.waves[job.wave_index]
        state.put(counted(wave, state.servers_of(wave)))
    ended = job.polls_after_end + 1 if found.ended else 0
    state.put(
        replace(
            job,
            started_at=found.created_at or job.started_at,
            ended_at=(found.ended_at or now) if found.ended else None,
            polls_after_end=ended,
        )
    )
    if ended > GRACE_POLLS:
        for server in state.servers_in(job):
            if not server.settled and server.launch_status != seen.LAUNCHED:
                state.put(server.failed(now, _inconsistent(job, server)))


def _after(server: ServerRun, told: Participant, now: datetime, *, launching: bool) -> ServerRun:
    if server.status is ServerStatus.FAILED:
        server = come_up_late(server, told, now)  # its wave was told, and stays as it ended
    server = replace(
        server,
        launch_status=told.launch_status or server.launch_status,
        recovery_instance_id=told.recovery_instance_id or server.recovery_instance_id,
        actions=told.actions or server.actions,
    )
    if (
        launching
        and server.status is ServerStatus.LAUNCHED
        and told.launch_status == seen.TERMINATED
    ):
        return server.failed(now, _TERMINATED_BY_OTHERS)  # its wave would count it as up
    if server.settled:
        return server
    if told.launch_status == seen.FAILED:
        return server.failed(now, NO_CAUSE_YET)
    if told.launch_status == seen.TERMINATED:
        return server.failed(now, _TERMINATED_BY_OTHERS)
    if told.launch_status == seen.LAUNCHED and server.launched_at is None:
        server = replace(server, launched_at=now)
    if told.actions == "failed" and server.launched_at is not None:
        return server.failed(now, f"It runs, but a post-launch action failed: {told.failed_action}")
    return server


def _inconsistent(job: JobRun, server: ServerRun) -> str:
    return (
        f"INCONSISTENT: DRS completed the job {job.job_id} and left this server "
        f"{server.launch_status or 'without a launch status'}."
    )


def to_confirm(state: RunState) -> list[ServerRun]:
    """Servers that DRS calls launched and that EC2 was not yet asked about, or that have no
    recorded instance although their wave is over."""
    return [
        server
        for server in state.servers.values()
        if server.launch_status == seen.LAUNCHED
        and (server.status is ServerStatus.LAUNCHING)
        and server.actions != "pending"
    ]


def settle_instances(
    state: RunState,
    servers: list[ServerRun],
    found: Mapping[str, SeenInstance],
    stopped_is_fine: Mapping[str, bool],
    now: datetime,
) -> None:
    """What DescribeRecoveryInstances said of these servers.

    :param found: server id → the instance of this server's job.
    :param stopped_is_fine: server id → its launch configuration says STOPPED; asked only of those
        that are.
    """
    for server in servers:
        instance = found.get(server.server_id)
        wanted = instance is not None and (
            instance.state == _RUNNING
            or (instance.state == _STOPPED and stopped_is_fine.get(server.server_id, False))
        )
        if instance is not None and wanted:
            state.put(
                replace(
                    server,
                    status=ServerStatus.LAUNCHED,
                    recovery_instance_id=instance.instance_id or server.recovery_instance_id,
                    instance_state=instance.state,
                    point_in_time=instance.point_in_time,
                    confirmed_at=now,
                    ended_at=now,
                    odd_polls=0,
                )
            )
        elif instance is not None and instance.state not in _GOING:  # or a word we do not know
            state.put(replace(server, instance_state=instance.state))
        else:
            state.put(_odd(server, instance.state if instance else "NOT_FOUND", now))


def _odd(server: ServerRun, instance_state: str, now: datetime) -> ServerRun:
    """Launched, and not running: AWS's views of the world differ for a while, so look again."""
    server = replace(server, instance_state=instance_state, odd_polls=server.odd_polls + 1)
    if server.odd_polls <= GRACE_POLLS:
        return server
    return server.failed(
        now,
        f"DRS calls it launched, but its instance {server.recovery_instance_id or ''} is "
        f"{instance_state}.".replace("  ", " "),
    )


def logs_wanted(state: RunState) -> list[JobRun]:
    """Jobs whose log tells more: those that ended, and those with a failure not yet explained."""
    return [
        job
        for job in state.live_jobs()
        if job.job_id is not None
        and not job.log_read
        and (job.ended_at is not None or _unexplained(state, job))
    ]


def _unexplained(state: RunState, job: JobRun) -> bool:
    return any(server.cause == NO_CAUSE_YET for server in state.servers_in(job))


def settle_log(state: RunState, job: JobRun, logs: Mapping[str, ServerLog], now: datetime) -> None:
    """What a job's log says; of a job that ended it is read once, for good."""
    for server in state.servers_in(job):
        if server.server_id in logs:
            state.put(
                _as_logged(server, logs[server.server_id], now, over=job.ended_at is not None)
            )
    if job.ended_at is not None:
        state.put(replace(state.jobs[job.item_key], log_read=True))


def _as_logged(server: ServerRun, log: ServerLog, now: datetime, *, over: bool) -> ServerRun:
    server = replace(server, phases=log.phases, previous_snapshot=log.previous_snapshot)
    if log.skipped and not server.settled and over:
        return server.failed(now, "DRS skipped it (SERVER_SKIPPED).")
    if server.cause == NO_CAUSE_YET:
        return replace(server, cause=_cause(log, ended=over))
    return server


def _cause(log: ServerLog, *, ended: bool) -> str:
    if log.error:
        return f"DRS could not launch it: {log.error}"[:1000]
    if log.skipped:
        return "DRS skipped it (SERVER_SKIPPED)."
    return "DRS could not launch it and gave no reason." if ended else NO_CAUSE_YET


def age_overdue(state: RunState) -> None:
    """Count the looks at jobs that outlive their wave, whether DRS answered or not."""
    for job in state.live_jobs():
        if state.waves[job.wave_index].ended:
            state.put(replace(job, polls_overdue=job.polls_overdue + 1))


def close_jobs(state: RunState) -> None:
    """A job is over when DRS has ended it and each of its servers is settled."""
    for job in state.live_jobs():
        if job.ended_at is None:
            continue
        if all(server.settled for server in state.servers_in(job)):
            state.put(replace(state.jobs[job.item_key], status=JobStatus.ENDED))
