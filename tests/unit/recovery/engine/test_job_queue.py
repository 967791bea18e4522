"""Which jobs may be asked of DRS: under the limits of the account, whoever uses them up."""

import pytest

from breakwater.recovery.engine.job_queue import Quotas, Usage, room_for
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.seen import Participant, SeenJob
from tests.unit.recovery.made import HERE, server_id

QUOTAS = Quotas(servers_per_job=100, jobs=3, servers_in_jobs=10)


def job(servers: int) -> JobRun:
    return JobRun(
        execution_id="r",
        wave_index=0,
        number=0,
        account_id=HERE.account_id,
        region=HERE.region,
        server_ids=tuple(server_id(100 + one) for one in range(servers)),
    )


def of_others(number: int, servers: int, *, ended: bool = False) -> SeenJob:
    """A job of another run, or of somebody in the console."""
    ids = (server_id(10 * number + one) for one in range(servers))
    participants = {one: Participant(launch_status="IN_PROGRESS") for one in ids}
    return SeenJob(job_id=f"drsjob-{number}", ended=ended, participants=participants)


@pytest.mark.parametrize(
    ("open_jobs", "waits_for"),
    [(2, None), (3, "3 of 3 DRS jobs run in"), (4, "4 of 3 DRS jobs run in")],
)
def test_a_job_waits_while_all_places_for_jobs_are_taken(
    open_jobs: int, waits_for: str | None
) -> None:
    usage = Usage.of([of_others(number, 1) for number in range(open_jobs)])
    why = room_for(job(1), usage, QUOTAS)
    assert why is None if waits_for is None else str(why).startswith(waits_for)


@pytest.mark.parametrize(("servers", "waits"), [(6, False), (7, True)])
def test_a_job_waits_while_there_is_no_room_for_all_its_servers(servers: int, waits: bool) -> None:
    why = room_for(job(servers), Usage.of([of_others(1, 4)]), QUOTAS)
    assert (why is not None) is waits
    assert "4 of 10 servers are in DRS jobs" in (why or "4 of 10 servers are in DRS jobs")


def test_jobs_that_have_ended_take_no_place() -> None:
    ended = [of_others(number, 4, ended=True) for number in range(5)]
    assert room_for(job(10), Usage.of(ended), QUOTAS) is None


def test_a_job_that_was_just_started_takes_a_place_before_drs_lists_it() -> None:
    usage = Usage.of([of_others(1, 1)]).plus(job(8))
    assert room_for(job(1), usage, QUOTAS) is None
    assert room_for(job(2), usage, QUOTAS) is not None
    assert room_for(job(1), usage.plus(job(1)), QUOTAS) is not None
