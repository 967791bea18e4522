"""What Step Functions did in a real run, asked of the deployed API: paused, and ended.

The run waits before its only wave, so nothing is launched and it is over in seconds.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from breakwater.contract import Role
from breakwater_local.emulator import Emulator
from tests.conftest import CHECKOUT
from tests.integration.api.conftest import Api
from tests.integration.api.made import Make, begun, group, plan, servers
from tests.integration.waiting import until

__all__ = ["group", "plan", "servers"]  # fixtures


@pytest.fixture
def run(
    api: Api, aws: Emulator, servers: Mapping[str, str], group: Make, plan: Make
) -> Iterator[str]:
    """A run that has come to its pause, and its machine to the state that waits for the answer."""
    wave = {
        "name": "database",
        "groupIds": [group(servers["db-01"])["groupId"]],
        "pauseBefore": True,
    }
    body = {"planId": plan(waves=[wave])["planId"], "isDrill": True, "reason": "To be looked at"}
    started = begun(api, body)
    comes_to(api, started, "PAUSED")
    until(lambda: has_handed_over(api, aws, started))
    yield started
    if api.done("GET", f"/executions/{started}", role=Role.VIEWER)["status"] == "PAUSED":
        cancel(api, started)


def comes_to(api: Api, run: str, status: str) -> None:
    until(lambda: api.done("GET", f"/executions/{run}", role=Role.VIEWER)["status"] == status)


def has_handed_over(api: Api, aws: Emulator, run: str) -> bool:
    """Has the state that waits given its token away? Then nothing happens until it is answered."""
    shown = told(api, run)
    last = recorded(aws, shown["executionArn"])[-1]["type"]
    return (shown["currentState"], last) == ("WaitForResume", "TaskScheduled")


def cancel(api: Api, run: str) -> None:
    body = {"reason": "Looked at", "cleanup": False}
    api.done("POST", f"/executions/{run}/cancel", body, role=Role.OPERATOR)
    comes_to(api, run, "CANCELLED")


def told(api: Api, run: str, query: str = "") -> dict[str, Any]:
    shown: dict[str, Any] = api.done(
        "GET", f"/executions/{run}/step-functions{query}", role=Role.VIEWER
    )
    return shown


def recorded(aws: Emulator, arn: str) -> list[dict[str, Any]]:
    pages = aws.client("stepfunctions").get_paginator("get_execution_history")
    return [event for page in pages.paginate(executionArn=arn) for event in page["events"]]


def entered(history: list[dict[str, Any]]) -> list[str]:
    return [
        event["stateEnteredEventDetails"]["name"]
        for event in history
        if event["type"].endswith("StateEntered")
    ]


def test_a_run_is_told_as_step_functions_recorded_it_paused_and_ended(
    api: Api, aws: Emulator, run: str
) -> None:
    paused = told(api, run, "?events=true")
    history = recorded(aws, paused["executionArn"])
    assert paused["executionArn"].endswith(f":{run}")
    assert (paused["status"], paused["stopDate"]) == ("RUNNING", None)
    assert paused["currentState"] == "WaitForResume"
    assert [state["name"] for state in paused["states"]] == entered(history)
    assert paused["states"][-1]["status"] == "running"
    assert [event["id"] for event in paused["events"]] == [event["id"] for event in history]
    assert (paused["totalEvents"], paused["unplaced"], paused["partial"]) == (
        len(history),
        0,
        False,
    )

    cancel(api, run)
    until(lambda: told(api, run)["status"] != "RUNNING")
    ended = told(api, run)
    history = recorded(aws, ended["executionArn"])
    assert (ended["status"], ended["error"]) == ("FAILED", "PlanCancelled")
    assert ended["currentState"] is None
    assert [state["name"] for state in ended["states"]] == entered(history)
    assert ended["totalEvents"] == len(history) > paused["totalEvents"]
    assert ended["stopDate"] >= ended["startDate"]
    assert all(state["exitedAt"] is not None for state in ended["states"])

    one = told(api, run, f"?step={ended['states'][0]['number']}")
    assert [state["name"] for state in one["states"]] == ["InitiateWavePlan"]


def test_the_command_line_reads_the_same_from_aws(api: Api, aws: Emulator, run: str) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "breakwater.timeline",
            "--execution",
            told(api, run)["executionArn"],
        ],
        env={**os.environ, **aws.client_environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT / "runtime",
    )
    assert ran.returncode == 0, ran.stderr
    assert "▶ WaitForResume  Task  running" in ran.stdout
    assert "Waits for an answer: WaitForResume" in ran.stdout


def test_nobody_who_is_not_signed_in_is_told_anything(api: Api, run: str) -> None:
    assert api.call("GET", f"/executions/{run}/step-functions").status == 401


def test_a_run_that_nobody_started_is_not_there(api: Api) -> None:
    answer = api.call("GET", "/executions/nobodys/step-functions", role=Role.VIEWER)
    assert (answer.status, answer.error["code"]) == (404, "notFound")
