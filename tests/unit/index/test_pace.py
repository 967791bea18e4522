"""Calls keep to their budget, in a time of our own."""

import pytest

from breakwater.index.pace import OutOfTime, Pace
from breakwater.index.quota import Rate, rates
from breakwater.index.step_functions import TooFast


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def seconds(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


RATES = {"List": Rate(bucket=10, per_second=2), "Tags": Rate(bucket=10, per_second=0.5)}


def pace(time: Time, *, idle: float = 0.0, until: float = 1000.0) -> Pace:
    return Pace(
        RATES,
        idle_seconds=idle,
        until=until,
        seconds=time.seconds,
        sleep=time.sleep,
        impatient=("Tags",),
    )


@pytest.mark.parametrize(("idle", "burst"), [(0.0, 1), (3.0, 6), (1000.0, 10)])
def test_never_more_calls_than_the_budget_allows(idle: float, burst: int) -> None:
    time = Time()
    paced = pace(time, idle=idle)
    for _ in range(100):
        paced.before_call("List")
    assert time.now == pytest.approx((100 - burst) / 2)


def test_a_throttled_call_slows_those_that_follow() -> None:
    time = Time()
    paced = pace(time, idle=1000.0)
    paced.throttled("List")
    for _ in range(10):
        paced.before_call("List")
    assert time.now == pytest.approx(10.0)


def test_what_would_come_too_late_is_not_waited_for() -> None:
    time = Time()
    paced = pace(time, until=3.0)
    for _ in range(6):
        paced.before_call("List")
    with pytest.raises(OutOfTime):
        paced.before_call("List")
    assert time.now < 3.0


def test_a_part_of_the_time_ends_and_the_next_has_its_own() -> None:
    time = Time()
    paced = pace(time, until=100.0)
    paced.allow(0.5)
    time.now = 60.0
    with pytest.raises(OutOfTime):
        paced.check()
    paced.allow(0.75)
    paced.check()


def test_what_can_wait_for_another_day_is_left_out_at_once() -> None:
    time = Time()
    paced = pace(time)
    paced.before_call("Tags")
    with pytest.raises(TooFast):
        paced.before_call("Tags")
    assert time.now == 0.0


@pytest.mark.parametrize("region", ["eu-west-1", "eu-south-2"])
def test_half_of_each_quota_is_half_of_each_quota(region: str) -> None:
    whole, half = rates(region, 1.0), rates(region, 0.5)
    for operation, rate in half.items():
        assert rate.per_second * 2 == whole[operation].per_second
        assert rate.bucket * 2 == whole[operation].bucket
    assert whole["ListExecutions"].per_second == {"eu-west-1": 5, "eu-south-2": 2}[region]
