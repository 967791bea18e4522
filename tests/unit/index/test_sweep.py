"""What the sweep mends, what it leaves, and where it stops."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater.index.pace import OutOfTime
from breakwater.index.reconcile import Reconciler
from breakwater.index.step_functions import TooFast
from breakwater.index.sweep import Options, Progress, Report, Sweep
from tests.unit.index.memory import NoHurry
from tests.unit.index.test_the_truth import EAGER, Index
from tests.unit.index.world import ACCOUNT, START, Attempt, Life, World, minutes

DAY = timedelta(days=1)


def life(name: str = "run", *, machine: str = "nightly", **attempt: Any) -> Life:
    return Life(machine=machine, name=name, attempts=[Attempt(began=START, **attempt)])


def ended(after: float, status: str = "SUCCEEDED") -> dict[str, Any]:
    return {"ended": START + minutes(after), "status": status}


def test_what_started_and_ended_unseen_between_two_sweeps_is_found() -> None:
    index = Index(World([life(**ended(2))], {}))
    index.sweep()
    index.world.now = START + minutes(5)
    index.sweep()
    [row] = index.rows.items.values()
    assert (row["status"], row["confirmedBy"]) == ("SUCCEEDED", "describe")


def test_an_open_row_whose_end_was_lost_is_closed() -> None:
    one = life(**ended(2))
    index = Index(World([one], {}))
    index.deliver(one.events(counted=True)[0][1])
    index.world.now = START + 10 * DAY  # far beyond what is listed as recent
    index.sweep()
    assert index.rows.items[one.arn]["status"] == "SUCCEEDED"


@pytest.mark.parametrize("by_stop", [True, False])
def test_a_redrive_that_nobody_told_of_is_found_whatever_the_order_of_lists(by_stop: bool) -> None:
    redriven = Life(
        machine="nightly",
        name="old",
        attempts=[
            Attempt(began=START, **ended(1, "FAILED")),
            Attempt(began=START + 3 * DAY, ended=START + 3 * DAY + minutes(1), status="SUCCEEDED"),
        ],
    )
    later = [
        Life(
            machine="nightly",
            name=f"later-{n}",
            attempts=[Attempt(began=START + n * DAY, ended=START + n * DAY, status="SUCCEEDED")],
        )
        for n in range(1, 4)
    ]
    index = Index(World([redriven, *later], {}))
    index.world.by_stop = by_stop
    for day in range(1, 3):
        index.world.now = START + day * DAY
        index.sweep()
    assert index.rows.items[redriven.arn]["status"] == "FAILED"
    index.world.now = START + 4 * DAY
    index.sweep()
    assert index.rows.items[redriven.arn]["status"] == "SUCCEEDED"
    assert index.rows.items[redriven.arn]["redriveCount"] == 1


class TestGone:
    def gone(self, misses: int) -> dict[str, Any]:
        one = replace(life(), deleted=START + minutes(5))
        index = Index(World([one], {}))
        index.deliver(one.events(counted=True)[0][1])
        index.world.now = START + minutes(10)
        for _ in range(misses):
            index.sweep()
        return index.rows.items[one.arn]

    def test_one_miss_is_no_proof(self) -> None:
        row = self.gone(1)
        assert (row["status"], row["misses"], row["open"]) == ("RUNNING", 1, "OPEN")

    def test_two_misses_are(self) -> None:
        row = self.gone(2)
        assert row["status"] == "GONE"
        assert "open" not in row
        assert "expiresAt" in row  # or it would stay for good

    def test_a_miss_is_forgotten_when_it_is_seen_again(self) -> None:
        index = Index(World([life()], {}))
        [arn] = index.world.lives
        index.deliver(index.world.lives[arn].events(counted=True)[0][1])
        index.world.now = START + minutes(10)
        there, index.world.lives[arn] = (
            index.world.lives[arn],
            replace(index.world.lives[arn], deleted=START),
        )
        index.sweep()
        assert index.rows.items[arn]["misses"] == 1
        index.world.lives[arn] = there
        index.sweep()
        assert "misses" not in index.rows.items[arn]
        assert index.rows.items[arn]["status"] == "RUNNING"

    def test_one_that_was_given_up_and_runs_after_all_is_taken_back(self) -> None:
        index = Index(World([life()], {}))
        [arn] = index.world.lives
        there = index.world.lives[arn]
        index.deliver(there.events(counted=True)[0][1])
        index.world.now = START + minutes(10)
        index.world.lives[arn] = replace(there, deleted=START)
        index.sweep()
        index.sweep()
        assert index.rows.items[arn]["status"] == "GONE"
        index.world.lives[arn] = there
        index.sweep()
        assert index.rows.items[arn]["status"] == "RUNNING"
        assert "expiresAt" not in index.rows.items[arn]


class TestConflict:
    def told_twice(self) -> Index:
        one = life(**ended(1, "FAILED"))
        index = Index(World([one], {}))
        index.world.now = START + minutes(30)
        for status, at in (("SUCCEEDED", 2), ("FAILED", 1)):
            event = life(**ended(at, status)).events(counted=True)[1][1]
            index.deliver(event)
        return index

    def test_two_ends_are_both_kept_to_be_seen(self) -> None:
        [row] = self.told_twice().rows.items.values()
        assert row["status"] == "SUCCEEDED"  # the later
        [other] = row["conflict"]
        assert (other["status"], other["stopDate"]) == ("FAILED", "2026-11-20T00:01:00.000Z")
        assert row["attention"] == ["conflict"]

    def test_the_sweep_asks_which_is_true(self) -> None:
        index = self.told_twice()
        index.sweep()
        [row] = index.rows.items.values()
        assert row["status"] == "FAILED"
        assert row.keys().isdisjoint({"conflict", "attention", "open"})

    def test_the_wrong_one_told_again_changes_nothing_any_more(self) -> None:
        index = self.told_twice()
        index.sweep()
        before = index.rows.writes
        index.deliver(life(**ended(2, "SUCCEEDED")).events(counted=True)[1][1])
        assert index.rows.writes == before


def test_a_name_that_was_a_guess_is_mended_and_with_it_what_hangs_on_tags() -> None:
    one = Life(
        machine="orders",
        name="run",
        attempts=[Attempt(began=START, **ended(1))],
        input={"order": {"id": "A-1"}},
    )
    index = Index(World([one], {"orders": {"agentName": "shop", "breakwater:search": "order.id"}}))
    index.world.now = START + minutes(5)
    index.world.throttled = True
    index.deliver(one.events(counted=True)[1][1])
    assert index.rows.items[one.arn]["agentName"] == "orders"
    assert index.rows.items[one.arn]["attention"] == ["agentName"]
    index.world.throttled = False
    index.sweep()
    assert index.rows.items[one.arn]["agentName"] == "shop"
    assert index.rows.items[one.arn]["search"] == {"order.id": "A-1"}
    assert "attention" not in index.rows.items[one.arn]


def test_what_is_right_is_not_written_again() -> None:
    one = life()
    index = Index(World([one], {}))
    index.deliver(one.events(counted=True)[0][1])
    index.world.now = START + minutes(5)
    before = index.rows.writes
    index.sweep()
    assert index.rows.writes == before


def test_an_open_row_is_confirmed_once_a_day() -> None:
    one = life()
    index = Index(World([one], {}))
    index.deliver(one.events(counted=True)[0][1])
    index.world.now = START + 2 * DAY
    index.sweep()
    writes = index.rows.writes
    assert index.rows.items[one.arn]["confirmedBy"] == "list"
    assert index.rows.items[one.arn]["confirmedAt"].startswith("2026-11-22")
    index.sweep()
    assert index.rows.writes == writes


def test_what_happened_a_moment_ago_is_left_to_its_event() -> None:
    one = life(**ended(2))
    index = Index(World([one], {}))
    index.world.now = START + minutes(2.5)
    report = swept(index, Progress(), options=Options(audit_every=timedelta(0)))
    assert report.asked == 0
    assert index.rows.items == {}


class Stops(NoHurry):
    """Time that is up after so many looks at it."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def check(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise OutOfTime("the time is up")


def swept(
    index: Index, progress: Progress, *, lists: Any = None, time: Any = None, options: Any = EAGER
) -> Report:
    sweep = Sweep(
        lists=lists or index.world,
        rows=index.rows,
        walks=index.rows,
        reconciler=Reconciler(index.rows, index.writer, index.world, index.world.clock),
        directory=index._directory,
        clock=index.world.clock,
        time=time or NoHurry(),
        options=options,
    )
    sweep.run(progress)
    return sweep.report


class Limited:
    """Lists that are throttled after so many calls."""

    def __init__(self, world: World, calls: int) -> None:
        self._world = world
        self._calls = calls

    def machines(self) -> list[str]:
        return self._world.machines()

    def executions(self, state_machine_arn: str, **words: Any) -> Any:
        self._calls -= 1
        if self._calls < 0:
            raise TooFast("ListExecutions is throttled")
        return self._world.executions(state_machine_arn, **words)


def test_a_sweep_that_is_stopped_is_gone_on_with_by_the_next() -> None:
    lives = [life(f"run-{n}", machine=f"m-{n}", **ended(1)) for n in range(5)]
    index = Index(World(lives, {}))
    index.world.now = START + minutes(10)
    progress = Progress()
    reports = [swept(index, progress, lists=Limited(index.world, 4)) for _ in range(3)]
    assert [report.complete for report in reports] == [False, False, True]
    assert [report.machines for report in reports] == [2, 2, 1]
    assert "throttled" in str(reports[0].stopped_by)
    assert len(index.rows.items) == 5


def test_a_round_that_takes_several_sweeps_counts_from_its_beginning() -> None:
    """What starts while the round goes on is looked for in the next one."""
    lives = [life(f"run-{n}", machine=f"m-{n}", **ended(1)) for n in range(3)]
    index = Index(World(lives, {}))
    index.world.now = START + minutes(10)
    progress = Progress()
    swept(index, progress, lists=Limited(index.world, 3))
    assert progress.swept_to is None
    index.world.now = START + minutes(15)
    swept(index, progress)
    assert progress.swept_to == "2026-11-20T00:10:00.000Z"


def test_what_a_list_showed_only_after_the_last_sweep_had_read_it_is_found() -> None:
    """Lists are eventually consistent: what began and ended before a sweep may come after it."""
    late = life("late", **ended(1))
    index = Index(World([late], {}))
    hidden = index.world.lives.pop(late.arn)
    index.world.lives["other"] = life("other")
    progress = Progress()
    index.world.now = START + minutes(5)
    swept(index, progress)
    index.world.lives[late.arn] = hidden
    index.world.now = START + minutes(10)
    swept(index, progress)
    assert index.rows.items[late.arn]["status"] == "SUCCEEDED"


def test_an_open_row_of_a_machine_that_was_not_reached_is_left_for_later() -> None:
    lives = [life(f"run-{n}", machine=f"m-{n}") for n in range(3)]
    index = Index(World(lives, {}))
    for one in lives:
        index.deliver(one.events(counted=True)[0][1])
    index.world.now = START + minutes(10)
    report = swept(index, Progress(), lists=Limited(index.world, 0))
    assert report.asked == 0


def test_time_that_is_up_in_the_middle_is_no_accident() -> None:
    lives = [life(f"run-{n}", **ended(1, "FAILED")) for n in range(5)]
    index = Index(World(lives, {}))
    index.world.now = START + minutes(10)
    swept(index, Progress())
    progress = Progress()
    first = swept(index, progress, time=Stops(4))
    assert first.stopped_by == "the end of its time"
    assert progress.audit_position is not None
    assert swept(index, progress).complete
    assert progress.audit_position is None


@pytest.mark.parametrize("left", [[f"{ACCOUNT}:stateMachine:other"], []])
def test_open_rows_of_a_deleted_machine_are_asked_for(left: list[str]) -> None:
    one = life()
    index = Index(World([one], {}))
    index.deliver(one.events(counted=True)[0][1])
    index.world.lives[one.arn] = replace(one, deleted=START + minutes(5))
    index.world.machines = lambda: left  # type: ignore[method-assign]
    index.world.now = START + minutes(10)
    assert swept(index, Progress()).missed == 1


def test_without_the_list_of_machines_nobody_is_missed() -> None:
    one = life()
    index = Index(World([one], {}))
    index.deliver(one.events(counted=True)[0][1])
    index.world.lives[one.arn] = replace(one, deleted=START + minutes(5))

    def throttled() -> list[str]:
        raise TooFast("ListStateMachines is throttled")

    index.world.machines = throttled  # type: ignore[method-assign]
    index.world.now = START + minutes(10)
    report = swept(index, Progress())
    assert (report.asked, report.complete) == (0, False)


def test_one_that_cannot_be_mended_keeps_nobody_else_from_it() -> None:
    lives = [life(f"run-{n}", machine=f"m-{n}", **ended(1)) for n in range(3)]
    index = Index(World(lives, {}))
    index.world.now = START + minutes(10)
    describe = index.world.describe

    def refused(arn: str) -> Any:
        if arn == lives[0].arn:
            raise RuntimeError("this one is too much")
        return describe(arn)

    index.world.describe = refused  # type: ignore[method-assign,assignment]
    progress = Progress()
    report = swept(index, progress)
    assert (report.repaired, report.failed, report.complete) == (2, 1, True)
    assert report.failures == [f"{lives[0].arn}: RuntimeError: this one is too much"]
    assert index.rows.items.keys() == {lives[1].arn, lives[2].arn}
    assert progress.swept_to == "2026-11-20T00:10:00.000Z"
