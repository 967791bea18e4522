"""What people write is taken field by field, or refused naming field and value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from breakwater.recovery import limits
from breakwater.recovery.drafts import GroupDraft, GroupRevision, PlanDraft, PlanRevision
from tests.unit.recovery.made import ids, server_id

GROUP: dict[str, Any] = {
    "name": "databases",
    "accountId": "111122223333",
    "region": "eu-west-1",
    "servers": {"tags": {"tier": "database"}},
}
PLAN: dict[str, Any] = {"name": "shop", "waves": [{"name": "db", "groupIds": ["g-1"]}]}


def refused(model: Any, values: dict[str, Any]) -> set[str]:
    with pytest.raises(ValidationError) as error:
        model.model_validate(values)
    return {".".join(str(step) for step in one["loc"]) for one in error.value.errors()}


def test_a_group_says_what_was_written() -> None:
    assert GroupDraft.model_validate(GROUP).content().content_json() == GROUP


def test_a_plan_says_what_was_written_and_defaults_for_the_rest() -> None:
    content = PlanDraft.model_validate(PLAN).content().content_json()
    assert content == {
        "name": "shop",
        "waves": [
            {
                "name": "db",
                "groupIds": ["g-1"],
                "dependsOn": [],
                "pauseBefore": False,
                "timeoutMinutes": 120,
                "failurePolicy": {"kind": "all"},
            }
        ],
        "onFailure": "stop",
        "rtoMinutes": None,
        "rpoMinutes": None,
        "timeoutMinutes": 1440,
        "pauseTimeoutMinutes": 1440,
    }
    assert PlanDraft.model_validate(content).content().content_json() == content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "\u200b"),
        ("name", "We\u200bb"),  # nobody sees that it is not Web
        ("name", "prod\u202etset"),  # reads: prodtest
        ("name", "\ufdfa" * 80),  # one letter that stands for eighteen
        ("name", "two\nlines"),
        ("name", "x" * (limits.NAME_LENGTH + 1)),
        ("accountId", "11112222333"),
        ("accountId", "11112222333x"),
        ("region", "Europe"),
        ("region", "eu-west"),
        ("unknown", 1),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, value: Any) -> None:
    assert refused(GroupDraft, {**GROUP, field: value}) == {field}


@pytest.mark.parametrize(
    "region", ["eu-west-1", "us-gov-west-1", "ap-southeast-4", "eusc-de-east-1", "mx-central-1"]
)
def test_regions_of_every_kind_are_taken(region: str) -> None:
    assert GroupDraft.model_validate({**GROUP, "region": region}).region == region


@pytest.mark.parametrize(
    ("servers", "where"),
    [
        ({}, "servers"),
        ({"ids": [server_id(1)], "tags": {"a": "b"}}, "servers"),
        ({"ids": [server_id(1), server_id(1)]}, "servers"),
        ({"ids": []}, "servers.ids"),
        ({"ids": ["i-0123456789abcdef0"]}, "servers.ids.0"),
        ({"tags": {}}, "servers.tags"),
        ({"tags": {"": "x"}}, "servers.tags..[key]"),
        ({"tags": {str(n): "" for n in range(limits.TAGS_PER_SELECTION + 1)}}, "servers.tags"),
    ],
)
def test_servers_are_ids_or_tags_and_never_nothing(servers: dict[str, Any], where: str) -> None:
    assert refused(GroupDraft, {**GROUP, "servers": servers}) == {where}


def test_a_name_is_trimmed() -> None:
    assert (
        GroupDraft.model_validate({**GROUP, "name": "  Données 数据 🗄️ "}).name == "Données 数据 🗄️"
    )


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": "all"},
        {"kind": "atLeast", "percent": 80},
        {"kind": "critical", "servers": ids(1).to_json()},
        {"kind": "critical", "servers": {"tags": {"role": "primary"}}},
    ],
)
def test_each_failure_policy_is_taken_as_it_is(policy: dict[str, Any]) -> None:
    made = {**PLAN, "waves": [{"name": "db", "groupIds": ["g"], "failurePolicy": policy}]}
    [wave] = PlanDraft.model_validate(made).content().waves
    assert wave.failure_policy.to_json() == policy


@pytest.mark.parametrize(
    "policy",
    [
        {"kind": "most"},
        {"kind": "atLeast"},
        {"kind": "atLeast", "percent": 0},
        {"kind": "atLeast", "percent": 101},
        {"kind": "critical"},
        {"kind": "all", "percent": 1},
    ],
)
def test_a_failure_policy_that_means_nothing_is_refused(policy: dict[str, Any]) -> None:
    made = {**PLAN, "waves": [{"name": "db", "groupIds": ["g"], "failurePolicy": policy}]}
    assert all(place.startswith("waves.0.failurePolicy") for place in refused(PlanDraft, made))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("onFailure", "panic"),
        ("rtoMinutes", 0),
        ("timeoutMinutes", limits.MAX_PLAN_TIMEOUT_MINUTES + 1),
        ("pauseTimeoutMinutes", limits.MAX_PAUSE_TIMEOUT_MINUTES + 1),
        ("waves", [{"name": "w"}] * (limits.WAVES + 1)),
    ],
)
def test_a_plan_field_out_of_its_range_is_named(field: str, value: Any) -> None:
    assert refused(PlanDraft, {**PLAN, field: value}) == {field}


def test_a_change_says_which_version_it_changes() -> None:
    assert refused(PlanRevision, PLAN) == {"version"}
    assert refused(GroupRevision, {**GROUP, "version": 0}) == {"version"}
    assert PlanRevision.model_validate({**PLAN, "version": 3}).version == 3


@given(
    some.recursive(
        some.none() | some.booleans() | some.integers() | some.text(),
        lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    )
)
def test_whatever_comes_is_taken_or_refused_and_nothing_else(anything: Any) -> None:
    for model in (GroupDraft, PlanDraft):
        with pytest.raises(ValidationError):
            model.model_validate(anything)


@pytest.mark.parametrize("field", ["rtoMinutes", "timeoutMinutes", "pauseTimeoutMinutes"])
def test_true_is_no_number(field: str) -> None:
    assert refused(PlanDraft, {**PLAN, field: True}) == {field}
    assert refused(PlanRevision, {**PLAN, "version": True}) == {"version"}


def test_per_cent_is_a_number() -> None:
    waves = [{"name": "db", "failurePolicy": {"kind": "atLeast", "percent": True}}]
    assert refused(PlanDraft, {**PLAN, "waves": waves}) == {"waves.0.failurePolicy.atLeast.percent"}


def test_a_field_has_one_spelling() -> None:
    assert refused(PlanDraft, {**PLAN, "rto_minutes": 5}) == {"rto_minutes"}
    assert refused(GroupDraft, {**GROUP, "account_id": GROUP["accountId"]}) == {"account_id"}


@pytest.mark.parametrize("name", ["👩\u200d🚒 crew", "می\u200cخواهم"])
def test_joiners_are_taken_where_letters_need_them(name: str) -> None:
    assert GroupDraft.model_validate({**GROUP, "name": name}).name == name
