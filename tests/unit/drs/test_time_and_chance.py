"""The clock tells wall time on the wire; chance repeats itself; durations are read as written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater_local.drs import durations
from breakwater_local.drs.clock import Clock, parsed_moment
from breakwater_local.drs.dice import Dice
from breakwater_local.drs.durations import seconds

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def test_simulated_time_passes_speed_times_as_fast_as_wall_time() -> None:
    clock = Clock(60.0, started=START, elapsed=lambda: 10.0)
    assert clock.now() == 600.0


def test_moments_on_the_wire_are_wall_time() -> None:
    clock = Clock(60.0, started=START)
    assert clock.moment(0) == "2026-03-01T03:00:00.000Z"
    assert clock.moment(600.0) == "2026-03-01T03:00:10.000Z"
    assert clock.moment(-90.0) == "2026-03-01T02:59:58.500Z"


def test_durations_on_the_wire_are_wall_time_too() -> None:
    assert Clock(60.0).duration(600.0) == "PT10S"
    assert Clock(1.0).duration(0.25) == "PT0.25S"
    assert Clock(1.0).duration(2_592_000.0) == "PT2592000S"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T03:00:00Z", START),
        ("2026-03-01T03:00:00.000000000Z", START),
        ("2026-02-31T03:00:00Z", None),
    ],
)
def test_moments_of_callers_are_read_and_days_that_do_not_exist_are_noticed(
    text: str, expected: datetime | None
) -> None:
    assert parsed_moment(text) == expected


@given(st.integers(), st.text(), st.floats(0, 100), st.floats(0, 100))
def test_chance_gives_the_same_answer_to_the_same_question(
    seed: int, about: str, low: float, width: float
) -> None:
    drawn = Dice(seed).between(low, low + width, about)
    assert drawn == Dice(seed).between(low, low + width, about)
    assert low - 0.05 <= drawn <= low + width + 0.05
    assert Dice(seed).id("s-", about) == Dice(seed).id("s-", about)


def test_another_seed_or_another_question_gives_another_answer() -> None:
    answers = {Dice(seed).id("i-", question) for seed in (1, 2) for question in ("a", "b")}
    assert len(answers) == 4


@pytest.mark.parametrize(
    ("written", "expected"),
    [("45s", 45.0), ("10m", 600.0), ("1h30m", 5400.0), ("7d", 604800.0), ("0.5h", 1800.0)],
)
def test_durations_are_read_as_people_write_them(written: str, expected: float) -> None:
    assert seconds(written) == expected


@pytest.mark.parametrize("written", ["", "10", "ten minutes", "10m5h", 10, True, None])
def test_what_is_no_duration_is_refused_with_how_to_write_it(written: object) -> None:
    with pytest.raises(ValueError, match="write it like 45s, 10m"):
        seconds(written)


@pytest.mark.parametrize("text", ["45s", "0.5s", "30d", "1h30m", "3000d"])
def test_a_duration_that_is_written_out_can_be_read_again(text: str) -> None:
    assert durations.seconds(durations.written(durations.seconds(text))) == durations.seconds(text)
