"""A deployed table, held against its template."""

import json
from typing import Any

import pytest

from breakwater.verify.judge import Finding, Verdict
from breakwater.verify.tables import TableSeen, judge_table

DENY = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["dynamodb:DeleteItem"]}
TEMPLATE = {
    "TimeToLiveSpecification": {"AttributeName": "expiresAt", "Enabled": True},
    "ResourcePolicy": {"PolicyDocument": {"Statement": [DENY]}},
}
DESCRIPTION = {
    "TableStatus": "ACTIVE",
    "SSEDescription": {"Status": "ENABLED"},
    "DeletionProtectionEnabled": True,
    "GlobalSecondaryIndexes": [{"IndexName": "I", "IndexStatus": "ACTIVE"}],
}
GOOD = {
    "description": DESCRIPTION,
    "recovery": {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}},
    "expiry": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"},
    "policy": json.dumps({"Statement": [DENY]}),
}


def judged(
    change: dict[str, Any] | None = None,
    template: dict[str, Any] | None = None,
    *,
    guarded: bool = True,
) -> list[Finding]:
    seen = TableSeen(**{**GOOD, **(change or {})})
    return judge_table("T", seen, TEMPLATE if template is None else template, guarded=guarded)


def test_a_table_as_it_was_deployed_is_well() -> None:
    [finding] = judged()
    assert finding.verdict is Verdict.OK
    assert "append only" in finding.seen


def described(**change: Any) -> dict[str, Any]:
    return {"description": {**DESCRIPTION, **change}}


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (described(TableStatus="DELETING"), "table is deleting"),
        (
            described(GlobalSecondaryIndexes=[{"IndexName": "I", "IndexStatus": "CREATING"}]),
            "index I is creating",
        ),
        ({"recovery": {}}, "has no point-in-time recovery"),
        (described(SSEDescription={"Status": "DISABLED"}), "is not encrypted with KMS"),
        (described(DeletionProtectionEnabled=False), "is not protected against deletion"),
        ({"policy": None}, "has lost its own policy: what it denied is allowed"),
        ({"policy": "{}"}, "has lost its own policy: what it denied is allowed"),
        ({"expiry": {"TimeToLiveStatus": "DISABLED"}}, "keeps items that should expire"),
        (
            {"expiry": {"TimeToLiveStatus": "ENABLED", "AttributeName": "other"}},
            "lets items expire that should stay",
        ),
    ],
)
def test_a_table_that_somebody_changed_is_a_problem_with_a_remedy(
    change: dict[str, Any], seen: str
) -> None:
    [finding] = judged(change)
    assert (finding.verdict, finding.seen) == (Verdict.PROBLEM, seen)
    assert finding.remedy


def test_every_weakness_is_told_and_not_only_the_first() -> None:
    found = judged({"recovery": {}, "policy": None, "expiry": {"TimeToLiveStatus": "DISABLED"}})
    assert len(found) == 3


def test_a_table_whose_items_should_stay_may_not_let_them_expire() -> None:
    [finding] = judged(template={})
    assert finding.seen == "lets items expire that should stay"


@pytest.mark.parametrize(
    "statement",
    [
        {**DENY, "Effect": "Allow"},
        {**DENY, "Principal": {"AWS": "arn:aws:iam::111122223333:role/one"}},
        {**DENY, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
        {**DENY, "Action": ["dynamodb:UpdateItem"]},
    ],
)
def test_a_policy_that_denies_less_is_a_lost_one(statement: dict[str, Any]) -> None:
    [finding] = judged({"policy": json.dumps({"Statement": [statement]})})
    assert "lost its own policy" in finding.seen


def test_a_policy_may_be_written_otherwise_and_deny_more() -> None:
    other = {**DENY, "Principal": "*", "Action": "dynamodb:DeleteItem"}
    more = {**DENY, "Action": ["dynamodb:UpdateItem"], "Sid": "More"}
    assert judged({"policy": json.dumps({"Statement": [other, more]})})[0].verdict is Verdict.OK


def test_protection_is_asked_for_only_where_the_stack_has_it() -> None:
    [finding] = judged(described(DeletionProtectionEnabled=False), guarded=False)
    assert finding.verdict is Verdict.OK


def test_a_table_in_a_state_that_nobody_knows_is_to_be_looked_at() -> None:
    [finding] = judged(described(TableStatus="HIBERNATING"))
    assert finding.verdict is Verdict.WARNING
    assert "hibernating" in finding.seen
