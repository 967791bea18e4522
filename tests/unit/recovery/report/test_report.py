"""What a report says in all: its timeline, the plan as it was frozen, its JSON."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from breakwater.recovery.engine.status import RunStatus, ServerStatus
from tests.unit.recovery.made_run import TOKEN
from tests.unit.recovery.report.far_scenes import ALL, open_and_fast
from tests.unit.recovery.report.scene import audited
from tests.unit.recovery.report.scenes import cancelled, completed


def test_the_timeline_merges_everything_in_the_order_of_time() -> None:
    report = cancelled().report()
    times = [one.at for one in report.timeline]
    assert times == sorted(times)
    assert {one.what for one in report.timeline} == {
        "run",
        "wave",
        "server",
        "job",
        "person",
        "cleanup",
    }


def test_of_what_happened_at_once_the_cause_comes_first() -> None:
    first, second, *_ = completed().report().timeline
    assert (first.what, second.what) == ("person", "run")


def test_the_plan_is_told_as_it_was_frozen() -> None:
    scene = completed()
    report = scene.report()
    assert report.to_json()["plan"] == {
        "frozenAt": "2026-11-20T03:00:02.000Z",
        "plan": scene.plan["plan"],
        "groups": scene.plan["groups"],
    }


@pytest.mark.parametrize("name", ALL)
def test_the_json_is_the_same_however_the_items_are_ordered(name: str) -> None:
    scene = ALL[name]()
    before = json.dumps(scene.report().to_json())
    for items in (scene.waves, scene.servers, scene.jobs, scene.compensation, scene.audit):
        items.reverse()
    after = json.dumps(scene.report().to_json())
    if name != "hostile":  # people who decide in the same instant have no order
        assert after == before


def test_the_json_has_every_field_always() -> None:
    def shape(value: Any) -> Any:
        return {key: shape(one) if isinstance(one, dict) else None for key, one in value.items()}

    full, empty = completed(), completed(status=RunStatus.PENDING, begun_at=None, ended_at=None)
    full_json, empty_json = full.report().to_json(), empty.report().to_json()
    assert set(full_json) == set(empty_json)
    for name in ("servers", "waves", "jobs", "timeline", "decisions"):
        assert len({tuple(one) for one in full_json[name]}) == 1
    assert shape(full_json)["recoveryTime"].keys() == shape(empty_json)["recoveryTime"].keys()


def test_no_token_can_be_read_from_a_report_wherever_it_was_quoted() -> None:
    scene = open_and_fast()
    leak = f"TaskTimedOut: {TOKEN}"
    scene.run = replace(scene.run, cause=leak, attention=(leak,), reason=leak, plan_name=leak)
    scene.waves[0] = replace(scene.waves[0], cause=leak)
    scene.servers[0] = replace(scene.servers[0], cause=leak, status=ServerStatus.FAILED)
    scene.jobs[0] = replace(scene.jobs[0], waiting_for=leak)
    scene.audit.append(audited(1, leak, leak, leak, what=leak))
    scene.plan = {"plan": {"name": leak}, "groups": [{"name": leak}], "frozenAt": None}
    assert scene.run.task_token == TOKEN
    assert TOKEN[:12] not in json.dumps(scene.report().to_json())


def test_numbers_as_the_table_keeps_them_are_numbers_in_the_json() -> None:
    scene = completed()
    scene.plan["plan"]["version"] = Decimal(7)
    scene.plan["plan"]["share"] = Decimal("0.5")
    told = json.loads(json.dumps(scene.report().to_json()))["plan"]["plan"]
    assert (told["version"], told["share"]) == (7, 0.5)
