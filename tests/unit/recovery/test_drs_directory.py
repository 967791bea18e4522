"""What is asked of DRS, in which pages, and what its answers become. Shapes are botocore's."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from breakwater.recovery.drs_directory import DrsDirectory
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.fake_drs import OneClient, refusal
from tests.unit.recovery.made import AT, HERE, server_id

EXECUTION = "arn:aws:drs:eu-west-1:111122223333:recovery-plan-execution/rpe-1"

RUNNING = {
    "recoveryPlanExecutionArn": EXECUTION,
    "recoveryPlanArn": "arn:aws:drs:eu-west-1:111122223333:recovery-plan/rp-1",
    "mode": "DRILL",
    "status": "IN_PROGRESS",
    "startedAt": "2026-11-20T02:00:00Z",
}


@pytest.fixture
def drs() -> Iterator[Stubber]:
    made: Any = boto3.client
    client = made("drs", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def directory(drs: Stubber) -> DrsDirectory:
    return DrsDirectory(OneClient(drs.client))


def item(number: int) -> dict[str, Any]:
    return {
        "sourceServerID": server_id(number),
        "dataReplicationInfo": {"dataReplicationState": "CONTINUOUS", "lagDuration": "PT1M"},
    }


def test_all_servers_are_read_page_by_page(drs: Stubber) -> None:
    drs.add_response(
        "describe_source_servers",
        {"items": [item(1)], "nextToken": "more"},
        {"filters": {}, "maxResults": 200},
    )
    drs.add_response(
        "describe_source_servers",
        {"items": [item(2)]},
        {"filters": {}, "maxResults": 200, "nextToken": "more"},
    )
    found = directory(drs).inventory(HERE)
    assert list(found.servers) == [server_id(1), server_id(2)]
    assert found.servers[server_id(1)].lag_seconds == 60
    assert found.initialized


def test_ids_are_asked_for_in_calls_of_two_hundred(drs: Stubber) -> None:
    ids = [server_id(number) for number in range(250)]
    for part in (ids[:200], ids[200:]):
        drs.add_response(
            "describe_source_servers",
            {"items": []},
            {"filters": {"sourceServerIDs": part}, "maxResults": 200},
        )
    assert directory(drs).inventory(HERE, ids).servers == {}


def test_drs_that_was_never_set_up_has_no_servers_and_nothing_else(drs: Stubber) -> None:
    for operation in (
        "describe_source_servers",
        "describe_source_servers",
        "describe_jobs",
        "list_recovery_plan_executions",
        "describe_recovery_snapshots",
    ):
        drs.add_client_error(operation, "UninitializedAccountException")
    asked = directory(drs)
    assert asked.inventory(HERE).initialized is False
    assert asked.page(HERE, limit=5, token=None).initialized is False
    assert asked.open_jobs(HERE, AT) == {}
    assert asked.native_executions(HERE) == {}
    assert asked.newest_snapshot(HERE, server_id(1)) is None


def test_a_page_goes_on_where_drs_says(drs: Stubber) -> None:
    drs.add_response(
        "describe_source_servers",
        {"items": [item(1)], "nextToken": "two"},
        {"filters": {}, "maxResults": 5, "nextToken": "one"},
    )
    found = directory(drs).page(HERE, limit=5, token="one")
    assert (list(found.servers), found.next_token) == ([server_id(1)], "two")


def test_only_jobs_that_have_not_ended_hold_their_servers(drs: Stubber) -> None:
    def job(number: int, status: str, *servers: int) -> dict[str, Any]:
        participants = [{"sourceServerID": server_id(one)} for one in servers]
        return {
            "jobID": f"drsjob-{number:017d}",
            "status": status,
            "participatingServers": participants,
        }

    drs.add_response(
        "describe_jobs",
        {"items": [job(1, "STARTED", 1, 2), job(2, "COMPLETED", 3)], "nextToken": "more"},
        {"filters": {"fromDate": "2026-11-13T03:00:00.000Z"}, "maxResults": 200},
    )
    drs.add_response("describe_jobs", {"items": [job(3, "PENDING", 4), job(4, "STARTED")]})
    assert directory(drs).open_jobs(HERE, AT) == {
        server_id(1): f"drsjob-{1:017d}",
        server_id(2): f"drsjob-{1:017d}",
        server_id(4): f"drsjob-{3:017d}",
    }


def step(number: int, configuration: dict[str, Any]) -> dict[str, Any]:
    return {
        "recoveryPlanExecutionStepArn": f"{EXECUTION}/step-{number}",
        "stepName": f"step {number}",
        "stepIndex": number,
        "status": "EXECUTING",
        "configuration": configuration,
    }


def test_running_native_plans_hold_the_servers_of_their_steps(drs: Stubber) -> None:
    server = {
        "serverArn": f"arn:aws:drs:eu-west-1:111122223333:source-server/{server_id(1)}",
        "impactLevel": "CRITICAL",
    }
    for status in ("CREATED", "IN_PROGRESS", "CANCELLING"):
        running = [RUNNING] if status == "IN_PROGRESS" else []
        drs.add_response(
            "list_recovery_plan_executions",
            {"recoveryPlanExecutions": running},
            {"status": status, "maxResults": 200},
        )
        if running:
            steps = [
                step(1, {"executionServerStepConfiguration": {"servers": [server]}}),
                step(2, {"waitStepConfiguration": {"waitDurationMinutes": 5}}),
            ]
            drs.add_response(
                "list_recovery_plan_execution_steps",
                {"recoveryPlanExecutionSteps": steps},
                {"recoveryPlanExecutionArn": EXECUTION, "maxResults": 200},
            )
    assert directory(drs).native_executions(HERE) == {server_id(1): EXECUTION}


def test_a_client_that_knows_no_native_plans_has_none() -> None:
    assert DrsDirectory(OneClient(SimpleNamespace())).native_executions(HERE) == {}


def test_a_region_that_offers_no_native_plans_has_none(drs: Stubber) -> None:
    drs.add_client_error("list_recovery_plan_executions", "UnknownOperationException")
    assert directory(drs).native_executions(HERE) == {}


def test_an_operation_that_must_be_known_and_is_not_is_a_reason(drs: Stubber) -> None:
    drs.add_client_error("describe_jobs", "UnknownOperationException", "what?")
    with pytest.raises(Unreachable, match="UnknownOperationException: what"):
        directory(drs).open_jobs(HERE, AT)


def test_the_newest_snapshot_is_one_call(drs: Stubber) -> None:
    drs.add_response(
        "describe_recovery_snapshots",
        {
            "items": [
                {
                    "snapshotID": f"pit-{1:017d}",
                    "sourceServerID": server_id(1),
                    "expectedTimestamp": "2026-11-20T02:00:00Z",
                    "timestamp": "2026-11-20T02:00:05Z",
                }
            ]
        },
        {"sourceServerID": server_id(1), "order": "DESC", "maxResults": 1},
    )
    drs.add_response("describe_recovery_snapshots", {"items": []})
    assert directory(drs).newest_snapshot(HERE, server_id(1)) == "2026-11-20T02:00:05Z"
    assert directory(drs).newest_snapshot(HERE, server_id(1)) is None


def test_what_aws_refuses_is_a_reason_with_its_own_words(drs: Stubber) -> None:
    drs.add_client_error("describe_source_servers", "ThrottlingException", "Rate exceeded")
    with pytest.raises(Unreachable) as silent:
        directory(drs).inventory(HERE)
    assert silent.value.reason == (
        "DRS describe source servers was answered with ThrottlingException: Rate exceeded"
    )


@pytest.mark.parametrize(
    "error", [ReadTimeoutError(endpoint_url="https://drs"), refusal("AccessDeniedException")]
)
def test_no_failure_of_aws_comes_out_as_anything_else(error: Exception) -> None:
    def fails(**_: Any) -> Any:
        raise error

    asked = DrsDirectory(
        OneClient(
            SimpleNamespace(
                describe_source_servers=fails,
                describe_jobs=fails,
                describe_recovery_snapshots=fails,
                list_recovery_plan_executions=fails,
            )
        )
    )
    for question in (
        lambda: asked.inventory(HERE),
        lambda: asked.page(HERE, limit=1, token=None),
        lambda: asked.open_jobs(HERE, AT),
        lambda: asked.native_executions(HERE),
        lambda: asked.newest_snapshot(HERE, server_id(1)),
    ):
        with pytest.raises(Unreachable):
            question()
