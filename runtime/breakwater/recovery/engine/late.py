"""A job that ends after its run: what became of the servers that the run did not wait for. Pure.

A retry starts only servers that did not launch, and a report names those that run; both need it
known of an end that came too early, such as an unexpected error's.
"""

from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import FAILED, LAUNCHED, Participant, SeenJob
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import ServerStatus
from breakwater.recovery.engine.wave_judgement import counted


def settle_late(state: RunState, job: JobRun, told: SeenJob | None, now: datetime) -> None:
    """Settle the servers of a job that is over; what was judged by DRS's own word stays judged.

    A server that failed by the clock, before DRS had settled it, and launched after all is
    launched: its wave and run stay as they ended, and a retry takes it over.

    :param told: None: DRS does not know the job any more.
    """
    participants = told.participants if told else {}
    for server in state.servers_in(job):
        seen = participants.get(server.server_id)
        if not server.settled:
            state.put(_settled(server, seen, now, job.job_id))
        elif seen is not None:
            state.put(come_up_late(server, seen, now))
    wave = state.waves[job.wave_index]
    state.put(counted(wave, state.servers_of(wave)))
    waves = state.waves.values()
    state.put(
        replace(
            state.run,
            servers_launched=sum(one.servers_launched for one in waves),
            servers_failed=sum(one.servers_failed for one in waves),
        )
    )


def come_up_late(server: ServerRun, seen: Participant, now: datetime) -> ServerRun:
    """A server that failed: as it is, unless it failed by the clock and DRS launched it since."""
    by_the_word_of_drs = server.launch_status in {LAUNCHED, FAILED}
    if (
        server.status is not ServerStatus.FAILED
        or by_the_word_of_drs
        or seen.launch_status != LAUNCHED
    ):
        return server
    return replace(_settled(server, seen, now), cause=f"Late: {server.cause}")


def _settled(
    server: ServerRun, seen: Participant | None, now: datetime, job_id: str | None = None
) -> ServerRun:
    if seen is None:
        return server.failed(now, "The run ended before it, and DRS does not tell what became.")
    server = replace(
        server,
        job_id=job_id or server.job_id,
        launch_status=seen.launch_status,
        recovery_instance_id=seen.recovery_instance_id or server.recovery_instance_id,
    )
    if seen.launch_status != LAUNCHED:
        return server.failed(now, f"The run ended before it; DRS left it {seen.launch_status}.")
    launched_at = server.launched_at or now
    return replace(server, status=ServerStatus.LAUNCHED, launched_at=launched_at, ended_at=now)
