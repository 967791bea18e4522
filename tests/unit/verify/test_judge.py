"""What AWS says of a deployment becomes findings that a person can act on."""

from typing import Any

import pytest

from breakwater.verify import judge
from breakwater.verify.judge import Verdict


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("CREATE_COMPLETE", Verdict.OK),
        ("UPDATE_COMPLETE", Verdict.OK),
        ("IMPORT_COMPLETE", Verdict.OK),
        ("UPDATE_ROLLBACK_COMPLETE", Verdict.WARNING),
        ("ROLLBACK_COMPLETE", Verdict.PROBLEM),
        ("UPDATE_IN_PROGRESS", Verdict.PROBLEM),
        ("UPDATE_ROLLBACK_FAILED", Verdict.PROBLEM),
        ("DELETE_FAILED", Verdict.PROBLEM),
        ("SOMETHING_NEW", Verdict.PROBLEM),
        (None, Verdict.PROBLEM),
    ],
)
def test_a_stack_is_judged_by_its_status(status: str | None, verdict: Verdict) -> None:
    finding = judge.stack("breakwater-dev-data", status, "dev")
    assert finding.verdict is verdict
    assert bool(finding.remedy) == (verdict is not Verdict.OK)


def test_a_stack_that_is_not_there_says_how_to_deploy_it() -> None:
    assert "make deploy ENV=dev" in judge.stack("breakwater-dev-data", None, "dev").remedy


@pytest.mark.parametrize(
    ("configuration", "verdict"),
    [
        ({"State": "Active", "LastUpdateStatus": "Successful"}, Verdict.OK),
        ({"State": "Inactive"}, Verdict.OK),
        ({}, Verdict.OK),
        ({"State": "Failed", "StateReason": "no image"}, Verdict.PROBLEM),
        ({"State": "Active", "LastUpdateStatus": "Failed"}, Verdict.PROBLEM),
    ],
)
def test_a_function_is_judged_by_its_state(configuration: dict[str, str], verdict: Verdict) -> None:
    assert judge.function("F", configuration).verdict is verdict


def test_an_address_that_has_not_confirmed_is_to_be_looked_at() -> None:
    pending = judge.subscription("Alarms", "a@example.com", "PendingConfirmation")
    assert pending.verdict is Verdict.WARNING
    assert "a@example.com" in pending.seen
    assert judge.subscription("Alarms", "a@example.com", "arn:…").verdict is Verdict.OK


def test_a_topic_that_reaches_nobody_any_more_is_to_be_looked_at() -> None:
    gone = judge.subscription("Alarms", "a@example.com", "Deleted")
    for finding in (gone, judge.no_subscription("Alarms")):
        assert finding.verdict is Verdict.WARNING
        assert "stacks/environments.py" in finding.remedy


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("OK", Verdict.OK), ("INSUFFICIENT_DATA", Verdict.OK), ("ALARM", Verdict.PROBLEM)],
)
def test_an_alarm_is_judged_by_its_state(state: str, verdict: Verdict) -> None:
    assert judge.alarm("A", state, "because").verdict is verdict


READY = {"status": "ready", "version": "1.0", "parts": [{"name": "a", "status": "ready"}]}


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, READY, Verdict.OK),
        (503, {"status": "notReady", "parts": []}, Verdict.PROBLEM),
        (200, {"status": "ready", "parts": [{"status": "unknown"}]}, Verdict.WARNING),
        (200, {"status": "notReady"}, Verdict.PROBLEM),
        (200, None, Verdict.PROBLEM),
        (200, ["unexpected"], Verdict.PROBLEM),
        (403, {"message": "Forbidden"}, Verdict.PROBLEM),
        (None, None, Verdict.PROBLEM),
    ],
)
def test_health_is_judged_by_what_it_answers(
    status: int | None, body: Any, verdict: Verdict
) -> None:
    assert judge.health("http://api/health", status, body, "no answer").verdict is verdict


def test_a_part_that_is_not_ready_is_named() -> None:
    body = {"parts": [{"name": "auditTrail", "status": "notReady", "problem": "access denied"}, 7]}
    finding = judge.health("http://api/health", 503, body)
    assert "answered 503: auditTrail access denied" in finding.seen


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        (
            {"status": "ok", "worlds": [{"sourceServers": 2}], "faults": [{}]},
            Verdict.OK,
            "2 source",
        ),
        ({"status": "degraded", "reason": "AWS is gone"}, Verdict.WARNING, "AWS is gone"),
        (None, Verdict.PROBLEM, "answers no health"),
    ],
)
def test_the_drs_simulator_is_judged_by_its_health(body: Any, verdict: Verdict, said: str) -> None:
    finding = judge.simulator(body)
    assert finding.verdict is verdict
    assert said in finding.seen
    assert bool(finding.remedy) == (verdict is not Verdict.OK)
