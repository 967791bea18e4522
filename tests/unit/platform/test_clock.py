"""Times as everyone outside sees them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.platform import clock

moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))  # noqa: DTZ001


def test_a_time_is_utc_with_milliseconds() -> None:
    east = timezone(timedelta(hours=2))
    assert clock.iso(datetime(2026, 11, 20, 5, 0, 0, 123999, east)) == "2026-11-20T03:00:00.123Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        clock.iso(datetime(2026, 11, 20))  # noqa: DTZ001


@given(moments, moments)
def test_text_sorts_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (clock.iso(one) < clock.iso(other)) <= (one < other)


def test_now_has_a_zone() -> None:
    assert clock.now().tzinfo is UTC
