"""Durations and moments as people read them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.told_time import told_clock, told_moment, told_seconds
from tests.unit.recovery.made_run import START


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.44, "0.4 s"),
        (9, "9 s"),
        (59.6, "1 min"),
        (724, "12 min 4 s"),
        (3_600, "1 h"),
        (3_599.9, "1 h"),
        (3_930, "1 h 6 min"),
        (86_400 * 2 + 3_600 * 5, "2 d 5 h"),
        (86_399, "1 d"),
        (-90, "-1 min 30 s"),
    ],
)
def test_a_duration_is_told_by_its_two_largest_units(seconds: float, told: str) -> None:
    assert told_seconds(seconds) == told


@given(some.floats(0, 1e9))
def test_a_duration_never_reads_60_seconds_or_24_hours(seconds: float) -> None:
    assert not re.search(r"\b(60 s|60 min|24 h)\b", told_seconds(seconds))


def test_a_moment_says_its_time_zone_and_a_clock_does_not() -> None:
    assert told_moment(START) == "2026-11-20 03:00:00 UTC"
    assert told_clock(START) == "03:00:00"
