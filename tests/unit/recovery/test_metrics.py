"""What is counted of a run, as CloudWatch reads it from a log."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.contract import Metric
from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.metrics import metrics_of
from breakwater.recovery.engine.run import Run
from tests.unit.recovery.made_run import at, event, run

END = {"seconds": 4_500, "pausedSeconds": 1_800, "launched": 10, "failed": 1}


def documents(of: Event, about: Run | None = None) -> tuple[dict[str, Any], ...]:
    return metrics_of(of, about or run(), environment="prod")


def values(of: Event, about: Run | None = None) -> dict[str, float]:
    """Metric → value, over all documents; one that is counted twice is an error."""
    found: dict[str, float] = {}
    for document in documents(of, about):
        [directive] = document["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]:
            assert metric["Name"] not in found
            found[metric["Name"]] = document[metric["Name"]]
    return found


def dimensions(of: Event, metric: Metric, about: Run | None = None) -> list[dict[str, str]]:
    for document in documents(of, about):
        [directive] = document["_aws"]["CloudWatchMetrics"]
        if metric.value in {one["Name"] for one in directive["Metrics"]}:
            return [{name: document[name] for name in names} for names in directive["Dimensions"]]
    raise AssertionError(metric)


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        (EventKind.STARTED, Metric.RUNS_STARTED),
        (EventKind.COMPLETED, Metric.RUNS_COMPLETED),
        (EventKind.FAILED, Metric.RUNS_FAILED),
        (EventKind.TIMED_OUT, Metric.RUNS_TIMED_OUT),
        (EventKind.CANCELLED, Metric.RUNS_CANCELLED),
    ],
)
def test_a_run_is_counted_once_by_its_outcome(kind: EventKind, metric: Metric) -> None:
    outcomes = {
        name: value for name, value in values(event(kind)).items() if name.startswith("Runs")
    }
    assert outcomes == {metric.value: 1}
    assert dimensions(event(kind), metric) == [{"Environment": "prod"}]


def test_a_completed_run_is_measured_against_its_objective_with_and_without_pauses() -> None:
    done = event(EventKind.COMPLETED, numbers=END)
    assert values(done) == {
        "RunsCompleted": 1,
        "ServersLaunched": 10,
        "ServersFailed": 1,
        "PlanSeconds": 4_500,
        "RtoRatio": 1.25,
        "RtoRatioWithoutPauses": 0.75,
    }
    by_plan = [{"Environment": "prod"}, {"Environment": "prod", "Plan": "shop"}]
    for metric in (Metric.PLAN_SECONDS, Metric.RTO_RATIO, Metric.RTO_RATIO_WITHOUT_PAUSES):
        assert dimensions(done, metric) == by_plan


def test_a_plan_without_an_objective_has_no_ratio() -> None:
    found = values(event(EventKind.COMPLETED, numbers=END), run(rto_minutes=None))
    assert "PlanSeconds" in found
    assert not [name for name in found if "Ratio" in name]


@pytest.mark.parametrize("kind", [EventKind.FAILED, EventKind.TIMED_OUT, EventKind.CANCELLED])
def test_what_did_not_recover_has_no_recovery_time(kind: EventKind) -> None:
    found = values(event(kind, numbers=END))
    assert not {"PlanSeconds", "RtoRatio", "RtoRatioWithoutPauses"} & set(found)
    assert (found["ServersLaunched"], found["ServersFailed"]) == (10, 1)


def test_a_wave_is_measured_by_plan_and_wave_and_its_servers_are_not_counted_twice() -> None:
    done = event(
        EventKind.WAVE_COMPLETED,
        wave="database",
        numbers={"seconds": 840.5, "launched": 3, "failed": 0},
    )
    assert values(done) == {"WaveSeconds": 840.5}
    assert dimensions(done, Metric.WAVE_SECONDS) == [
        {"Environment": "prod", "Plan": "shop", "Wave": "database"}
    ]


@pytest.mark.parametrize("kind", [EventKind.PAUSED, EventKind.RESUMED, EventKind.WAVE_FAILED])
def test_what_is_not_counted_prints_nothing(kind: EventKind) -> None:
    assert documents(event(kind, wave="database", numbers=END)) == ()


def test_a_document_says_which_run_it_is_of() -> None:
    [document] = documents(event(EventKind.STARTED), run(is_drill=False))
    assert document["executionId"] == "01JD0000000000000000000000"
    assert document["isDrill"] is False
    assert document["_aws"]["Timestamp"] == int(at(20).timestamp() * 1000)


def test_numbers_from_the_table_are_numbers_in_json() -> None:
    numbers = {name: Decimal(value) for name, value in END.items()}
    printed = json.dumps(documents(event(EventKind.COMPLETED, numbers=numbers)))
    assert '"PlanSeconds": 4500' in printed


@given(some.text(some.characters(exclude_categories=[]), max_size=80), some.text(max_size=80))
def test_any_name_becomes_a_dimension_that_cloudwatch_takes(plan: str, wave: str) -> None:
    for kind in EventKind:
        for document in documents(event(kind, wave=wave, numbers=END), run(plan_name=plan)):
            assert json.dumps(document, ensure_ascii=True, allow_nan=False)
            for name in ("Plan", "Wave"):
                value = document.get(name, "x")
                assert value.isascii()
                assert value.isprintable()
                assert value.strip()
                assert not value.startswith(":")


@given(some.text(max_size=20), some.text(max_size=20))
def test_two_plans_never_share_a_dimension(one: str, other: str) -> None:
    done = event(EventKind.COMPLETED, numbers=END)
    [_, first] = dimensions(done, Metric.PLAN_SECONDS, run(plan_name=one))
    [_, second] = dimensions(done, Metric.PLAN_SECONDS, run(plan_name=other))
    assert (first == second) == (one == other)
