"""Details of recoveries that clients rely on, and that are easily broken without a sound."""

from typing import Any, ClassVar

import pytest

from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.rounds import SERVERS_PER_ROUND
from breakwater_local.drs.snapshots import EVERY
from tests.simulated import HOUR, LONG_ENOUGH, Simulated
from tests.unit.drs.remote import Remote


@pytest.mark.parametrize("copied", [True, False])
def test_tags_are_copied_to_the_instance_if_the_configuration_says_so(*, copied: bool) -> None:
    remote = Remote()
    simulated = Simulated(cloud=remote)
    server = simulated.servers()["db-01"]
    simulated.done("UpdateLaunchConfiguration", sourceServerID=server, copyTags=copied)
    simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [instance] = simulated.done("DescribeRecoveryInstances")["items"]
    assert ("tier" in instance["tags"]) == copied
    [order] = remote.orders
    assert ("tier" in order.tags) == copied
    assert order.tags["Name"] == "db-01"


def test_source_servers_are_found_by_their_hardware() -> None:
    simulated = Simulated()
    items = simulated.done("DescribeSourceServers")["items"]
    for item, hint in ((items[0], "vmWareUuid"), (items[2], "awsInstanceID")):
        hardware = item["sourceProperties"]["identificationHints"][hint]
        found = simulated.done("DescribeSourceServers", filters={"hardwareId": hardware})["items"]
        assert [one["sourceServerID"] for one in found] == [item["sourceServerID"]]
    assert simulated.done("DescribeSourceServers", filters={"hardwareId": "none"})["items"] == []


def test_an_instance_is_ended_in_ec2_by_terminate_by_cleanup_and_by_script() -> None:
    remote = Remote()
    gone = {"fault": "instance-gone", "server": "db-01", "after": "1m"}
    simulated = Simulated(Script.model_validate({"faults": [gone]}), cloud=remote)
    simulated.start("db-01", "db-02", "app-a-01")
    simulated.passes(LONG_ENOUGH)
    shown = {
        one["tags"]["Name"]: one["recoveryInstanceID"]
        for one in simulated.done("DescribeRecoveryInstances")["items"]
    }
    assert remote.ended == [shown["db-01"]]
    simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=[shown["db-02"]])
    simulated.start("app-a-01")
    simulated.passes(60)
    simulated.simulation.settle()
    assert sorted(remote.ended) == sorted(shown.values())
    assert remote.known[shown["app-a-01"]] == "terminated"


def test_licensing_that_says_nothing_leaves_the_license_as_it_is() -> None:
    simulated = Simulated()
    server = simulated.servers()["db-01"]
    update = {"sourceServerID": server}
    simulated.done("UpdateLaunchConfiguration", **update, licensing={"osByol": True})
    answer = simulated.done("UpdateLaunchConfiguration", **update, licensing={})
    assert answer["licensing"] == {"osByol": True}
    assert simulated.done("GetLaunchConfiguration", **update)["licensing"] == {"osByol": True}


def test_each_server_tells_of_its_newest_snapshot_every_ten_minutes() -> None:
    simulated = Simulated()
    for _ in range(3):
        simulated.passes(EVERY)
        simulated.simulation.settle()
    events = simulated.simulation.snapshot_events()
    assert {event["detail-type"] for event in events} == {"DRS PIT Snapshot Taken"}
    told = [(event["resources"][0], event["detail"]["DrsSnapshotID"]) for event in events]
    assert len(told) == len(set(told)) == 3 * 11
    server = simulated.servers()["db-01"]
    known = simulated.done("DescribeRecoverySnapshots", sourceServerID=server)["items"]
    mine = [e["detail"] for e in events if e["resources"][0].endswith(server)]
    newest = {"DrsSnapshotID": known[-1]["snapshotID"]}
    assert mine[-1] == {**newest, "EbsSnapshotIDs": ",".join(known[-1]["ebsSnapshots"])}
    assert simulated.simulation.published_events() == []


def test_a_thousand_servers_take_turns_and_no_missed_round_is_made_up_for() -> None:
    profiles = [{"name": f"s-{number}"} for number in range(1000)]
    world = {"account": "111122223333", "region": "eu-west-1", "servers": profiles}
    simulated = Simulated(servers=ServersFile.model_validate({"worlds": [world]}))
    simulated.passes(10 * HOUR)
    simulated.simulation.settle()
    assert len(simulated.simulation.snapshot_events()) == SERVERS_PER_ROUND
    simulated.passes(EVERY)
    simulated.simulation.settle()
    told = {event["resources"][0] for event in simulated.simulation.snapshot_events()}
    assert len(told) == 2 * SERVERS_PER_ROUND


def test_what_starts_a_job_takes_no_reserved_tags_and_not_too_many() -> None:
    simulated = Simulated()
    wanted = [{"sourceServerID": simulated.servers()["db-01"]}]
    for tags in ({"aws:run": "1"}, {"AWS:run": "1"}, {f"t{n}": "" for n in range(51)}, {"": "x"}):
        status, body = simulated.ask("StartRecovery", sourceServers=wanted, tags=tags)
        assert status == 400, (tags, body)
        assert body["fieldList"][0]["name"] == "tags"
    assert simulated.done("DescribeJobs")["items"] == []


class TestNativePlans:
    """6: somebody else's recovery plan is at work on a server."""

    RUNS: ClassVar[dict[str, Any]] = {
        "fault": "recovery-plan-runs",
        "server": ["db-*"],
        "from": "10m",
        "until": "1h",
    }

    def simulated(self) -> Simulated:
        return Simulated(Script.model_validate({"faults": [self.RUNS]}))

    def test_its_servers_conflict_while_it_runs_and_others_do_not(self) -> None:
        simulated = self.simulated()
        simulated.start("db-02")
        simulated.passes(LONG_ENOUGH)
        wanted = [{"sourceServerID": simulated.servers()["db-01"]}]
        status, body = simulated.ask("StartRecovery", sourceServers=wanted)
        [execution] = simulated.done("ListRecoveryPlanExecutions")["recoveryPlanExecutions"]
        assert (status, body["resourceType"]) == (409, "RecoveryPlanExecution")
        assert body["resourceId"] == execution["recoveryPlanExecutionArn"]
        simulated.start("app-a-01")
        simulated.passes(HOUR)
        simulated.start("db-01")

    def test_it_is_listed_with_its_servers_from_when_it_runs(self) -> None:
        simulated = self.simulated()
        assert simulated.done("ListRecoveryPlanExecutions")["recoveryPlanExecutions"] == []
        simulated.passes(LONG_ENOUGH)
        asked = {"status": "IN_PROGRESS"}
        [one] = simulated.done("ListRecoveryPlanExecutions", **asked)["recoveryPlanExecutions"]
        arn = {"recoveryPlanExecutionArn": one["recoveryPlanExecutionArn"]}
        steps = simulated.done("ListRecoveryPlanExecutionSteps", **arn)[
            "recoveryPlanExecutionSteps"
        ]
        servers = steps[0]["configuration"]["executionServerStepConfiguration"]["servers"]
        known = simulated.servers()
        assert [one["serverArn"].rpartition("/")[2] for one in servers] == [
            known["db-01"],
            known["db-02"],
        ]
        simulated.passes(HOUR)
        assert simulated.done("ListRecoveryPlanExecutions", **asked)["recoveryPlanExecutions"] == []
        shown = simulated.done("GetRecoveryPlanExecution", **arn)["recoveryPlanExecution"]
        assert shown["status"] == "COMPLETED"
        assert shown["completedAt"] > shown["startedAt"]

    def test_an_execution_that_there_is_not_is_not_found(self) -> None:
        arn = "arn:aws:drs:eu-west-1:111122223333:recovery-plan-execution/none"
        status, _ = self.simulated().ask("GetRecoveryPlanExecution", recoveryPlanExecutionArn=arn)
        assert status == 404
