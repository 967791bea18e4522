"""The way back, at its edges: nothing is announced that did not happen, nothing is lost."""

from typing import Any

import pytest

from breakwater_local.drs.files.script import Script
from tests.simulated import HOUR, LONG_ENOUGH, MINUTE, OTHER_REGION, Simulated


def launched(simulated: Simulated, name: str = "app-a-01") -> str:
    job = simulated.start(name)
    simulated.passes(LONG_ENOUGH)
    [server] = simulated.job(job)["participatingServers"]
    return str(server["recoveryInstanceID"])


def ready(simulated: Simulated) -> str:
    instance = launched(simulated)
    simulated.done("ReverseReplication", recoveryInstanceID=instance)
    simulated.passes(HOUR)
    return instance


def refusal(simulated: Simulated, name: str, **params: Any) -> str:
    status, body = simulated.ask(name, **params)
    assert status == 409, (status, body)
    return str(body["message"])


@pytest.mark.parametrize("name", ["ReverseReplication", "DisconnectRecoveryInstance"])
def test_an_instance_that_is_being_terminated_is_left_alone(name: str) -> None:
    simulated = Simulated()
    instance = launched(simulated)
    simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=[instance])
    assert "processed by a job" in refusal(simulated, name, recoveryInstanceID=instance)
    simulated.passes(20)
    assert "processed by a job" in refusal(simulated, name, recoveryInstanceID=instance)


@pytest.mark.parametrize("name", ["ReverseReplication", "DisconnectRecoveryInstance"])
def test_an_instance_that_a_new_recovery_cleans_up_is_left_alone(name: str) -> None:
    simulated = Simulated()
    instance = launched(simulated)
    simulated.start("app-a-01")
    assert "processed by a job" in refusal(simulated, name, recoveryInstanceID=instance)


def test_an_instance_that_is_gone_from_ec2_replicates_nothing_back() -> None:
    gone = {"fault": "instance-gone", "server": "app-a-01", "after": "5m"}
    simulated = Simulated(Script.model_validate({"faults": [gone]}))
    instance = launched(simulated)
    said = refusal(simulated, "ReverseReplication", recoveryInstanceID=instance)
    assert "NOT_FOUND, not RUNNING" in said


def test_a_server_in_failback_is_not_recovered_again() -> None:
    simulated = Simulated()
    instance = launched(simulated)
    simulated.done("ReverseReplication", recoveryInstanceID=instance)
    wanted = [{"sourceServerID": simulated.servers()["app-a-01"]}]
    said = refusal(simulated, "StartRecovery", sourceServers=wanted, isDrill=True)
    assert "in failback" in said
    simulated.done("StopFailback", recoveryInstanceID=instance)
    simulated.done("StartRecovery", sourceServers=wanted, isDrill=True)


def test_a_failback_that_is_stopped_during_its_launch_is_not_announced_as_completed() -> None:
    simulated = Simulated()
    instance = ready(simulated)
    job = simulated.done("StartFailbackLaunch", recoveryInstanceIDs=[instance])["job"]["jobID"]
    simulated.passes(MINUTE)
    simulated.done("StopFailback", recoveryInstanceID=instance)
    simulated.passes(LONG_ENOUGH)
    states = [event["detail"]["state"] for event in simulated.simulation.published_events()]
    assert states == ["RECOVERY_LAUNCH_SUCCEEDED", "FAILBACK_IN_PROGRESS"]
    assert simulated.statuses(job) == ["FAILED"]
    assert simulated.job(job)["status"] == "COMPLETED"
    [shown] = simulated.done("DescribeRecoveryInstances")["items"]
    assert shown["failback"]["state"] == "FAILBACK_NOT_STARTED"


def test_a_failback_that_goes_through_is_announced_once() -> None:
    simulated = Simulated()
    instance = ready(simulated)
    job = simulated.done("StartFailbackLaunch", recoveryInstanceIDs=[instance])["job"]["jobID"]
    simulated.passes(LONG_ENOUGH)
    states = [event["detail"]["state"] for event in simulated.simulation.published_events()]
    assert states[1:] == ["FAILBACK_IN_PROGRESS", "FAILBACK_COMPLETED"]
    assert simulated.statuses(job) == ["LAUNCHED"]
    simulated.done("StopFailback", recoveryInstanceID=instance)
    assert simulated.statuses(job) == ["LAUNCHED"], "what is over is not called off"


def test_reversing_again_finds_the_same_server_with_its_tags() -> None:
    simulated = Simulated()
    instance = launched(simulated)
    reverse = {"recoveryInstanceID": instance}
    first = simulated.done("ReverseReplication", **reverse)["reversedDirectionSourceServerArn"]
    at_home = {"region": OTHER_REGION, "resourceArn": first}
    simulated.done("TagResource", tags={"owner": "me"}, **at_home)
    simulated.done("StopFailback", recoveryInstanceID=instance)
    simulated.passes(MINUTE)
    again = simulated.done("ReverseReplication", **reverse)["reversedDirectionSourceServerArn"]
    assert again == first
    assert simulated.done("ListTagsForResource", **at_home)["tags"]["owner"] == "me"
    items = simulated.done("DescribeSourceServers", region=OTHER_REGION)["items"]
    [found] = [item for item in items if item["arn"] == first]
    assert found["dataReplicationInfo"]["dataReplicationState"] == "INITIATING"
