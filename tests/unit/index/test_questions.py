"""What can be asked, what is refused and how, and which index answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breakwater.contract import IndexSettings
from breakwater.index.lifted import at_path, search_key, typed
from breakwater.index.machine_facts import facts_of, seconds_of
from breakwater.index.plan import parts, plan
from breakwater.index.question import Period, question
from breakwater.index.when import day, moment
from breakwater.platform.http.errors import BadRequest

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"agent": "shop"}, "AgentDateIndex"),
        ({"status": "FAILED"}, "StatusDateIndex"),
        ({"agent": "shop", "status": "FAILED"}, "AgentStatusDateIndex"),
        ({"started": (NOW, None)}, "StartDayIndex"),
        ({}, "StartDayIndex"),
        ({"ended": (NOW, None), "agent": "shop"}, "StopDayIndex"),
        ({"search": {"order.id": "A-1"}, "agent": "shop"}, "SearchIndex"),
        ({"name_prefix": "a"}, "StartDayIndex"),
    ],
)
def test_each_question_has_an_index(asked: dict[str, Any], index: str) -> None:
    assert plan(question(**asked)).index == index


def test_only_what_the_index_does_not_decide_is_filtered() -> None:
    assert plan(question(agent="a", status="FAILED", started=(NOW, None))).filters == {}
    assert plan(question(agent="a", name_prefix="x")).filters == {"name_prefix": "x"}
    ended = plan(question(agent="a", status="FAILED", ended=(NOW, None)))
    assert ended.filters == {"agent": "a", "status": "FAILED"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"status": "BROKEN"}, "status is 'BROKEN'; give one of RUNNING, PAUSED, SUCCEEDED"),
        ({"limit": 0}, "limit is 0; give a whole number from 1 to 1000"),
        ({"limit": True}, "limit is True"),
        ({"agent": ""}, "agent is ''"),
        ({"name_prefix": "x" * 257}, "namePrefix"),
        ({"started": (NOW, NOW - HOUR)}, "begin before the end"),
        ({"started": (datetime(2026, 1, 1), None)}, "time zone"),  # noqa: DTZ001
        ({"started": (NOW, NOW + timedelta(microseconds=9))}, "begin before the end"),
        ({"agent": "\udcff"}, "agent is"),
        ({"search": {"a": "\udcff"}}, "one text"),
        ({"search": {"": "x"}}, "give a path"),
        ({"search": {"a": ["x"]}}, "one text, number or truth"),
    ],
)
def test_what_cannot_be_asked_is_a_400_that_says_what_can(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        question(**asked)
    assert said in refused.value.message
    assert refused.value.status == 400
    assert refused.value.details


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("24h", NOW - 24 * HOUR),
        ("7d", NOW - 7 * 24 * HOUR),
        ("30m", NOW - HOUR / 2),
        ("2026-11-20", NOW - 12 * HOUR),
        ("2026-11-20T03:00:00Z", NOW - 9 * HOUR),
        ("2026-11-20T03:00:00+02:00", NOW - 11 * HOUR),
    ],
)
def test_moments_as_people_write_them(text: str, means: datetime) -> None:
    assert moment("since", text, NOW) == means


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "24",
        "2026-13-01",
        "2026-11-20T03:00:00",
        "999999w",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_a_moment_that_is_none_is_a_400(text: str) -> None:
    with pytest.raises(BadRequest, match="since is"):
        moment("since", text, NOW)


@pytest.mark.parametrize("text", ["", "2026-02-30", "24h", "9999-12-31T00"])
def test_a_day_that_is_none_is_a_400(text: str) -> None:
    with pytest.raises(BadRequest, match="day is"):
        day("day", text)


def test_a_list_of_everything_goes_through_the_days_that_have_rows() -> None:
    days = ["2026-11-20", "2026-11-02", "2026-10-01"]
    everything = plan(question())
    assert parts(everything, days, None) == days
    assert parts(everything, days, "2026-11-02") == ["2026-11-02", "2026-10-01"]
    some = plan(question(started=(NOW - 24 * 20 * HOUR, NOW)))
    assert parts(some, days, None) == ["2026-11-20", "2026-11-02"]


def test_a_period_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    period = Period(since="2026-11-19T00:00:00.000Z", until="2026-11-20T00:00:00.000Z")
    assert period.touches("2026-11-19")
    assert not period.touches("2026-11-20")
    assert not period.touches("2026-11-18")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("order.id", "A-17"),
        ("order.lines.1.sku", "x"),
        ("order.lines.9.sku", None),
        ("order", None),
        ("order.id.more", None),
        ("paid", True),
        ("total", 12.5),
        ("nothing", None),
    ],
)
def test_a_dotted_path_finds_a_single_value(path: str, value: Any) -> None:
    document = {
        "order": {"id": "A-17", "lines": [{"sku": "w"}, {"sku": "x"}]},
        "paid": True,
        "total": 12.5,
        "nothing": None,
    }
    assert at_path(document, path) == value


def test_a_search_tells_text_numbers_and_truth_apart() -> None:
    keys = {search_key("a", value) for value in ("1", 1, True, "true")}
    assert len(keys) == 4
    assert search_key("a", 1) == search_key("a", 1.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("A-17", "A-17"), ("17", 17), ('"17"', "17"), ("true", True), ("[1]", "[1]")],
)
def test_a_value_on_the_command_line_is_typed(text: str, value: Any) -> None:
    assert typed(text) == value


def test_tags_and_configuration_together_say_what_is_searched() -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"
    facts = facts_of(
        arn,
        {"owner": "shop", "breakwater:search": "order.id  customer.id", "breakwater:priority": "1"},
        IndexSettings(agentNameTag="owner", search={"orders": ["order.id", "basket"]}),
    )
    assert facts.agent_name == "shop"
    assert facts.search == ("order.id", "basket", "customer.id")
    assert facts.tagged == {"priority": "1"}
    assert facts.certain


@pytest.mark.parametrize(
    ("tags", "target"),
    [
        ({"breakwater:sla-seconds": "60"}, "60"),
        ({"breakwater:slaTargetSeconds": "90"}, "90"),
        ({"breakwater:sla-seconds": "60", "breakwater:slaTargetSeconds": "90"}, "60"),
    ],
)
def test_a_target_has_one_name_and_its_older_one_is_still_read(
    tags: dict[str, str], target: str
) -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"
    assert facts_of(arn, tags, IndexSettings()).tagged == {"slaTargetSeconds": target}


@pytest.mark.parametrize("value", [None, "soon", True, -1, 0, float("nan"), 1e12, [1]])
def test_a_target_that_is_no_time_is_left_out(value: Any) -> None:
    assert seconds_of(value) is None
