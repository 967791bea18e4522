"""When a wave is over, and how: its servers are settled, or its time is. Pure."""

from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JobStatus, RunStatus, ServerStatus, WaveStatus
from breakwater.recovery.engine.wave_run import TIMED_OUT, WaveRun
from breakwater.recovery.failure_policy import PolicyKind

_NAMED_IN_A_CAUSE = 3


def judge_waves(state: RunState, now: datetime) -> None:
    """End the waves whose servers are settled, or whose time is over."""
    if state.run.status is RunStatus.CANCELLING:
        _call_off_what_is_queued(state, now)
    for wave in state.launching():
        late = now >= wave_deadline(state, wave)
        if late:
            _give_up(state, wave, now)
        servers = state.servers_of(wave)
        state.put(counted(wave, servers))
        if all(server.settled for server in servers):
            _end(state, state.waves[wave.index], servers, now, late=late)


def wave_deadline(state: RunState, wave: WaveRun) -> datetime:
    """When a wave's time is over."""
    if wave.started_at is None:
        raise ValueError(f"wave {wave.name!r} has not started, so it has no deadline")
    return wave.started_at + state.run.real(wave.timeout_minutes)


def policy_met(wave: WaveRun, servers: list[ServerRun]) -> bool:
    """Did the servers that must launch, launch?"""
    launched = [one for one in servers if one.status is ServerStatus.LAUNCHED]
    match wave.policy:
        case PolicyKind.CRITICAL:
            return all(one.status is ServerStatus.LAUNCHED for one in servers if one.critical)
        case PolicyKind.AT_LEAST:
            return len(launched) * 100 >= wave.percent * len(servers)
    return len(launched) == len(servers)


def counted(wave: WaveRun, servers: list[ServerRun]) -> WaveRun:
    """The wave with the numbers of its servers."""
    return replace(
        wave,
        servers_launched=sum(one.status is ServerStatus.LAUNCHED for one in servers),
        servers_failed=sum(one.status is ServerStatus.FAILED for one in servers),
    )


def drop_queued(state: RunState, wave: WaveRun) -> None:
    """What was not yet asked of DRS will not be."""
    for job in state.jobs_of(wave):
        if job.status is JobStatus.QUEUED:
            state.put(replace(job, status=JobStatus.DROPPED, waiting_for=None))


def _call_off_what_is_queued(state: RunState, now: datetime) -> None:
    """Cancelling: DRS cannot stop a job, but what has no job yet gets none."""
    for wave in state.launching():
        for job in state.jobs_of(wave):
            if job.status is not JobStatus.QUEUED:
                continue
            for server in state.servers_in(job):
                if not server.settled:
                    state.put(
                        replace(
                            server,
                            status=ServerStatus.SKIPPED,
                            ended_at=now,
                            cause="The run was cancelled before it was started.",
                        )
                    )
            state.put(replace(job, status=JobStatus.DROPPED, waiting_for=None))


def _give_up(state: RunState, wave: WaveRun, now: datetime) -> None:
    queued = {job.item_key: job for job in state.jobs_of(wave) if job.waiting_for}
    for server in state.servers_of(wave):
        if server.settled:
            continue
        waited = next((j.waiting_for for j in queued.values() if server.key in j.server_keys), None)
        why = waited or f"DRS says: {server.launch_status or 'not started'}"
        cause = f"Not up within the wave's {wave.timeout_minutes} minutes ({why})."
        state.put(server.failed(now, cause))
    drop_queued(state, wave)


def _end(
    state: RunState, wave: WaveRun, servers: list[ServerRun], now: datetime, *, late: bool
) -> None:
    drop_queued(state, wave)
    numbers = {
        "seconds": state.run.seconds_between(wave.started_at or now, now),
        "launched": wave.servers_launched,
        "failed": wave.servers_failed,
    }
    if policy_met(wave, servers):
        state.put(wave.ends(WaveStatus.COMPLETED, now, None, None))
        text = f"Wave {wave.name}: {wave.servers_launched} of {len(servers)} servers are up."
        kind = EventKind.WAVE_COMPLETED
    elif any(one.status is ServerStatus.SKIPPED for one in servers):
        text = f"Wave {wave.name} was cancelled before all its servers were started."
        state.put(wave.ends(WaveStatus.CANCELLED, now, "cancelled", text))
        return
    else:
        text = _failure(wave, servers, late=late)
        state.put(wave.ends(WaveStatus.FAILED, now, TIMED_OUT if late else "policyNotMet", text))
        kind = EventKind.WAVE_FAILED
    state.put(state.run.tells(kind, now, text, wave=wave.name, numbers=numbers))


def _failure(wave: WaveRun, servers: list[ServerRun], *, late: bool) -> str:
    failed = [one for one in servers if one.status is ServerStatus.FAILED]
    by_cause: dict[str, list[str]] = {}
    for one in sorted(failed, key=lambda server: server.name):
        by_cause.setdefault(one.cause or "no cause is known", []).append(one.name)
    told = [f"{_some(names)}: {cause}" for cause, names in by_cause.items()]
    shown = "; ".join(told[:_NAMED_IN_A_CAUSE])
    left = len(told) - _NAMED_IN_A_CAUSE
    when = f" within {wave.timeout_minutes} minutes" if late else ""
    return (
        f"Wave {wave.name}: {len(failed)} of {len(servers)} servers did not launch{when}. "
        f"{shown}{f'; and {left} other causes' if left > 0 else ''}"
    )[:1500]


def _some(names: list[str]) -> str:
    left = len(names) - _NAMED_IN_A_CAUSE
    shown = ", ".join(names[:_NAMED_IN_A_CAUSE])
    return f"{shown} and {left} more" if left > 0 else shown
