"""Is every part ready? The decision."""

from typing import Any

import pytest

from breakwater.platform import health


def table(state: str | None = "ACTIVE", **indexes: str | None) -> dict[str, Any]:
    described = [
        {"IndexName": name, **({"IndexStatus": status} if status else {})}
        for name, status in indexes.items()
    ]
    return {**({"TableStatus": state} if state else {}), "GlobalSecondaryIndexes": described}


@pytest.mark.parametrize("state", ["ACTIVE", "UPDATING"])
def test_a_table_that_serves_is_ready(state: str) -> None:
    assert health.part_of_table("t", table(state, AnyIndex=state)) == health.Part(name="t")


@pytest.mark.parametrize(
    "state", ["CREATING", "DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVED"]
)
def test_a_table_that_refuses_is_not(state: str) -> None:
    part = health.part_of_table("t", table(state))
    assert part.as_json() == {
        "name": "t",
        "status": "notReady",
        "problem": f"table is {state.lower()}",
    }


@pytest.mark.parametrize("state", ["CREATING", "DELETING"])
def test_an_index_that_is_not_there_yet_keeps_its_table_from_being_ready(state: str) -> None:
    part = health.part_of_table("t", table("UPDATING", Good="ACTIVE", Bad=state))
    assert part.status == health.NOT_READY
    assert part.problem == f"index Bad is {state.lower()}"


def test_a_state_that_aws_adds_next_year_is_shown_and_fails_nothing() -> None:
    part = health.part_of_table("t", table("HIBERNATING"))
    assert part.as_json() == {"name": "t", "status": "unknown", "problem": "table is hibernating"}
    assert report(part)["status"] == "ready"


def test_what_is_known_to_be_bad_counts_more_than_what_is_unknown() -> None:
    assert health.part_of_table("t", table("HIBERNATING", Bad="CREATING")).status == "notReady"


def test_an_index_without_a_status_is_taken_as_ready() -> None:
    assert health.part_of_table("t", table("ACTIVE", Silent=None)).status == "ready"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("ResourceNotFoundException", "does not exist"),
        ("AccessDeniedException", "access denied"),
        ("ThrottlingException", "throttled"),
        ("SomethingNew", "refused"),
    ],
)
def test_a_refusal_is_said_in_our_words_and_never_in_those_of_aws(code: str, problem: str) -> None:
    assert health.part_refused("t", code).as_json()["problem"] == problem


def report(*parts: health.Part) -> dict[str, Any]:
    return health.report(parts, environment="dev", version="1.2.3", at="2026-11-20T03:00:00.000Z")


def test_all_is_ready_when_every_part_is() -> None:
    assert report(health.Part(name="a"), health.Part(name="b")) == {
        "status": "ready",
        "environment": "dev",
        "version": "1.2.3",
        "checkedAt": "2026-11-20T03:00:00.000Z",
        "parts": [{"name": "a", "status": "ready"}, {"name": "b", "status": "ready"}],
    }


def test_one_part_that_is_not_ready_is_enough() -> None:
    assert report(health.Part(name="a"), health.part_unreachable("b"))["status"] == "notReady"
