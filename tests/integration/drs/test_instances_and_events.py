"""With an embedded AWS, recovered servers are EC2 instances there, and events reach its rules."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from breakwater_local.drs.demands import JOB_TAG, MANAGED_TAG, SOURCE_SERVER_TAG
from breakwater_local.drs.embedded_aws import EmbeddedAws
from breakwater_local.drs.outbox import InstanceOrder, InstanceRefused
from tests.integration.drs.conftest import InAws
from tests.integration.waiting import until
from tests.simulated import ACCOUNT, LONG_ENOUGH, MINUTE, OTHER_REGION, REGION


def test_a_launched_server_is_an_ec2_instance_tagged_as_drs_tags_it(simulated: InAws) -> None:
    job = simulated.start("db-01", "app-a-01")
    assert simulated.instances() == {}
    simulated.passes(LONG_ENOUGH)
    shown = {
        one["sourceServerID"]: one["recoveryInstanceID"]
        for one in simulated.job(job)["participatingServers"]
    }
    found = simulated.instances()
    assert set(found) == {"db-01", "app-a-01"}
    server = simulated.servers()["db-01"]
    assert found["db-01"]["InstanceId"] == shown[server]
    assert found["db-01"]["InstanceType"] == "r5.4xlarge"
    tags = {tag["Key"]: tag["Value"] for tag in found["db-01"]["Tags"]}
    assert (
        tags.items()
        >= {
            "AWSElasticDisasterRecoveryManaged": "drs.amazonaws.com",
            "AWSElasticDisasterRecoverySourceServerID": server,
            "AWSElasticDisasterRecoveryJobID": job,
            "tier": "database",
        }.items()
    )


def test_instances_are_in_the_region_and_account_of_the_caller(simulated: InAws) -> None:
    simulated.start("web-01", region=OTHER_REGION)
    simulated.passes(LONG_ENOUGH)
    simulated.simulation.settle()
    assert set(simulated.instances(region=OTHER_REGION)) == {"web-01"}
    assert simulated.instances(region=REGION) == {}
    assert simulated.instances(account="444455556666", region=OTHER_REGION) == {}


def test_terminated_recovery_instances_end_in_ec2(simulated: InAws) -> None:
    simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [item] = simulated.done("DescribeRecoveryInstances")["items"]
    simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=[item["recoveryInstanceID"]])
    simulated.passes(5 * MINUTE)
    assert simulated.done("DescribeRecoveryInstances")["items"] == []
    assert simulated.instances()["db-01"]["State"]["Name"] == "terminated"


def test_what_somebody_does_in_ec2_is_seen_in_drs(simulated: InAws) -> None:
    simulated.start("db-01", "db-02")
    simulated.passes(LONG_ENOUGH)
    simulated.simulation.settle()
    found = simulated.instances()
    simulated.ec2().terminate_instances(InstanceIds=[found["db-01"]["InstanceId"]])
    simulated.ec2().stop_instances(InstanceIds=[found["db-02"]["InstanceId"]])
    states = {
        item["tags"]["Name"]: item["ec2InstanceState"]
        for item in simulated.done("DescribeRecoveryInstances")["items"]
    }
    assert states == {"db-01": "TERMINATED", "db-02": "STOPPED"}


def test_a_server_to_be_stopped_is_stopped_in_ec2(simulated: InAws) -> None:
    server = simulated.servers()["db-01"]
    simulated.done("UpdateLaunchConfiguration", sourceServerID=server, launchDisposition="STOPPED")
    simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [item] = simulated.done("DescribeRecoveryInstances")["items"]
    assert item["ec2InstanceState"] == "STOPPED"
    assert simulated.instances()["db-01"]["State"]["Name"] == "stopped"


def test_a_reset_ends_what_was_launched(simulated: InAws) -> None:
    simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    simulated.simulation.settle()
    assert simulated.instances()["db-01"]["State"]["Name"] == "running"
    simulated.simulation.reset()
    assert simulated.instances()["db-01"]["State"]["Name"] == "terminated"
    simulated.seconds = 0.0
    assert simulated.done("DescribeJobs")["items"] == []


def test_what_ec2_refuses_fails_the_launch_with_its_words(
    simulated: InAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> str:
        raise InstanceRefused("VcpuLimitExceeded: no more")

    job = simulated.start("db-01")
    monkeypatch.setattr(EmbeddedAws, "run", refuse)
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(job) == ["FAILED"]
    errors = [i["eventData"].get("rawError") for i in simulated.log(job)]
    assert "VcpuLimitExceeded: no more" in errors
    assert simulated.job(job)["status"] == "COMPLETED"
    assert simulated.done("DescribeRecoveryInstances")["items"] == []


def test_while_the_aws_is_gone_calls_are_answered_and_launches_wait(simulated: InAws) -> None:
    job = simulated.start("db-01")
    there = simulated.cloud.endpoint
    simulated.cloud.moves_to("http://127.0.0.1:9")
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(job) == ["IN_PROGRESS"]
    assert simulated.done("DescribeRecoveryInstances")["items"] == []
    health = simulated.simulation.health()
    assert health["status"] == "degraded"
    assert "can't be reached" in health["reason"]
    simulated.cloud.moves_to(there)
    simulated.wall += 60
    simulated.simulation.settle()
    assert simulated.statuses(job) == ["LAUNCHED"]
    assert set(simulated.instances()) == {"db-01"}
    assert simulated.simulation.health()["status"] == "ok"


def test_a_second_try_finds_what_the_first_one_launched(simulated: InAws) -> None:
    """Its answer was lost: the instance is there, and must not be launched twice."""
    order = InstanceOrder(
        account=ACCOUNT,
        region=REGION,
        instance_type="m5.large",
        tags={"Name": "db-01", MANAGED_TAG: "x", JOB_TAG: "drsjob-1", SOURCE_SERVER_TAG: "s-1"},
        token="t",
        planned_id="i-0",
        identified_by=(SOURCE_SERVER_TAG, JOB_TAG),
    )
    first = simulated.cloud.run(order)
    assert simulated.cloud.run(replace(order, retried=True)) == first
    simulated.cloud.terminate(ACCOUNT, REGION, first)
    assert simulated.cloud.run(replace(order, retried=True)) != first


def test_launch_results_reach_a_rule_and_its_queue(simulated: InAws) -> None:
    sqs, events = simulated.aws.client("sqs"), simulated.aws.client("events")
    queue = sqs.create_queue(QueueName="launch-results")["QueueUrl"]
    pattern = {
        "source": ["breakwater.drs-simulator"],
        "detail-type": ["DRS Source Server Launch Result"],
    }
    events.put_rule(Name="launch-results", EventPattern=json.dumps(pattern))
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:launch-results"
    events.put_targets(Rule="launch-results", Targets=[{"Id": "queue", "Arn": target}])
    job = simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    simulated.simulation.settle()
    [message] = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))
    event = json.loads(message["Body"])
    server = simulated.servers()["db-01"]
    assert event["resources"] == [f"arn:aws:drs:{REGION}:{ACCOUNT}:source-server/{server}"]
    assert event["detail"] == {
        "state": "RECOVERY_LAUNCH_SUCCEEDED",
        "job-id": job,
        "is-drill": "TRUE",
    }


def test_aws_keeps_its_own_sources_for_itself(simulated: InAws) -> None:
    """Why the simulator has a source of its own; when this fails, it no longer needs one."""
    entry = {"Source": "aws.drs", "DetailType": "x", "Detail": "{}"}
    try:
        answer = simulated.aws.client("events").put_events(Entries=[entry])
    except ClientError:
        return
    assert answer["FailedEntryCount"] == 1
