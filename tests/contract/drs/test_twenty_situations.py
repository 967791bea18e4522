"""The twenty things that are known to go wrong with DRS: each can be rehearsed, by boto3's eyes.

Each test names the situation by its number in docs/drs-simulator.md, and its script is the one
that stands there.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.contract.drs.conftest import Serve, Served
from tests.contract.drs.documented import example
from tests.contract.drs.test_operations import STAGING, launched, two_accounts
from tests.simulated import HOUR, LONG_ENOUGH, MINUTE

if TYPE_CHECKING:
    from types_boto3_drs import DrsClient

LAUNCH_RESULT = "DRS Source Server Launch Result"


def start(client: "DrsClient", served: Served, *names: str) -> dict[str, Any]:
    known = served.servers()
    wanted: Any = [{"sourceServerID": known[name]} for name in names]
    return dict(client.start_recovery(sourceServers=wanted, isDrill=True)["job"])


def events_of(served: Served, job: str) -> list[str]:
    return [item["event"] for item in served.log(job)]


def raw_errors(served: Served, job: str) -> list[str]:
    return [i["eventData"]["rawError"] for i in served.log(job) if "rawError" in i["eventData"]]


def launch_results(served: Served) -> list[dict[str, Any]]:
    events = served.simulation.published_events()
    return [event for event in events if event["detail-type"] == LAUNCH_RESULT]


def test_01_a_job_is_completed_with_a_failed_server(serve: Serve) -> None:
    served = serve(example(1))
    job = served.start("db-01", "db-02")
    served.passes(LONG_ENOUGH)
    assert served.job(job)["status"] == "COMPLETED"
    assert served.statuses(job) == ["LAUNCHED", "FAILED"]
    assert "LAUNCH_FAILED" in events_of(served, job)
    assert "InsufficientInstanceCapacity" in raw_errors(served, job)[0]
    again = served.start("db-02")
    served.passes(LONG_ENOUGH)
    assert served.statuses(again) == ["LAUNCHED"], "times: 1 is over"


def test_02_the_answer_to_start_recovery_names_no_servers(serve: Serve) -> None:
    served = serve(example(2))
    job = start(served.client(), served, "db-01")
    assert job["participatingServers"] == []
    assert served.job(job["jobID"])["participatingServers"] == []
    served.passes(31)
    assert served.statuses(job["jobID"]) == ["IN_PROGRESS"]


def test_03_a_server_is_skipped_and_never_launched(serve: Serve) -> None:
    served = serve(example(3))
    job = served.start("app-a-01", "app-a-02")
    served.passes(LONG_ENOUGH)
    assert "SERVER_SKIPPED" in events_of(served, job)
    assert served.statuses(job) == ["LAUNCHED", "FAILED"]
    assert len(served.done("DescribeRecoveryInstances")["items"]) == 1


def test_04_a_job_is_completed_with_a_server_left_pending(serve: Serve) -> None:
    served = serve(example(4))
    job = served.start("app-a-01", "app-a-03")
    served.passes(24 * HOUR)
    assert served.job(job)["status"] == "COMPLETED"
    assert served.statuses(job) == ["LAUNCHED", "PENDING"]


def test_05_someone_cleans_up_while_the_job_goes_on(serve: Serve) -> None:
    served = serve(example(5))
    job = served.start("db-01")
    seen = []
    while served.job(job)["status"] != "COMPLETED":
        seen += served.statuses(job)
        served.passes(10)
    assert list(dict.fromkeys(seen)) == ["PENDING", "IN_PROGRESS", "LAUNCHED", "TERMINATED"]
    assert served.done("DescribeRecoveryInstances")["items"] == []


def test_06_a_start_conflicts_with_a_job_or_with_a_native_plan(serve: Serve) -> None:
    served = serve(example(6))
    client = served.client()
    with pytest.raises(client.exceptions.ConflictException, match="recovery plan execution"):
        start(client, served, "db-01")
    start(client, served, "db-01")
    with pytest.raises(client.exceptions.ConflictException, match="processed by a Job"):
        start(client, served, "db-01", "db-02")


def test_07_the_twenty_first_job_is_over_the_quota(serve: Serve) -> None:
    worlds = two_accounts().worlds
    many = [worlds[0].servers[0].model_copy(update={"name": f"s-{n}"}) for n in range(21)]
    territory = worlds[0].model_copy(update={"servers": tuple(many)})
    served = serve(servers=two_accounts().model_copy(update={"worlds": (territory,)}))
    client = served.client()
    for n in range(20):
        start(client, served, f"s-{n}")
    with pytest.raises(client.exceptions.ServiceQuotaExceededException) as refused:
        start(client, served, "s-20")
    assert refused.value.response["quotaCode"] == "L-D88FAC3A"  # type: ignore[typeddict-item]


def test_07_a_quota_is_met_because_the_script_says_so(serve: Serve) -> None:
    served = serve(example(7))
    client = served.client()
    start(client, served, "db-01")
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        start(client, served, "db-02")
    start(client, served, "db-02")


def test_08_calls_are_throttled_and_told_when_to_come_back(serve: Serve) -> None:
    served = serve(example(8))
    client = served.client()
    for _ in range(3):
        with pytest.raises(client.exceptions.ThrottlingException) as refused:
            client.describe_jobs()
        assert refused.value.response["retryAfterSeconds"] == "5"  # type: ignore[typeddict-item]
    assert client.describe_jobs()["items"] == []


def test_08_boto3_gets_through_throttling_by_its_own_retries(serve: Serve) -> None:
    served = serve(example(8))
    assert served.client(attempts=4).describe_jobs()["items"] == []
    errors = [call["error"] for call in served.simulation.recorded_calls()]
    assert errors == ["ThrottlingException"] * 3 + [None]


def test_09_the_answer_to_start_recovery_is_lost_and_the_job_runs(serve: Serve) -> None:
    served = serve(example(9))
    client = served.client()
    with pytest.raises(ConnectionClosedError):
        start(client, served, "db-01")
    [job] = client.describe_jobs()["items"]
    assert job["participatingServers"][0]["sourceServerID"] == served.servers()["db-01"]
    with pytest.raises(client.exceptions.ConflictException):
        start(client, served, "db-01")


def test_10_every_list_comes_in_pages_smaller_than_asked(serve: Serve) -> None:
    served = serve(example(10))
    client = served.client()
    first = client.describe_source_servers(maxResults=100)
    assert len(first["items"]) == 2
    pages = client.get_paginator("describe_source_servers").paginate()
    assert [len(page["items"]) for page in pages] == [2, 2, 1]


def test_11_the_account_is_not_initialized_until_it_is(serve: Serve) -> None:
    served = serve(example(11))
    client = served.client("eu-central-1")
    for _ in range(2):
        with pytest.raises(client.exceptions.UninitializedAccountException):
            client.describe_source_servers()
    client.initialize_service()
    assert len(client.describe_source_servers()["items"]) == 6
    assert served.client().describe_source_servers()["items"]


def test_12_the_recovery_instance_is_listed_and_its_ec2_instance_is_gone(serve: Serve) -> None:
    served = serve(example(12))
    job = served.start("db-01")
    served.passes(LONG_ENOUGH)
    [instance] = served.client().describe_recovery_instances()["items"]
    assert instance["ec2InstanceState"] == "NOT_FOUND"
    [server] = served.job(job)["participatingServers"]
    assert server["launchStatus"] == "LAUNCHED"
    assert server["recoveryInstanceID"] == instance["recoveryInstanceID"]


def test_13_a_session_expires_during_a_long_wave_and_a_new_one_works(serve: Serve) -> None:
    served = serve(example(13))
    client = served.client(access_key="ASIA1111111111111111")
    client.describe_jobs()
    served.passes(59 * MINUTE)
    client.describe_jobs()
    served.passes(2 * MINUTE)
    with pytest.raises(ClientError) as refused:
        client.describe_jobs()
    assert refused.value.response["Error"]["Code"] == "ExpiredTokenException"
    assert served.client(access_key="ASIA2222222222222222").describe_jobs()["items"] == []


def test_14_a_pinned_snapshot_has_expired_when_the_wave_starts(serve: Serve) -> None:
    served = serve(example(14))
    client = served.client()
    server = served.servers()["db-01"]
    pinned = client.describe_recovery_snapshots(sourceServerID=server)["items"][-1]["snapshotID"]
    wanted: Any = [{"sourceServerID": server, "recoverySnapshotID": pinned}]
    served.passes(16 * MINUTE)
    with pytest.raises(client.exceptions.ConflictException, match="does not exist: it expired"):
        client.start_recovery(sourceServers=wanted, isDrill=True)
    assert client.describe_jobs()["items"] == []


def test_15_the_launch_template_has_no_subnet_group_or_profile(serve: Serve) -> None:
    served = serve(example(15))
    job = served.start("app-a-01", "app-a-02", "app-a-03")
    served.passes(LONG_ENOUGH)
    assert served.statuses(job) == ["FAILED"] * 3
    said = " ".join(raw_errors(served, job))
    assert all(word in said for word in ("No subnets", "security group", "Instance Profile"))


def test_16_license_or_boot_mode_do_not_fit_the_instance(serve: Serve) -> None:
    served = serve(example(16))
    job = served.start("db-01", "db-02")
    served.passes(LONG_ENOUGH)
    said = " ".join(raw_errors(served, job))
    assert "BYOL" in said
    assert "boot mode uefi of the image is not supported by the instance type r5.4xlarge" in said


def test_17_events_are_lost_late_or_duplicated(serve: Serve) -> None:
    served = serve(example(17))
    known = served.servers()
    served.start("db-01", "db-02", "app-a-01")
    served.passes(LONG_ENOUGH)
    about = [event["resources"][0].rpartition("/")[2] for event in launch_results(served)]
    assert about == [known["app-a-01"]] * 3
    served.passes(20 * MINUTE)
    about = [event["resources"][0].rpartition("/")[2] for event in launch_results(served)]
    assert about == [known["app-a-01"]] * 3 + [known["db-02"]]


def test_18_an_instance_in_failback_is_not_terminated(serve: Serve) -> None:
    served = serve(example(18))
    instance = launched(served, "db-01")
    client = served.client()
    with pytest.raises(client.exceptions.ConflictException, match="during failback"):
        client.terminate_recovery_instances(recoveryInstanceIDs=[instance])
    client.stop_failback(recoveryInstanceID=instance)
    client.terminate_recovery_instances(recoveryInstanceIDs=[instance])


def test_18_nor_is_one_whose_replication_was_reversed(serve: Serve) -> None:
    served = serve()
    instance = launched(served, "app-a-01")
    client = served.client()
    client.reverse_replication(recoveryInstanceID=instance)
    with pytest.raises(client.exceptions.ConflictException, match="during failback"):
        client.terminate_recovery_instances(recoveryInstanceIDs=[instance])


def test_19_the_default_ebs_key_blocks_an_extended_source_server(serve: Serve) -> None:
    client = serve(servers=two_accounts()).client()
    items = client.list_extensible_source_servers(stagingAccountID=STAGING)["items"]
    with pytest.raises(client.exceptions.ValidationException, match="default EBS key"):
        client.create_extended_source_server(sourceServerArn=items[2]["arn"])
    client.create_extended_source_server(sourceServerArn=items[1]["arn"])


def test_19_the_script_can_say_so_for_any_server(serve: Serve) -> None:
    client = serve(example(19), servers=two_accounts()).client()
    items = client.list_extensible_source_servers(stagingAccountID=STAGING)["items"]
    with pytest.raises(client.exceptions.ValidationException, match="default EBS key"):
        client.create_extended_source_server(sourceServerArn=items[1]["arn"])


def test_19_the_script_can_say_so_for_one_server(serve: Serve) -> None:
    servers = two_accounts()
    name = servers.worlds[1].servers[1].name
    client = serve(f"faults: [{{fault: default-ebs-key, server: {name}}}]", servers).client()
    items = client.list_extensible_source_servers(stagingAccountID=STAGING)["items"]
    with pytest.raises(client.exceptions.ValidationException, match="default EBS key"):
        client.create_extended_source_server(sourceServerArn=items[1]["arn"])
    client.create_extended_source_server(sourceServerArn=items[0]["arn"])


def test_20_events_say_is_drill_as_a_string(serve: Serve) -> None:
    served = serve()
    drill = served.start("db-01")
    real = served.start("db-02", isDrill=False)
    served.passes(LONG_ENOUGH)
    said = {event["detail"]["job-id"]: event["detail"] for event in launch_results(served)}
    assert said[drill]["is-drill"] == "TRUE"
    assert said[real]["is-drill"] == "FALSE"
    assert said[real]["state"] == "RECOVERY_LAUNCH_SUCCEEDED"


@pytest.mark.parametrize("number", range(1, 20))
def test_every_documented_script_is_one_that_the_simulator_takes(serve: Serve, number: int) -> None:
    assert serve(example(number)).simulation.health()["faults"]


def test_faults_strike_by_time_account_and_region_and_skip_as_many_as_told(serve: Serve) -> None:
    served = serve(
        """
        faults:
          - {fault: throttled, call: DescribeJobs, from: 1m, until: 2m, times: always,
             region: eu-west-1}
          - {fault: internal-error, call: DescribeSourceServers, skip: 1, times: 2,
             account: "111122223333"}
        """
    )
    client, other = served.client(), served.client("eu-central-1")
    outcomes = []
    for _ in range(4):
        try:
            client.describe_jobs()
            outcomes.append("answered")
        except client.exceptions.ThrottlingException:
            outcomes.append("throttled")
        assert other.describe_jobs()["items"] == []
        served.passes(30)
    assert outcomes == ["answered", "answered", "throttled", "throttled"]
    served.passes(MINUTE)
    results = []
    for _ in range(4):
        try:
            client.describe_source_servers()
            results.append(200)
        except client.exceptions.InternalServerException:
            results.append(500)
    assert results == [200, 500, 500, 200]
    struck = [fault["struck"] for fault in served.simulation.health()["faults"]]
    assert struck == [2, 2]


def test_a_call_that_changes_nothing_uses_no_fault_up(serve: Serve) -> None:
    served = serve("faults: [{fault: lost-response}]")
    client = served.client()
    unknown: Any = [{"sourceServerID": "s-00000000000000000"}]
    with pytest.raises(client.exceptions.ConflictException):
        client.start_recovery(sourceServers=unknown, isDrill=True)
    assert served.simulation.health()["faults"][0]["struck"] == 0
    with pytest.raises(ConnectionClosedError):
        start(client, served, "db-01")
    assert served.simulation.health()["faults"][0]["struck"] == 1


def test_a_slow_phase_takes_as_long_as_the_script_says(serve: Serve) -> None:
    served = serve("faults: [{fault: slow-phase, phase: conversion, takes: 1h}]")
    job = served.start("db-01")
    served.passes(HOUR)
    assert served.statuses(job) == ["IN_PROGRESS"]
    served.passes(LONG_ENOUGH)
    moments = [item["logDateTime"] for item in served.log(job)]
    assert all(earlier <= later for earlier, later in pairwise(moments))
    assert served.statuses(job) == ["LAUNCHED"]


def test_a_snapshot_that_fails_makes_the_previous_one_used(serve: Serve) -> None:
    served = serve("faults: [{fault: previous-snapshot, server: db-01}]")
    job = served.start("db-01")
    served.passes(LONG_ENOUGH)
    events = events_of(served, job)
    assert events[1:4] == ["SNAPSHOT_START", "SNAPSHOT_FAIL", "USING_PREVIOUS_SNAPSHOT"]
    [instance] = served.done("DescribeRecoveryInstances")["items"]
    assert instance["pointInTimeSnapshotDateTime"] < served.job(job)["creationDateTime"]
