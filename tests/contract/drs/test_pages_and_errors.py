"""Pagination of every list and each error, as botocore understands them."""

import http.client
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.drs.conftest import Serve, Served
from tests.simulated import LONG_ENOUGH

UNKNOWN = "s-00000000000000000"


def busy(serve: Serve) -> Served:
    served = serve()
    for name in ("db-01", "db-02", "app-a-01"):
        served.start(name)
    served.passes(LONG_ENOUGH)
    return served


@pytest.mark.parametrize(
    ("operation", "params", "key"),
    [
        ("describe_source_servers", {}, "sourceServerID"),
        ("describe_jobs", {}, "jobID"),
        ("describe_job_log_items", {"jobID": "JOB"}, "event"),
        ("describe_recovery_instances", {}, "recoveryInstanceID"),
        ("describe_recovery_snapshots", {"sourceServerID": "SERVER"}, "snapshotID"),
        (
            "describe_recovery_snapshots",
            {"sourceServerID": "SERVER", "order": "DESC"},
            "snapshotID",
        ),
    ],
)
def test_every_list_comes_in_pages_as_small_as_asked(
    serve: Serve, operation: str, params: dict[str, Any], key: str
) -> None:
    served = busy(serve)
    known = {"JOB": served.client().describe_jobs()["items"][0]["jobID"]}
    known["SERVER"] = served.servers()["db-01"]
    params = {name: known.get(value, value) for name, value in params.items()}
    client = served.client()
    whole = [item[key] for item in getattr(client, operation)(**params)["items"]]
    pages = list(
        client.get_paginator(operation).paginate(**params, PaginationConfig={"PageSize": 2})  # type: ignore[call-overload]
    )
    assert [item[key] for page in pages for item in page["items"]] == whole
    assert len(pages) == (len(whole) + 1) // 2 > 1
    assert all(len(page["items"]) == 2 for page in pages[:-1])
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**params, nextToken="bm9uc2Vuc2U=")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_token_is_of_no_use_in_another_region(serve: Serve) -> None:
    served = serve()
    token = served.client().describe_source_servers(maxResults=1)["nextToken"]
    with pytest.raises(ClientError, match="nextToken"):
        served.client("eu-central-1").describe_source_servers(nextToken=token)


@pytest.mark.parametrize(
    ("operation", "params", "code", "status"),
    [
        ("get_launch_configuration", {"sourceServerID": UNKNOWN}, "ResourceNotFoundException", 404),
        ("stop_failback", {"recoveryInstanceID": "i-00000000"}, "ResourceNotFoundException", 404),
        (
            "list_tags_for_resource",
            {"resourceArn": "arn:aws:drs:eu-west-1:111122223333:job/drsjob-x"},
            "ResourceNotFoundException",
            404,
        ),
        (
            "start_recovery",
            {"sourceServers": [{"sourceServerID": UNKNOWN}]},
            "ConflictException",
            409,
        ),
        (
            "delete_recovery_instance",
            {"recoveryInstanceID": "i-00000000"},
            "ConflictException",
            409,
        ),
        (
            "describe_job_log_items",
            {"jobID": "drsjob-00000000000000000"},
            "ValidationException",
            400,
        ),
        ("describe_jobs", {"filters": {"fromDate": "2026-02-31T00:00:00Z"}}, "Valid", 400),
    ],
)
def test_what_is_not_there_is_told_by_an_error_that_the_operation_declares(
    serve: Serve, operation: str, params: dict[str, Any], code: str, status: int
) -> None:
    client = serve().client()
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**params)
    assert refused.value.response["Error"]["Code"].startswith(code)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("fault", "code", "members"),
    [
        ("throttled", "ThrottlingException", {"retryAfterSeconds": "1", "serviceCode": "drs"}),
        ("internal-error", "InternalServerException", {"retryAfterSeconds": 1}),
        ("access-denied", "AccessDeniedException", {"code": "403"}),
        ("conflict", "ConflictException", {"resourceType": "SourceServer"}),
        ("quota-exceeded", "ServiceQuotaExceededException", {"quotaCode": "L-D88FAC3A"}),
        ("uninitialized-account", "UninitializedAccountException", {"code": "400"}),
        ("expired-session", "ExpiredTokenException", {}),
    ],
)
def test_each_error_arrives_with_its_members(
    serve: Serve, fault: str, code: str, members: dict[str, Any]
) -> None:
    served = serve(f"faults: [{{fault: {fault}, call: StartRecovery}}]")
    wanted: Any = [{"sourceServerID": served.servers()["db-01"]}]
    with pytest.raises(ClientError) as refused:
        served.client().start_recovery(sourceServers=wanted, isDrill=True)
    response: Any = refused.value.response
    assert response["Error"]["Code"] == code
    assert {name: response[name] for name in members} == members
    assert served.client().describe_jobs()["items"] == []


def test_native_recovery_plans_are_refused_as_an_operation_that_is_not_there(serve: Serve) -> None:
    client = serve().client()
    with pytest.raises(ClientError) as refused:
        client.list_recovery_plans()
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"


def raw(served: Served, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    host = served.endpoint.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 "
    "Credential=111122223333/20260301/eu-west-1/drs/aws4_request, SignedHeaders=host, Signature=0"
}


def test_a_request_without_a_signature_is_refused(serve: Serve) -> None:
    status, body = raw(serve(), "/DescribeJobs", b"{}", {})
    assert (status, body["message"]) == (403, "Missing Authentication Token")


def test_a_misspelt_member_is_refused_before_it_starts_a_real_recovery(serve: Serve) -> None:
    served = serve()
    server = served.servers()["db-01"]
    body = json.dumps({"sourceServers": [{"sourceServerID": server}], "isdrill": True}).encode()
    status, answer = raw(served, "/StartRecovery", body, SIGNED)
    assert (status, answer["reason"]) == (400, "fieldValidationFailed")
    assert answer["fieldList"][0]["name"] == "isdrill"
    assert served.client().describe_jobs()["items"] == []


def test_an_address_that_is_no_operation_is_told(serve: Serve) -> None:
    status, body = raw(serve(), "/DescribeEverything", b"{}", SIGNED)
    assert status == 404
    assert "no operation" in body["message"]


def test_the_quotas_hold(serve: Serve) -> None:
    served = serve("quotas: {serversPerJob: 2, jobs: 2, serversInJobs: 3}")
    client = served.client()
    known = served.servers()

    def start(*names: str) -> Any:
        wanted: Any = [{"sourceServerID": known[name]} for name in names]
        return client.start_recovery(sourceServers=wanted, isDrill=True)

    def quota(*names: str) -> str:
        with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
            start(*names)
        return str(refused.value.response["quotaCode"])  # type: ignore[typeddict-item]

    assert quota("db-01", "db-02", "app-a-01") == "L-B827C881"
    start("db-01", "db-02")
    assert quota("app-a-01", "app-a-02") == "L-05AFA8C6"
    start("app-a-01")
    assert quota("app-a-02") == "L-D88FAC3A"
    served.passes(LONG_ENOUGH)
    start("app-a-02", "app-a-03")
