"""Each operation, called by boto3 as any program would call it."""

from typing import TYPE_CHECKING, Any

import pytest

from breakwater_local.drs.files.servers import ServersFile
from tests.contract.drs.conftest import Serve, Served
from tests.simulated import ACCOUNT, LONG_ENOUGH, MINUTE, OTHER_REGION, REGION

if TYPE_CHECKING:
    from types_boto3_drs import DrsClient

STAGING = "444455556666"


def launched(served: Served, name: str) -> str:
    """The recovery instance of a drill of this server, up and running."""
    job = served.start(name)
    served.passes(LONG_ENOUGH)
    instance: str = served.job(job)["participatingServers"][0]["recoveryInstanceID"]
    return instance


def source(client: "DrsClient", name: str) -> Any:
    items = client.describe_source_servers()["items"]
    return next(item for item in items if item["tags"]["Name"] == name)


def test_describe_source_servers(serve: Serve) -> None:
    served = serve()
    ireland = served.client().describe_source_servers()["items"]
    frankfurt = served.client(OTHER_REGION).describe_source_servers()["items"]
    assert [item["tags"]["Name"] for item in ireland] == [
        *("db-01", "db-02", "app-a-01", "app-a-02", "app-a-03"),
    ]
    assert len(frankfurt) == 6
    for item in (*ireland, *frankfurt):
        assert item["dataReplicationInfo"]["dataReplicationState"] == "CONTINUOUS"
        assert item["lastLaunchResult"] == "NOT_STARTED"
        assert item["replicationDirection"] == "FAILOVER"
    wanted = [ireland[3]["sourceServerID"], ireland[1]["sourceServerID"]]
    found = served.client().describe_source_servers(filters={"sourceServerIDs": wanted})["items"]
    assert [item["tags"]["Name"] for item in found] == ["db-02", "app-a-02"]


def test_start_recovery_and_describe_jobs(serve: Serve) -> None:
    served = serve()
    client = served.client()
    one = source(client, "db-01")["sourceServerID"]
    job = client.start_recovery(
        sourceServers=[{"sourceServerID": one}], isDrill=True, tags={"run": "r-1"}
    )["job"]
    assert (job["status"], job["initiatedBy"], job["tags"]) == (
        *("PENDING", "START_DRILL"),
        {"run": "r-1"},
    )
    served.passes(LONG_ENOUGH)
    [seen] = client.describe_jobs(filters={"jobIDs": [job["jobID"]]})["items"]
    assert seen["status"] == "COMPLETED"
    assert seen["participatingServers"][0]["launchStatus"] == "LAUNCHED"
    server = source(client, "db-01")
    assert server["lastLaunchResult"] == "SUCCEEDED"
    assert server["recoveryInstanceId"] == seen["participatingServers"][0]["recoveryInstanceID"]
    assert server["lifeCycle"]["lastLaunch"]["initiated"]["type"] == "DRILL"


def test_describe_jobs_lists_the_newest_first_and_filters_by_date(serve: Serve) -> None:
    served = serve()
    client = served.client()
    jobs = []
    for name in ("db-01", "db-02", "app-a-01"):
        jobs.append(served.start(name))
        served.passes(MINUTE)
    assert [job["jobID"] for job in client.describe_jobs()["items"]] == jobs[::-1]
    second = served.job(jobs[1])["creationDateTime"]
    since = client.describe_jobs(filters={"fromDate": second})["items"]
    until = client.describe_jobs(filters={"toDate": second})["items"]
    assert [job["jobID"] for job in since] == [jobs[2], jobs[1]]
    assert [job["jobID"] for job in until] == [jobs[1], jobs[0]]


def test_describe_job_log_items(serve: Serve) -> None:
    served = serve()
    job = served.start("db-01")
    served.passes(LONG_ENOUGH)
    items = served.client().describe_job_log_items(jobID=job)["items"]
    assert [item["event"] for item in items] == [
        "JOB_START",
        *("SNAPSHOT_START", "SNAPSHOT_END"),
        *("CONVERSION_START", "CONVERSION_END"),
        *("LAUNCH_START", "JOB_END"),
    ]


def test_describe_recovery_instances(serve: Serve) -> None:
    served = serve()
    one, _ = launched(served, "db-01"), launched(served, "app-a-01")
    client = served.client()
    by_id: Any = {"recoveryInstanceIDs": [one]}
    [item] = client.describe_recovery_instances(filters=by_id)["items"]
    assert (item["ec2InstanceState"], item["isDrill"]) == ("RUNNING", True)
    assert item["originEnvironment"] == "ON_PREMISES"
    servers: Any = {"sourceServerIDs": [served.servers()["app-a-01"]]}
    [other] = client.describe_recovery_instances(filters=servers)["items"]
    assert other["originEnvironment"] == "AWS"


def test_describe_recovery_snapshots(serve: Serve) -> None:
    served = serve()
    client = served.client()
    server = served.servers()["db-01"]
    oldest_first = client.describe_recovery_snapshots(sourceServerID=server)["items"]
    newest_first = client.describe_recovery_snapshots(sourceServerID=server, order="DESC")["items"]
    assert [s["snapshotID"] for s in oldest_first] == [s["snapshotID"] for s in newest_first][::-1]
    assert len(oldest_first[0]["ebsSnapshots"]) == 3
    middle = newest_first[2]["timestamp"]
    since = client.describe_recovery_snapshots(
        sourceServerID=server, filters={"fromDateTime": middle}
    )["items"]
    assert [s["snapshotID"] for s in since] == [s["snapshotID"] for s in newest_first[2::-1]]


def test_terminate_recovery_instances(serve: Serve) -> None:
    served = serve()
    instance = launched(served, "db-01")
    client = served.client()
    job = client.terminate_recovery_instances(recoveryInstanceIDs=[instance])["job"]
    assert job["type"] == "TERMINATE"
    served.passes(5 * MINUTE)
    assert client.describe_recovery_instances()["items"] == []


def test_get_and_update_launch_configuration(serve: Serve) -> None:
    served = serve()
    client = served.client()
    server = served.servers()["db-01"]
    before = client.get_launch_configuration(sourceServerID=server)
    changed = client.update_launch_configuration(
        sourceServerID=server, launchDisposition="STOPPED", licensing={"osByol": True}, name="new"
    )
    after = client.get_launch_configuration(sourceServerID=server)
    assert (before["launchDisposition"], after["launchDisposition"]) == ("STARTED", "STOPPED")
    assert after["licensing"] == {"osByol": True}
    assert after["name"] == changed["name"] == "new"
    assert after["copyTags"] == before["copyTags"]


def test_tag_untag_and_list_tags(serve: Serve) -> None:
    served = serve()
    client = served.client()
    instance = launched(served, "db-01")
    arns = [
        source(client, "db-01")["arn"],
        client.describe_jobs()["items"][0]["arn"],
        client.describe_recovery_instances()["items"][0]["arn"],
    ]
    assert arns[2].endswith(instance)
    for arn in arns:
        client.tag_resource(resourceArn=arn, tags={"owner": "team a/b", "also": "this"})
        client.untag_resource(resourceArn=arn, tagKeys=["also", "absent"])
        tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
        assert tags["owner"] == "team a/b"
        assert "also" not in tags


def test_initialize_service(serve: Serve) -> None:
    served = serve()
    client = served.client("eu-north-1")
    with pytest.raises(client.exceptions.UninitializedAccountException):
        client.describe_source_servers()
    assert client.initialize_service()["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.describe_source_servers()["items"] == []


def test_the_whole_way_back(serve: Serve) -> None:
    """ReverseReplication, StartFailbackLaunch, StopFailback, Disconnect and Delete."""
    served = serve()
    instance = launched(served, "app-a-01")
    client = served.client()
    arn = client.reverse_replication(recoveryInstanceID=instance)[
        "reversedDirectionSourceServerArn"
    ]
    origin = served.client(OTHER_REGION).describe_source_servers()["items"]
    [reversed_server] = [item for item in origin if item["arn"] == arn]
    assert reversed_server["replicationDirection"] == "FAILBACK"
    hints = reversed_server["sourceProperties"]["identificationHints"]
    assert hints["awsInstanceID"] == instance
    with pytest.raises(client.exceptions.ConflictException, match="FAILBACK_IN_PROGRESS"):
        client.start_failback_launch(recoveryInstanceIDs=[instance])
    served.passes(40 * MINUTE)
    job = client.start_failback_launch(recoveryInstanceIDs=[instance], tags={"a": "b"})["job"]
    assert job["initiatedBy"] == "FAILBACK"
    served.passes(10 * MINUTE)
    [item] = client.describe_recovery_instances()["items"]
    assert item["failback"]["state"] == "FAILBACK_COMPLETED"
    assert item["failback"]["failbackJobID"] == job["jobID"]
    client.stop_failback(recoveryInstanceID=instance)
    with pytest.raises(client.exceptions.ConflictException, match="not disconnected"):
        client.delete_recovery_instance(recoveryInstanceID=instance)
    client.disconnect_recovery_instance(recoveryInstanceID=instance)
    with pytest.raises(client.exceptions.ConflictException, match="is disconnected"):
        client.disconnect_recovery_instance(recoveryInstanceID=instance)
    client.delete_recovery_instance(recoveryInstanceID=instance)
    assert client.describe_recovery_instances()["items"] == []
    states = [
        event["detail"]["state"]
        for event in served.simulation.published_events()
        if event["detail-type"] == "DRS Recovery Instance Failback State Change"
    ]
    assert states == ["FAILBACK_IN_PROGRESS", "FAILBACK_COMPLETED"]


def test_replication_is_not_reversed_right_after_launch_nor_for_on_premises(serve: Serve) -> None:
    served = serve()
    job = served.start("app-a-01", "db-01")
    while served.job(job)["status"] != "COMPLETED":
        served.passes(10)
    client = served.client()
    aws, premises = (one["recoveryInstanceID"] for one in served.job(job)["participatingServers"])
    with pytest.raises(client.exceptions.ConflictException, match="not finished initializing"):
        client.reverse_replication(recoveryInstanceID=aws)
    with pytest.raises(client.exceptions.ValidationException, match="on-premises"):
        client.reverse_replication(recoveryInstanceID=premises)


def two_accounts() -> ServersFile:
    staged = [
        {"name": f"staged-{n}", "ebsKey": "default" if n == 2 else "customer"} for n in range(3)
    ]
    worlds = [
        {"account": ACCOUNT, "region": REGION, "servers": [{"name": "db-01"}]},
        {"account": STAGING, "region": REGION, "servers": staged},
    ]
    return ServersFile.model_validate({"worlds": worlds})


def test_list_extensible_and_create_extended_source_server(serve: Serve) -> None:
    served = serve(servers=two_accounts())
    client = served.client()
    items = client.list_extensible_source_servers(stagingAccountID=STAGING)["items"]
    assert [item["hostname"] for item in items] == ["staged-0", "staged-1", "staged-2"]
    created = client.create_extended_source_server(
        sourceServerArn=items[0]["arn"], tags={"wave": "web"}
    )["sourceServer"]
    assert created["stagingArea"]["status"] == "EXTENDED"
    assert created["stagingArea"]["stagingSourceServerArn"] == items[0]["arn"]
    assert created["tags"]["wave"] == "web"
    left = client.list_extensible_source_servers(stagingAccountID=STAGING)["items"]
    assert len(left) == 2
    filters: Any = {"stagingAccountIDs": [STAGING]}
    [found] = client.describe_source_servers(filters=filters)["items"]
    assert found["sourceServerID"] == created["sourceServerID"]
    wanted: Any = [{"sourceServerID": created["sourceServerID"]}]
    assert client.start_recovery(sourceServers=wanted, isDrill=True)["job"]["jobID"]
    with pytest.raises(client.exceptions.ValidationException, match="extended into this account"):
        client.create_extended_source_server(sourceServerArn=items[0]["arn"])


def test_post_launch_actions_finish_after_the_launch(serve: Serve) -> None:
    actions = [{"name": "Check health"}, {"name": "Join domain", "optional": True}]
    profile = {"name": "db-01", "launch": {"postLaunchActions": actions}}
    worlds = [{"account": ACCOUNT, "region": REGION, "servers": [profile]}]
    served = serve(
        "faults: [{fault: action-fails, action: Join*, reason: The domain is down}]",
        ServersFile.model_validate({"worlds": worlds}),
    )
    job = served.start("db-01")
    while served.statuses(job) != ["LAUNCHED"]:
        served.passes(5)
    [server] = served.client().describe_jobs()["items"][0]["participatingServers"]
    assert [run["status"] for run in server["launchActionsStatus"]["runs"]] == ["IN_PROGRESS"]
    served.passes(10 * MINUTE)
    [server] = served.client().describe_jobs()["items"][0]["participatingServers"]
    good, bad = server["launchActionsStatus"]["runs"]
    assert (good["status"], bad["status"]) == ("SUCCEEDED", "FAILED")
    assert bad["failureReason"] == "The domain is down"
    assert bad["action"]["optional"] is True


def test_replication_lag_and_states_move_as_time_passes(serve: Serve) -> None:
    served = serve(
        "faults: [{fault: replication, server: db-01, state: STALLED, from: 5m, until: 15m}]"
    )
    client = served.client()
    seen = []
    for _ in range(60):
        info = source(client, "db-01")["dataReplicationInfo"]
        seen.append((info["dataReplicationState"], info["lagDuration"]))
        served.passes(30)
    assert list(dict.fromkeys(state for state, _ in seen)) == ["CONTINUOUS", "STALLED", "BACKLOG"]
    assert len({lag for state, lag in seen if state == "STALLED"}) == 20
    assert seen[-1] == ("CONTINUOUS", "PT0S")
    changes = [event["detail"]["state"] for event in served.simulation.published_events()]
    assert changes == ["STALLED", "NOT_STALLED"]
