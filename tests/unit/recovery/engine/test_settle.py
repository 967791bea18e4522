"""What DRS and EC2 say of a server's instance → how far it came."""

from dataclasses import replace

import pytest

from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import LAUNCHED, TERMINATED, Participant, SeenInstance, SeenJob
from breakwater.recovery.engine.settle import settle_instances, settle_job
from breakwater.recovery.engine.status import ServerStatus, WaveStatus
from tests.unit.recovery.engine.test_waits import launching
from tests.unit.recovery.made import AT


def seen_ten_times(state: RunState, instance_state: str) -> ServerStatus:
    for _ in range(10):
        waiting = [one for one in state.servers.values() if not one.settled]
        found = {
            one.server_id: SeenInstance(
                instance_id="i-1", server_id=one.server_id, state=instance_state
            )
            for one in waiting
        }
        settle_instances(state, waiting, found, {}, AT)
    [server] = state.servers.values()
    return server.status


def launched() -> RunState:
    state = launching()
    state.put(*(replace(one, launch_status=LAUNCHED) for one in state.servers.values()))
    return state


@pytest.mark.parametrize("word", ["REBOOTING", "PENDING", ""])
def test_an_instance_in_a_state_that_we_do_not_know_fails_nothing(word: str) -> None:
    assert seen_ten_times(launched(), word) is ServerStatus.LAUNCHING


@pytest.mark.parametrize("word", ["STOPPED", "SHUTTING-DOWN", "TERMINATED", "NOT_FOUND"])
def test_an_instance_that_goes_fails_its_server_after_a_grace(word: str) -> None:
    assert seen_ten_times(launched(), word) is ServerStatus.FAILED


def told(state: RunState, launch_status: str, *, ended: bool = False) -> ServerStatus:
    """DRS says this of the server's launch."""
    [job] = state.jobs.values()
    participants = {one: Participant(launch_status=launch_status) for one in job.server_ids}
    settle_job(state, job, SeenJob(job_id="drsjob-1", ended=ended, participants=participants), AT)
    [server] = state.servers.values()
    return server.status


def up(wave: WaveStatus) -> RunState:
    state = launched()
    state.put(*(replace(one, status=ServerStatus.LAUNCHED) for one in state.servers.values()))
    state.put(*(replace(one, status=wave) for one in state.waves.values()))
    return state


def test_a_server_that_somebody_terminates_while_its_wave_runs_is_not_counted_as_up() -> None:
    assert told(up(WaveStatus.LAUNCHING), TERMINATED) is ServerStatus.FAILED


def test_a_server_that_goes_after_its_wave_stays_as_the_wave_was_told() -> None:
    assert told(up(WaveStatus.COMPLETED), TERMINATED) is ServerStatus.LAUNCHED


@pytest.mark.parametrize("word", ["LAUNCHED", "IN_PROGRESS", "OF_NEXT_YEAR"])
def test_a_server_that_is_up_stays_up_whatever_else_is_said(word: str) -> None:
    assert told(up(WaveStatus.LAUNCHING), word) is ServerStatus.LAUNCHED
