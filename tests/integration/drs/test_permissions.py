"""A function may call of DRS what its role allows, and every call is on record with its role."""

import pytest
from botocore.exceptions import ClientError

from breakwater_local.drs.answers import REMEMBERED_SECONDS
from tests.integration.drs.conftest import Functions, InAws
from tests.simulated import ACCOUNT, OTHER_REGION


def wanted(simulated: InAws) -> list[dict[str, str]]:
    return [{"sourceServerID": simulated.servers()["db-01"]}]


def test_a_function_whose_role_lacks_the_action_is_refused(
    simulated: InAws, functions: Functions
) -> None:
    role = functions.make("reader", "drs:DescribeJobs")
    client = simulated.client(application="reader")
    assert client.describe_jobs()["items"] == []
    with pytest.raises(ClientError) as refused:
        client.start_recovery(sourceServers=wanted(simulated), isDrill=True)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"{role} is not authorized to perform: drs:StartRecovery" in str(refused.value)
    assert simulated.done("DescribeJobs")["items"] == []


def test_a_function_whose_role_has_the_action_is_allowed(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("engine", "drs:StartRecovery", "drs:TagResource")
    client = simulated.client(application="engine")
    job = client.start_recovery(sourceServers=wanted(simulated), isDrill=True, tags={"a": "b"})
    assert job["job"]["status"] == "PENDING"


def test_a_function_is_known_by_what_it_calls_itself(
    simulated: InAws, functions: Functions
) -> None:
    """CloudFormation's names are longer than a user agent may carry."""
    name = "breakwater-local-recovery-UpdateWaveStatusFunction64F2C32C"
    role = functions.make(name, "drs:DescribeJobs", calls_itself="update_wave_status")
    client = simulated.client(application="update_wave_status")
    assert client.describe_jobs()["items"] == []
    with pytest.raises(ClientError, match=role):
        client.describe_source_servers()


def test_passing_tags_needs_the_permission_to_tag(simulated: InAws, functions: Functions) -> None:
    functions.make("tagless", "drs:StartRecovery")
    client = simulated.client(application="tagless")
    with pytest.raises(ClientError, match="drs:TagResource"):
        client.start_recovery(sourceServers=wanted(simulated), isDrill=True, tags={"a": "b"})
    assert client.start_recovery(sourceServers=wanted(simulated), isDrill=True)["job"]


def test_a_permission_that_is_given_later_is_seen_soon(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("patient")
    client = simulated.client(application="patient")
    with pytest.raises(ClientError):
        client.describe_jobs()
    functions.allow("patient", "drs:DescribeJobs")
    simulated.iam_seconds += REMEMBERED_SECONDS + 1
    assert client.describe_jobs()["items"] == []


def test_a_function_is_known_in_whatever_region_it_calls(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("traveller", "drs:DescribeJobs")
    client = simulated.client(application="traveller", region=OTHER_REGION)
    assert client.describe_jobs()["items"] == []
    with pytest.raises(ClientError, match="drs:DescribeSourceServers"):
        client.describe_source_servers()


def test_who_is_no_function_may_do_anything(simulated: InAws) -> None:
    for client in (
        simulated.client(access_key="test"),
        simulated.client(application="some-tool"),
        simulated.client(access_key="NEVERGIVENOUT0000"),
    ):
        assert len(client.describe_source_servers()["items"]) == 5


def test_the_account_of_a_session_is_the_one_that_sts_knows(simulated: InAws) -> None:
    other = "444455556666"
    session = simulated.session_of(other)
    client = simulated.client(access_key=session["AccessKeyId"], token=session["SessionToken"])
    with pytest.raises(client.exceptions.UninitializedAccountException, match=other):
        client.describe_source_servers()


def test_every_call_is_on_record_with_its_role(simulated: InAws, functions: Functions) -> None:
    role = functions.make("recorded", "drs:DescribeJobs")
    client = simulated.client(application="recorded")
    client.describe_jobs()
    with pytest.raises(ClientError):
        client.describe_source_servers()
    calls = [call for call in simulated.simulation.recorded_calls() if call["role"] == role]
    assert [(call["operation"], call["allowed"], call["error"]) for call in calls] == [
        ("DescribeJobs", True, None),
        ("DescribeSourceServers", False, "AccessDeniedException"),
    ]
    assert {(call["account"], call["application"]) for call in calls} == {(ACCOUNT, "recorded")}
