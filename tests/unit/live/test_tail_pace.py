"""How often the loop may look: adaptive, and all together within half of the quota."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.live.tail_budget import TailBudget
from breakwater.live.tail_pace import (
    CALLS_PER_SECOND,
    QUICKEST,
    SLOWEST,
    EvenCalls,
    next_interval,
)
from breakwater.timeline.call_budget import GET_HISTORY, share_of
from tests.unit.live.conftest import START


@given(changes=st.lists(st.booleans(), max_size=30), watched=st.integers(1, 500))
def test_looks_are_between_one_and_fifteen_seconds_apart_or_as_the_quota_allows(
    changes: list[bool], watched: int
) -> None:
    interval = QUICKEST
    for changed in changes:
        interval = next_interval(interval, changed=changed, watched=watched)
        assert interval >= max(QUICKEST, watched / CALLS_PER_SECOND)
        assert interval <= max(SLOWEST, watched / CALLS_PER_SECOND)
        if changed:
            assert interval == max(QUICKEST, watched / CALLS_PER_SECOND)


@given(st.lists(st.floats(0, 0.5), max_size=100))
def test_all_tailers_together_stay_below_half_of_the_quota(pauses: list[float]) -> None:
    calls, even, now = [], EvenCalls(), 0.0
    for pause in pauses:
        now += pause
        wait = even.take(now)
        if not wait:
            calls.append(now)
    for first in calls:
        within = [at for at in calls if first <= at < first + 1.0]
        assert len(within) <= share_of(GET_HISTORY).per_second


def test_the_loop_asks_evenly_and_within_what_all_share() -> None:
    class Shared:
        wait = 0.0
        taken = 0
        refused: list[str] = []  # noqa: RUF012 - of one test

        def take(self, _operation: str, _now: float) -> float:
            self.taken += 1
            return self.wait

        def throttled(self, operation: str, _now: float) -> None:
            self.refused.append(operation)

    shared = Shared()
    budget = TailBudget(shared)
    assert budget.take(GET_HISTORY, START) == 0.0
    assert budget.take(GET_HISTORY, START) == pytest.approx(1 / CALLS_PER_SECOND)
    assert shared.taken == 1  # what must wait anyway takes nothing from others
    shared.wait = 3.0
    assert budget.take(GET_HISTORY, START + 1) == 3.0
    budget.throttled(GET_HISTORY, START)
    assert shared.refused == [GET_HISTORY]
