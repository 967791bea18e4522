"""Requests that no client should send: each is answered with what is wrong with it."""

import http.client
import json
from typing import Any

import pytest

from breakwater_local.drs.server import LARGEST_BODY
from tests.contract.drs.conftest import Serve, Served
from tests.simulated import ACCOUNT, REGION


def post(
    served: Served, operation: str, body: str, *, region: str = REGION, key: str = ACCOUNT
) -> tuple[int, str, Any]:
    """Status, error and document."""
    connection = http.client.HTTPConnection(served.endpoint.removeprefix("http://"), timeout=60)
    scope = f"{key}/20260301/{region}/drs/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"}
    connection.request("POST", f"/{operation}", body.encode(), headers)
    answer = connection.getresponse()
    document = json.loads(answer.read() or b"{}")
    return answer.status, answer.getheader("x-amzn-ErrorType") or "", document


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("DescribeSourceServers", {"filters": None}),
        ("DescribeSourceServers", {"filters": {"sourceServerIDs": None}}),
        ("DescribeSourceServers", {"filters": {"hardwareId": None, "stagingAccountIDs": None}}),
        ("DescribeSourceServers", {"maxResults": None, "nextToken": None}),
        ("DescribeJobs", {"filters": {"jobIDs": None, "fromDate": None, "toDate": None}}),
        ("DescribeRecoveryInstances", {"filters": {"recoveryInstanceIDs": None}}),
        ("ListRecoveryPlanExecutions", {"status": None}),
    ],
)
def test_null_is_the_same_as_nothing_at_any_depth(
    serve: Serve, operation: str, body: dict[str, Any]
) -> None:
    served = serve()
    assert post(served, operation, json.dumps(body))[::2] == post(served, operation, "{}")[::2]
    assert post(served, operation, "{}")[0] == 200


def test_a_snapshot_that_is_null_is_the_newest(serve: Serve) -> None:
    served = serve()
    entry = {"sourceServerID": served.servers()["db-01"], "recoverySnapshotID": None}
    body = {"sourceServers": [entry], "isDrill": True, "tags": None}
    assert post(served, "StartRecovery", json.dumps(body))[0] == 202


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("DescribeJobs", "[" * 100_000),
        ("DescribeJobs", '{"filters":' * 50_000 + "{}" + "}" * 50_000),
        ("DescribeSourceServers", '{"filters": {"sourceServerIDs": [null]}}'),
        ("StartRecovery", '{"sourceServers": [null]}'),
        ("StartRecovery", '{"sourceServers": null}'),
        ("StartRecovery", '{"sourceServers": [{"sourceServerID": null}]}'),
        ("TagResource", "{}"),
        ("DescribeJobs", '{"maxResults": 1e400}'),
        ("DescribeJobs", '{"maxResults": NaN}'),
        ("DescribeJobs", "nonsense"),
        ("DescribeJobs", "3"),
    ],
)
def test_what_makes_no_sense_is_refused_as_the_service_would(
    serve: Serve, operation: str, body: str
) -> None:
    status, error, document = post(serve(), operation, body)
    assert 400 <= status < 500, document
    assert error in ("ValidationException", "UnknownOperationException")


def test_tags_that_are_null_are_refused_not_kept(serve: Serve) -> None:
    served = serve()
    wanted = [{"sourceServerID": served.servers()["db-01"]}]
    body = json.dumps({"sourceServers": wanted, "tags": {"a": None}})
    assert post(served, "StartRecovery", body)[0] == 400


@pytest.mark.parametrize("more", [1, 4 * LARGEST_BODY])
def test_a_body_that_is_too_large_is_refused_unread(serve: Serve, more: int) -> None:
    served = serve()
    status, error, document = post(served, "DescribeJobs", " " * (LARGEST_BODY + more))
    assert (status, error) == (413, "RequestEntityTooLargeException")
    assert str(LARGEST_BODY) in document["message"]
    assert post(served, "DescribeJobs", " " * (LARGEST_BODY - 2) + "{}")[0] == 200


@pytest.mark.parametrize("region", ["nowhere-1", "eu-west-9", "EU-WEST-1", "..", "%2e"])
def test_nobody_can_sign_for_a_region_that_is_none(serve: Serve, region: str) -> None:
    served = serve()
    status, error, document = post(served, "InitializeService", "{}", region=region)
    assert (status, error) == (403, "InvalidSignatureException")
    assert "valid Region" in document["message"]
    assert len(served.simulation.health()["worlds"]) == 2


def test_asking_makes_no_world(serve: Serve) -> None:
    served = serve()
    for number in range(5):
        account = f"{number:012d}"
        assert post(served, "DescribeJobs", "{}", key=account)[1] == "UninitializedAccountException"
    assert len(served.simulation.health()["worlds"]) == 2
    assert post(served, "InitializeService", "{}", key="000000000000")[0] == 204
    assert len(served.simulation.health()["worlds"]) == 3
    assert post(served, "DescribeJobs", "{}", key="000000000000")[0] == 200


def test_a_fault_about_a_server_strikes_calls_that_name_it_by_its_arn(serve: Serve) -> None:
    served = serve("faults: [{fault: throttled, server: db-01, times: always}]")
    client = served.client()
    arns = {s["tags"]["Name"]: s["arn"] for s in client.describe_source_servers()["items"]}
    with pytest.raises(client.exceptions.ThrottlingException):
        client.list_tags_for_resource(resourceArn=arns["db-01"])
    assert client.list_tags_for_resource(resourceArn=arns["db-02"])["tags"]
