"""A function may call of DRS what its role allows, and every call is on record with its role."""

import json
import re
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

from breakwater_constructs.recovery_permissions import LAUNCH_LOGS, recovery_statements
from breakwater_local.drs.answers import REMEMBERED_SECONDS
from tests.integration.drs.conftest import Functions, InAws
from tests.simulated import ACCOUNT, LONG_ENOUGH, OTHER_REGION, REGION

START = ("drs:StartRecovery", "drs:CreateRecoveryInstanceForDrs", "drs:ListTagsForResource")


def allow(actions: Sequence[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


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
    functions.make("engine", *START, "drs:TagResource")
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
    functions.make("tagless", *START)
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


def arn(simulated: InAws, name: str) -> str:
    server = simulated.servers()[name]
    return f"arn:aws:drs:{REGION}:{ACCOUNT}:source-server/{server}"


def start(simulated: InAws, application: str, name: str, **more: Any) -> Any:
    client = simulated.client(application=application)
    server = [{"sourceServerID": simulated.servers()[name]}]
    return client.start_recovery(sourceServers=server, isDrill=True, **more)["job"]


@pytest.mark.parametrize("missing", START[1:])
def test_what_start_recovery_depends_on_is_demanded_too(
    simulated: InAws, functions: Functions, missing: str
) -> None:
    functions.make("engine", *(action for action in START if action != missing))
    with pytest.raises(ClientError, match=f"not authorized to perform: {missing}"):
        start(simulated, "engine", "db-01")


def test_an_allow_for_some_servers_is_none_for_others(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("engine")
    functions.state("engine", allow(START, arn(simulated, "db-01")))
    assert start(simulated, "engine", "db-01")
    with pytest.raises(ClientError, match=arn(simulated, "db-02")):
        start(simulated, "engine", "db-02")


def test_of_several_servers_every_one_must_be_allowed(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("engine")
    functions.state("engine", allow(START, arn(simulated, "db-01")))
    client = simulated.client(application="engine")
    known = simulated.servers()
    both: Any = [{"sourceServerID": known[name]} for name in ("db-01", "db-02")]
    with pytest.raises(ClientError, match=arn(simulated, "db-02")):
        client.start_recovery(sourceServers=both, isDrill=True)


def test_a_deny_for_a_server_holds(simulated: InAws, functions: Functions) -> None:
    functions.make("engine")
    denied = {**allow(["drs:*"], arn(simulated, "db-02")), "Effect": "Deny"}
    functions.state("engine", allow(START), denied)
    assert start(simulated, "engine", "db-01")
    with pytest.raises(ClientError, match="with an explicit deny"):
        start(simulated, "engine", "db-02")


def test_the_tags_of_a_server_decide_where_a_policy_looks_at_them(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("engine")
    on_databases = {"StringEquals": {"aws:ResourceTag/tier": "database"}}
    functions.state("engine", {**allow(START), "Condition": on_databases})
    assert start(simulated, "engine", "db-01")
    with pytest.raises(ClientError, match="drs:StartRecovery"):
        start(simulated, "engine", "app-a-01")


def test_the_tags_of_a_request_decide_where_a_policy_looks_at_them(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("engine")
    with_plan = {"StringLike": {"aws:RequestTag/plan": "shop-*"}}
    functions.state("engine", allow(START), {**allow(["drs:TagResource"]), "Condition": with_plan})
    assert start(simulated, "engine", "db-01", tags={"plan": "shop-1"})
    with pytest.raises(ClientError, match="drs:TagResource"):
        start(simulated, "engine", "db-02", tags={"plan": "bank-1"})


def test_jobs_and_recovery_instances_are_resources_too(
    simulated: InAws, functions: Functions
) -> None:
    job, other = simulated.start("db-01"), simulated.start("db-02")
    simulated.passes(LONG_ENOUGH)
    functions.make("reader")
    functions.state(
        "reader",
        allow(["drs:DescribeJobLogItems"], f"arn:aws:drs:{REGION}:{ACCOUNT}:job/{job}"),
        allow(["drs:TerminateRecoveryInstances"], "arn:aws:drs:*:*:recovery-instance/i-none"),
    )
    client = simulated.client(application="reader")
    assert client.describe_job_log_items(jobID=job)["items"]
    with pytest.raises(ClientError, match=other):
        client.describe_job_log_items(jobID=other)
    instance = simulated.done("DescribeRecoveryInstances")["items"][0]["recoveryInstanceID"]
    with pytest.raises(ClientError, match=f"recovery-instance/{instance}"):
        client.terminate_recovery_instances(recoveryInstanceIDs=[instance])


def raw_errors(simulated: InAws, job: str) -> list[str]:
    found = (item["eventData"].get("rawError") for item in simulated.log(job))
    return [error for error in found if error]


def test_a_missing_ec2_permission_shows_later_as_a_failed_launch(
    simulated: InAws, functions: Functions
) -> None:
    role = functions.make("engine", *START)
    job = start(simulated, "engine", "db-01")["jobID"]
    assert simulated.statuses(job) == ["PENDING"]
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(job) == ["FAILED"]
    assert [item["event"] for item in simulated.log(job)][-2:] == ["LAUNCH_FAILED", "JOB_END"]
    [error] = raw_errors(simulated, job)
    assert error.startswith(f"UnauthorizedOperation: User: {role} is not authorized to perform")
    assert "ec2:" in error
    assert simulated.instances() == {}


def test_what_may_be_done_in_ec2_is_judged_when_a_server_is_launched(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("engine", *START, "ec2:*", "iam:PassRole")
    first = start(simulated, "engine", "db-01")["jobID"]
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(first) == ["LAUNCHED"]
    second = start(simulated, "engine", "db-02")["jobID"]
    functions.allow("engine", *START, "iam:PassRole")
    simulated.iam_seconds += REMEMBERED_SECONDS + 1
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(second) == ["FAILED"]


@pytest.mark.parametrize("missing", ["ec2:RunInstances", "ec2:DescribeSubnets", "iam:PassRole"])
def test_the_permission_that_is_missing_is_named(
    simulated: InAws, functions: Functions, missing: str
) -> None:
    functions.make("engine")
    functions.state(
        "engine",
        allow([*START, "ec2:*", "iam:PassRole"]),
        {**allow([missing]), "Effect": "Deny"},
    )
    job = start(simulated, "engine", "db-01")["jobID"]
    simulated.passes(LONG_ENOUGH)
    assert f"perform: {missing} on resource" in raw_errors(simulated, job)[0]


def test_an_instance_that_the_caller_may_not_end_stays_and_the_log_says_why(
    simulated: InAws, functions: Functions
) -> None:
    simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [item] = simulated.done("DescribeRecoveryInstances")["items"]
    functions.make("cleaner", "drs:TerminateRecoveryInstances", "drs:DescribeSourceServers")
    client = simulated.client(application="cleaner")
    ids = [item["recoveryInstanceID"]]
    job = client.terminate_recovery_instances(recoveryInstanceIDs=ids)["job"]["jobID"]
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(job) == ["FAILED"]
    assert "CLEANUP_FAIL" in [line["event"] for line in simulated.log(job)]
    assert "ec2:" in raw_errors(simulated, job)[0]
    assert simulated.done("DescribeRecoveryInstances")["items"][0]["ec2InstanceState"] == "RUNNING"


def granted() -> list[dict[str, Any]]:
    """The statements of our own role in another account, as CloudFormation would write them."""
    stack = cdk.Stack(cdk.App(), "Target")
    resolved = [stack.resolve(one.to_statement_json()) for one in recovery_statements()]
    text = json.dumps(resolved)
    for whole in re.findall(r'{"Fn::Join": \["", \[[^\]]*\]\]}', text):
        parts = [
            part if isinstance(part, str) else {"AWS::Partition": "aws"}.get(part["Ref"], ACCOUNT)
            for part in json.loads(whole)["Fn::Join"][1]
        ]
        text = text.replace(whole, json.dumps("".join(parts)))
    return list(json.loads(text))


def test_what_our_constructs_grant_is_what_a_recovery_needs(
    simulated: InAws, functions: Functions
) -> None:
    """From the first call to the last: launched and ended by a role that has our grant, no more."""
    functions.make("engine")
    functions.state("engine", *granted(), allow([LAUNCH_LOGS]))  # of grant_follow_launches
    client = simulated.client(application="engine")
    job = start(simulated, "engine", "db-01", tags={"run": "r-1"})["jobID"]
    simulated.passes(LONG_ENOUGH)
    assert raw_errors(simulated, job) == []
    assert simulated.statuses(job) == ["LAUNCHED"]
    [item] = client.describe_recovery_instances()["items"]
    assert client.describe_job_log_items(jobID=job)["items"]
    ids = [item["recoveryInstanceID"]]
    ended = client.terminate_recovery_instances(recoveryInstanceIDs=ids)["job"]["jobID"]
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(ended) == ["TERMINATED"]


def test_what_drs_may_do_in_ec2_by_our_grant_our_code_may_not(
    simulated: InAws, functions: Functions
) -> None:
    role = functions.make("engine")
    functions.state("engine", *granted())
    [result] = simulated.aws.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=["ec2:TerminateInstances"]
    )["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"


class TestInAnotherAccount:
    """There, the function is who took the one role that Breakwater has in every account."""

    OTHER = "444455556666"

    def role(self, simulated: InAws, name: str, *actions: str) -> str:
        iam = simulated.cloud.client("iam", self.OTHER, REGION)
        trust = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]
        document = json.dumps({"Version": "2012-10-17", "Statement": trust})
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        policy = {"Version": "2012-10-17", "Statement": [allow(actions)]}
        iam.put_role_policy(RoleName=name, PolicyName="x", PolicyDocument=json.dumps(policy))
        return str(made)

    def test_its_role_is_what_counts(self, simulated: InAws) -> None:
        role = self.role(simulated, "BreakwaterTarget-local", "drs:DescribeJobs")
        session = simulated.session_of(self.OTHER)
        client = simulated.client(
            access_key=session["AccessKeyId"], token=session["SessionToken"], application="plans"
        )
        with pytest.raises(ClientError, match=f"{role} is not authorized"):
            client.describe_source_servers()
        with pytest.raises(client.exceptions.UninitializedAccountException):
            client.describe_jobs()

    def test_of_two_such_roles_nobody_knows_which_it_is(self, simulated: InAws) -> None:
        for name in ("BreakwaterTarget-local", "BreakwaterTarget-dev"):
            self.role(simulated, name, "drs:DescribeJobs")
        client = simulated.client(access_key=self.OTHER, application="plans")
        with pytest.raises(client.exceptions.UninitializedAccountException):
            client.describe_source_servers()


def test_while_the_aws_is_gone_the_last_answers_of_iam_hold(
    simulated: InAws, functions: Functions
) -> None:
    functions.make("reader", "drs:DescribeJobs")
    client = simulated.client(application="reader")
    assert client.describe_jobs()["items"] == []
    with pytest.raises(ClientError, match="drs:DescribeSourceServers"):
        client.describe_source_servers()
    simulated.cloud.moves_to("http://127.0.0.1:9")
    simulated.iam_seconds += REMEMBERED_SECONDS + 1
    assert client.describe_jobs()["items"] == []
    with pytest.raises(ClientError, match="drs:DescribeSourceServers"):
        client.describe_source_servers()
    stranger = simulated.client(access_key="ASIANEVERSEEN00000")
    with pytest.raises(ClientError) as refused:
        stranger.describe_jobs()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert "can't be reached" in str(refused.value)
