"""What the answer says of known executions; and that it is of the shape that the API promises."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.routes.analytics_models import Analytics
from breakwater.workflows.rollups import prices
from breakwater.workflows.rollups.analytics_desk import AnalyticsDesk
from breakwater.workflows.rollups.contribution import Contribution, History, facts_of
from breakwater.workflows.rollups.contributions import Contributions
from breakwater.workflows.rollups.packing import NotOurs, packed, unpacked
from breakwater.workflows.rollups.periods import NAMES, recent_months, window
from breakwater.workflows.rollups.places import (
    SLICES,
    Keeping,
    expiry_of,
    places_of,
    share_of,
    slice_of,
)
from breakwater.workflows.rollups.prices import price_in
from breakwater.workflows.rollups.replacing import Change
from breakwater.workflows.rollups.rollup_table import RollupTable
from breakwater.workflows.rollups.steps_told import without_timeline
from breakwater.workflows.rollups.tally import Rollup
from tests.conftest import CHECKOUT
from tests.unit.workflows.rollups.conftest import TABLE
from tests.unit.workflows.rollups.made import (
    FAILED,
    NOW,
    broke,
    contribution,
    ended,
    went_well,
)

KEEPING = Keeping()


def answer(
    dynamodb: Any, contributions: list[Contribution], period: str = "24h", now: datetime = NOW
) -> dict[str, Any]:
    """What the API answers of exactly these, as JSON."""
    store = Contributions(dynamodb, TABLE, KEEPING)
    changes = [Change(before=None, after=one) for one in contributions]
    for portion in store.portions(changes, NOW):
        store.write(portion, NOW)
    desk = AnalyticsDesk(RollupTable(dynamodb, TABLE), price_in("eu-west-1"), lambda: now)
    told = Analytics.model_validate(desk.over(period)).model_dump(by_alias=True)
    return dict(told)


class TestAnswer:
    def test_of_nothing_every_rate_is_null_and_every_count_zero(self, dynamodb: Any) -> None:
        told = answer(dynamodb, [])
        assert told["executions"]["ended"] == 0
        assert told["executions"]["failureRate"] is None
        assert told["sla"] == {"met": 0, "missed": 0, "compliance": None}
        assert told["duration"]["p95"] is None
        assert told["cost"]["perExecutionUsd"] is None
        assert told["completeness"]["share"] is None
        assert told["completeness"]["updatedAt"] is None

    def test_counts_rates_and_targets_are_those_of_the_executions(self, dynamodb: Any) -> None:
        target: dict[str, Any] = {"sla_target_seconds": 60}
        told = answer(
            dynamodb,
            [
                *(contribution(ended(f"w{n}", seconds=30, **target)) for n in range(6)),
                contribution(ended("late", seconds=90, **target)),
                contribution(ended("broke", **FAILED, **target), broke()),
                contribution(ended("slow", machine="other", status="TIMED_OUT")),
                contribution(ended("no", machine="other", status="ABORTED", **target)),
            ],
        )
        assert told["executions"] == {
            "ended": 10,
            "completed": 7,
            "failed": 1,
            "timedOut": 1,
            "cancelled": 1,
            "other": 0,
            "redrives": 0,
            "failureRate": 0.2,
        }
        assert told["sla"] == {"met": 6, "missed": 2, "compliance": 0.75}
        orders, other = told["types"]
        assert (orders["type"], orders["ended"], orders["failureRate"]) == (
            *("orders-agent", 8),
            0.125,
        )
        assert (other["type"], other["failureRate"]) == ("other-agent", 0.5)
        assert orders["completedDuration"]["count"] == 7
        assert orders["duration"]["count"] == 8

    def test_durations_are_within_a_percent_of_the_sorted_values(self, dynamodb: Any) -> None:
        times = [round(0.2 * math.exp(n / 15), 3) for n in range(150)]
        told = answer(
            dynamodb, [contribution(ended(f"{n}", seconds=s)) for n, s in enumerate(times)]
        )
        for part in (50, 95, 99):
            exact = times[math.ceil(part / 100 * len(times)) - 1]
            assert told["duration"][f"p{part}"] == pytest.approx(exact, rel=0.01)
        assert told["duration"]["mean"] == pytest.approx(sum(times) / len(times), abs=0.001)

    def test_failures_are_told_by_state_and_by_fingerprint(self, dynamodb: Any) -> None:
        failing = [contribution(ended(f"f{n}", **FAILED), broke()) for n in range(3)]
        unread = without_timeline(facts_of(ended("u", **FAILED)), History.DENIED)
        told = answer(
            dynamodb, [*failing, unread, *(contribution(ended("w"), went_well()) for _ in "1")]
        )["failures"]
        [state] = told["byState"]
        assert (state["stateMachine"], state["state"]) == ("orders", "Charge")
        assert (state["failures"], state["visits"], state["rate"]) == (3, 4, 0.75)
        assert state["share"] == 0.75
        first, second = told["byFingerprint"]
        assert (first["failures"], first["rate"], first["state"]) == (3, 0.6, "Charge")
        assert first["fingerprint"] == failing[0].fingerprint
        assert (second["failures"], second["state"], second["error"]) == (1, None, "Broken")
        assert told["withoutState"] == 1

    def test_the_slowest_steps_and_those_retried_most(self, dynamodb: Any) -> None:
        told = answer(
            dynamodb,
            [contribution(ended(f"{n}"), went_well(retries=n % 2)) for n in range(10)],
        )
        slowest = told["slowestSteps"][0]
        assert (slowest["state"], slowest["occurrences"]) == ("Charge", 10)
        assert slowest["duration"]["p95"] == pytest.approx(7, rel=0.01)
        retries = told["retries"]
        assert (retries["attempts"], retries["retries"], retries["retryRate"]) == (15, 5, 0.3333)
        assert [step["state"] for step in retries["steps"]] == ["Charge"]

    def test_what_was_not_read_is_estimated_and_said(self, dynamodb: Any) -> None:
        read = [contribution(ended(f"r{n}"), went_well()) for n in range(6)]
        waiting = [without_timeline(facts_of(ended(f"b{n}")), History.NO_BUDGET) for n in range(3)]
        express = [without_timeline(facts_of(ended("x", machine="e")), History.NONE)]
        told = answer(dynamodb, [*read, *waiting, *express])
        assert told["transitions"] == {"counted": 18, "estimated": 27, "perExecution": 3.0}
        assert told["cost"]["estimatedUsd"] == pytest.approx(27 * 0.025 / 1000)
        assert told["cost"]["perExecutionUsd"] == pytest.approx(3 * 0.025 / 1000)
        assert told["cost"]["notPriced"] == 1
        complete = told["completeness"]
        assert (complete["executions"], complete["historyRead"], complete["share"]) == (10, 6, 0.6)
        assert (complete["toBeRead"], complete["notRead"]) == (3, {"noBudget": 3, "none": 1})
        assert complete["leftOut"] == {"type": 0, "step": 0, "state": 0, "failure": 0}
        assert complete["firstPeriod"] == "2026-11-20T12"

    def test_what_has_no_room_by_name_is_in_the_sums(self, dynamodb: Any) -> None:
        many = [
            contribution(ended(f"{n}", machine="busy", agent_name=f"a{n}", **FAILED))
            for n in range(130)
        ]
        told = answer(dynamodb, many)
        assert told["executions"]["ended"] == 130
        assert told["completeness"]["leftOut"]["type"] == 30
        assert told["completeness"]["leftOut"]["failure"] == 70
        assert {"type": None, "ended": 30}.items() <= told["types"][0].items()

    def test_each_period_takes_what_ended_in_it(self, dynamodb: Any) -> None:
        ends = [timedelta(minutes=1), timedelta(hours=23), timedelta(days=3), timedelta(days=29)]
        contributions = [
            contribution(ended(f"{n}", stopped=NOW - ago)) for n, ago in enumerate(ends)
        ]
        told = {period: answer(dynamodb, [], period) for period in NAMES}
        assert [one["executions"]["ended"] for one in told.values()] == [0, 0, 0]
        answer(dynamodb, contributions)
        told = {period: answer(dynamodb, [], period) for period in NAMES}
        assert {period: one["executions"]["ended"] for period, one in told.items()} == {
            "24h": 2,
            "7d": 3,
            "30d": 4,
        }

    @pytest.mark.parametrize(("period", "calls"), [("24h", 1), ("7d", 1), ("30d", 2)])
    def test_the_calls_do_not_depend_on_what_there_is(
        self, dynamodb: Any, period: str, calls: int
    ) -> None:
        seen: list[str] = []
        dynamodb.meta.events.register(
            "before-call.dynamodb", lambda model, **_words: seen.append(model.name)
        )
        answer(dynamodb, [], period)
        assert seen == ["BatchGetItem"] * calls
        many = [contribution(ended(f"{n}", machine=f"m{n}")) for n in range(60)]
        answer(dynamodb, many, period)
        seen.clear()
        answer(dynamodb, [], period)
        assert seen == ["BatchGetItem"] * calls


class TestPeriods:
    def test_a_window_covers_at_least_what_was_asked_for(self) -> None:
        lengths = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
        for name, length in lengths.items():
            asked = window(name, NOW)
            assert asked.begins <= NOW - length
            assert asked.begins > NOW - length - timedelta(days=1)

    def test_24_hours_are_hours_and_30_days_are_days(self) -> None:
        hours, days = window("24h", NOW), window("30d", NOW)
        assert (len(hours.periods), hours.periods[-1]) == (25, "HOUR#2026-11-20T12")
        assert (len(days.periods), days.periods[0]) == (31, "DAY#2026-10-21")

    def test_january_follows_december(self) -> None:
        assert recent_months(datetime(2027, 1, 31, tzinfo=NOW.tzinfo)) == (
            *("MONTH#2027-01", "MONTH#2026-12"),
        )

    @given(st.integers(0, 4 * 366 * 86_400))
    def test_nothing_is_dropped_while_an_answer_may_ask_for_it(self, later: int) -> None:
        now = NOW + timedelta(seconds=later)
        for ago in (timedelta(0), timedelta(hours=24), timedelta(days=30)):
            one = contribution(ended(stopped=now - ago))
            months = recent_months(now)
            asked = {
                *window("24h", now).periods,
                *window("7d", now).periods,
                *window("30d", now).periods,
                *months,
            }
            for place in places_of(one, KEEPING, now - ago):
                if place.period in asked:
                    assert expiry_of(place, Keeping(days=timedelta(days=31))) > now


def test_machines_are_spread_over_all_slices() -> None:
    found = {
        slice_of(f"arn:aws:states:eu-west-1:111122223333:stateMachine:m{n}") for n in range(99)
    }
    assert len(found) == SLICES


def test_a_rollup_comes_back_from_its_bytes() -> None:
    one = contribution(ended(**FAILED), broke())
    rollup = Rollup()
    for place in places_of(one, KEEPING, NOW):
        rollup.add(share_of(one, place))
    assert unpacked(packed(rollup)) == rollup
    with pytest.raises(NotOurs, match="no figures of ours"):
        unpacked(b"something else")


class TestPrices:
    def test_are_those_of_the_region(self) -> None:
        assert price_in("eu-west-1").of(1_000_000) == 25.0
        assert price_in("sa-east-1").of(1_000) == 0.0375
        assert price_in("somewhere-new-1").per_thousand_usd == 0.025

    def test_are_of_the_month_that_readme_names(self) -> None:
        month = datetime.strptime(prices.AS_OF, "%Y-%m").strftime("%B %Y")  # noqa: DTZ007
        assert f"as of {month}" in (CHECKOUT / "README.md").read_text(encoding="utf-8")
