"""Which waves never can start."""

from dataclasses import replace

from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.status import WaveStatus
from breakwater.recovery.engine.wave_starts import start_waves
from breakwater.recovery.recovery_plan import OnFailure
from tests.unit.recovery.engine.test_waits import launching
from tests.unit.recovery.made import AT


def chain(length: int) -> RunState:
    """The first wave of a chain has failed, in a plan that goes on."""
    state = launching()
    [first] = state.waves.values()
    state.put(replace(state.run, on_failure=OnFailure.CONTINUE_INDEPENDENT))
    state.put(replace(first, name="0", status=WaveStatus.FAILED))
    for index in range(1, length):
        # Written the other way round: what is skipped first stands last.
        depends = str(index + 1) if index + 1 < length else "0"
        waiting = replace(first, index=index, name=str(index), status=WaveStatus.PENDING)
        state.put(replace(waiting, depends_on=(depends,), started_at=None))
    return state


def test_a_failure_skips_everything_that_depends_on_it_in_one_look_however_far() -> None:
    state = chain(6)
    start_waves(state, AT, lambda _: 100)
    assert [wave.status for wave in state.in_order()] == [
        WaveStatus.FAILED,
        *[WaveStatus.SKIPPED] * 5,
    ]
