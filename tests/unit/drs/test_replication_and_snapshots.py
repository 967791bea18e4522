"""Replication moves through its states as time passes; snapshots come, thin out and go."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.replication import Course, Window, initial_course, replication_at
from breakwater_local.drs.snapshots import Policy, snapshots_at

HOUR, DAY = 3600.0, 86400.0
OLD = initial_course("CONTINUOUS", 100, 30 * DAY)


def held(state: str, begins: float, ends: float | None) -> Course:
    return Course(OLD.syncing_from, OLD.sync_seconds, (Window(state, begins, ends),))


def policy(course: Course = OLD, *expiries: float) -> Policy:
    return Policy("s-00000000000000001", course, 7, expiries)


def test_a_new_server_goes_from_initiating_to_continuous_and_never_back() -> None:
    course = initial_course("INITIATING", 200, 0.0)
    seen = [replication_at(course, at).state for at in range(0, 7200, 30)]
    assert list(dict.fromkeys(seen)) == [
        "INITIATING",
        "INITIAL_SYNC",
        "CREATING_SNAPSHOT",
        "CONTINUOUS",
    ]


def test_the_initial_sync_copies_more_and_more() -> None:
    course = initial_course("INITIAL_SYNC", 1000, 0.0)
    copied = [replication_at(course, at).replicated for at in range(0, 3000, 100)]
    assert copied == sorted(copied)
    assert copied[0] < 0.1
    assert copied[-1] > 0.9


def test_lag_grows_while_replication_stalls_and_is_caught_up_with_afterwards() -> None:
    course = held("STALLED", 600.0, 1800.0)
    assert replication_at(course, 599.0).lag == 0.0
    assert replication_at(course, 900.0).lag == 300.0
    assert replication_at(course, 900.0).error == "NOT_CONVERGING"
    after = [replication_at(course, at) for at in (1800.0, 1900.0, 2099.0)]
    assert [one.state for one in after] == ["BACKLOG"] * 3
    assert [one.lag for one in after] == sorted((one.lag for one in after), reverse=True)
    assert replication_at(course, 2100.0).state == "CONTINUOUS"


def test_a_server_that_was_disconnected_is_scanned_again() -> None:
    assert replication_at(held("DISCONNECTED", 0.0, 400.0), 450.0).state == "RESCAN"


def test_a_state_without_an_end_stays() -> None:
    assert replication_at(initial_course("PAUSED", 100, DAY), 365 * DAY).state == "PAUSED"


def test_there_are_six_snapshots_an_hour_one_an_hour_for_a_day_one_a_day_for_the_retention() -> (
    None
):
    found = snapshots_at(policy(), Dice(1), 10 * DAY)
    ages = [10 * DAY - one.expected for one in found]
    assert len([age for age in ages if age < HOUR]) == 6
    assert 24 <= len([age for age in ages if age < DAY]) <= 30
    assert max(ages) <= 7 * DAY
    assert len([age for age in ages if age > DAY]) in (6, 7)


def test_snapshots_expire_as_time_passes() -> None:
    now = {one.id for one in snapshots_at(policy(), Dice(1), 0.0)}
    much_later = {one.id for one in snapshots_at(policy(), Dice(1), 8 * DAY)}
    assert now
    assert not now & much_later


def test_no_snapshot_is_taken_while_replication_is_held_up() -> None:
    taken = snapshots_at(policy(held("STALLED", 0.0, None)), Dice(1), 2 * HOUR)
    assert taken
    assert all(one.expected < 0 for one in taken)


def test_all_snapshots_go_away_at_a_scripted_moment() -> None:
    assert snapshots_at(policy(OLD, 100.0), Dice(1), 99.0)
    assert not snapshots_at(policy(OLD, 100.0), Dice(1), 101.0)
    assert snapshots_at(policy(OLD, 100.0), Dice(1), 101.0 + HOUR)


def test_a_snapshot_is_there_from_the_moment_in_which_it_is_complete() -> None:
    newest = snapshots_at(policy(), Dice(1), HOUR)[-1]
    assert newest.expected < newest.taken
    assert newest not in snapshots_at(policy(), Dice(1), newest.taken - 0.1)
    assert newest in snapshots_at(policy(), Dice(1), newest.taken)


@given(st.floats(-5 * DAY, 5 * DAY), st.integers(0, 100))
def test_snapshots_are_in_order_unique_and_never_from_the_future(at: float, seed: int) -> None:
    found = snapshots_at(policy(), Dice(seed), at)
    assert all(one.expected < two.expected for one, two in pairwise(found))
    assert len({one.id for one in found}) == len(found)
    assert all(one.taken <= at for one in found)
