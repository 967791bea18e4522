"""What DRS and EC2 say of a server's instance → how far it came."""

from dataclasses import replace

import pytest

from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import LAUNCHED, SeenInstance
from breakwater.recovery.engine.settle import settle_instances
from breakwater.recovery.engine.status import ServerStatus
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
