"""The trail as readers see it, on an emulated DynamoDB."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.contract import Role
from breakwater.platform.audit import record
from breakwater.platform.audit_trail import AuditTrail
from breakwater.platform.http.errors import BadRequest
from breakwater.platform.http.identity import Identity
from breakwater.platform.pagination import cursor_of
from tests.tables import make_table

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ANNA = Identity(subject="a", name="anna@example.com", roles=frozenset({Role.PLANNER}))


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name="eu-west-1")
        make_table(client, "audit", contract.AUDIT_TRAIL)
        yield client


@pytest.fixture
def trail(dynamodb: Any) -> AuditTrail:
    for minute in range(3):
        told(dynamodb, AT + timedelta(minutes=minute))
    return AuditTrail(dynamodb, "audit")


def told(dynamodb: Any, at: datetime, **what: Any) -> None:
    put = record(ANNA, "PLAN#1", "planChanged", at=at, **what).append_to("audit")["Put"]
    dynamodb.put_item(**put)


@pytest.mark.parametrize("by", ["subject", "actor"])
def test_it_is_read_page_by_page_newest_first(trail: AuditTrail, by: str) -> None:
    read = {"subject": trail.of_subject, "actor": trail.of_actor}[by]
    whose = {"subject": "PLAN#1", "actor": "anna@example.com"}[by]
    first = read(whose, limit=2, cursor=None)
    rest = read(whose, limit=2, cursor=first.next_cursor)
    times = [entry["recordedAt"] for entry in (*first.entries, *rest.entries)]
    assert times == [f"2026-11-20T03:0{minute}:00.000Z" for minute in (2, 1, 0)]
    assert (first.partial, rest.partial, rest.next_cursor) == (False, False, None)


def test_records_of_one_moment_are_told_apart(dynamodb: Any, trail: AuditTrail) -> None:
    told(dynamodb, AT)
    entries = trail.of_subject("PLAN#1", limit=50, cursor=None).entries
    assert len({(entry["recordedAt"], entry["sequence"]) for entry in entries}) == len(entries) == 4


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"recordedAt": {"S": "2026"}},
        {"recordedAt": 7},
        {"recordedAt": ""},
        {"recordedAt": "2026", "subject": "EXECUTION#1"},
        {"x": "y"},
    ],
)
def test_a_cursor_that_was_made_up_is_a_400(trail: AuditTrail, position: Any) -> None:
    forged = cursor_of(position, {"subject": "PLAN#1"})
    with pytest.raises(BadRequest, match="none that was given out"):
        trail.of_subject("PLAN#1", limit=2, cursor=forged)


def test_a_cursor_leads_to_nobody_elses_records(trail: AuditTrail) -> None:
    """The subject is that of the question, whatever the cursor says."""
    cursor = trail.of_subject("PLAN#1", limit=1, cursor=None).next_cursor
    with pytest.raises(BadRequest, match="another question"):
        trail.of_subject("PLAN#2", limit=1, cursor=cursor)


def test_the_largest_plan_fits_before_and_after_whatever_its_letters(
    dynamodb: Any, trail: AuditTrail
) -> None:
    """DynamoDB takes 400 KB for an item: letters must not be written as escapes."""
    large = {"text": "é" * 75_000}  # 150,000 bytes as UTF-8: limits.PLAN_BYTES
    told(dynamodb, AT + timedelta(hours=1), before=large, after=large)
    [entry] = trail.of_subject("PLAN#1", limit=1, cursor=None).entries
    assert entry["before"] == entry["after"] == large
