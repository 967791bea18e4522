"""Jobs go through the real phases in the real times, with the log that matches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.nowhere import Nowhere
from breakwater_local.drs.outbox import InstanceRefused
from tests.examples import examples
from tests.simulated import ACCOUNT, HOUR, LONG_ENOUGH, MINUTE, REGION, Simulated

PHASES = {
    ("SNAPSHOT_START", "SNAPSHOT_END"): (5 * MINUTE, 10 * MINUTE),
    ("CONVERSION_START", "CONVERSION_END"): (3 * MINUTE, 5 * MINUTE),
}


def seconds(moment: str) -> float:
    hours, minutes, rest = moment[11:-1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@settings(max_examples=examples(25), deadline=None)
@given(st.integers(0, 10_000))
def test_every_phase_takes_as_long_as_on_aws_whatever_the_seed(seed: int) -> None:
    simulated = Simulated(Script(seed=seed))
    job = simulated.start("db-01", "app-a-01")
    simulated.passes(LONG_ENOUGH)
    log = simulated.log(job)
    for server in simulated.job(job)["participatingServers"]:
        mine = {
            item["event"]: seconds(item["logDateTime"])
            for item in log
            if item["eventData"].get("sourceServerID") == server["sourceServerID"]
        }
        for (begins, ends), (least, most) in PHASES.items():
            assert least <= mine[ends] - mine[begins] <= most
        assert server["launchStatus"] == "LAUNCHED"
    ended = seconds(simulated.job(job)["endDateTime"])
    launched = max(seconds(i["logDateTime"]) for i in log if i["event"] == "LAUNCH_START")
    assert 2 * MINUTE <= ended - launched <= 3 * MINUTE + 10


def test_a_job_is_pending_then_started_then_completed() -> None:
    simulated = Simulated()
    job = simulated.start("db-01")
    seen = []
    for _ in range(200):
        seen.append(simulated.job(job)["status"])
        simulated.passes(10)
    assert list(dict.fromkeys(seen)) == ["PENDING", "STARTED", "COMPLETED"]


def test_a_server_is_pending_then_in_progress_then_launched() -> None:
    simulated = Simulated()
    job = simulated.start("db-01")
    seen = []
    for _ in range(200):
        seen += simulated.statuses(job)
        simulated.passes(10)
    assert list(dict.fromkeys(seen)) == ["PENDING", "IN_PROGRESS", "LAUNCHED"]


def test_the_log_only_ever_grows_and_ends_with_the_end_of_the_job() -> None:
    simulated = Simulated()
    job = simulated.start("db-01", "db-02")
    before: list[object] = []
    for _ in range(100):
        log = simulated.log(job)
        assert log[: len(before)] == before
        before = list(log)
        simulated.passes(20)
    assert [item["event"] for item in (log[0], log[-1])] == ["JOB_START", "JOB_END"]


def test_a_recovery_that_does_not_say_that_it_is_a_drill_is_a_real_one() -> None:
    simulated = Simulated()
    server = simulated.servers()["db-01"]
    wanted = [{"sourceServerID": server}]
    job = simulated.done("StartRecovery", sourceServers=wanted)["job"]
    assert job["initiatedBy"] == "START_RECOVERY"
    simulated.passes(LONG_ENOUGH)
    [instance] = simulated.done("DescribeRecoveryInstances")["items"]
    assert instance["isDrill"] is False


def test_fast_recovery_mode_has_no_conversion() -> None:
    simulated = Simulated()
    server = simulated.servers()["db-01"]
    simulated.done("UpdateLaunchConfiguration", sourceServerID=server, recoveryMode="FAST")
    job = simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    assert not [item for item in simulated.log(job) if "CONVERSION" in item["event"]]
    assert simulated.statuses(job) == ["LAUNCHED"]


def test_a_server_whose_launch_disposition_is_stopped_is_launched_and_stopped() -> None:
    simulated = Simulated()
    server = simulated.servers()["db-01"]
    simulated.done("UpdateLaunchConfiguration", sourceServerID=server, launchDisposition="STOPPED")
    simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [instance] = simulated.done("DescribeRecoveryInstances")["items"]
    assert instance["ec2InstanceState"] == "STOPPED"


def test_a_pinned_snapshot_is_what_is_launched() -> None:
    simulated = Simulated()
    server = simulated.servers()["db-01"]
    snapshot = simulated.done("DescribeRecoverySnapshots", sourceServerID=server)["items"][0]
    entry = {"sourceServerID": server, "recoverySnapshotID": snapshot["snapshotID"]}
    job = simulated.done("StartRecovery", sourceServers=[entry], isDrill=True)["job"]["jobID"]
    simulated.passes(LONG_ENOUGH)
    [instance] = simulated.done("DescribeRecoveryInstances")["items"]
    assert instance["pointInTimeSnapshotDateTime"] == snapshot["timestamp"]
    assert "USING_PREVIOUS_SNAPSHOT" in [item["event"] for item in simulated.log(job)]


def test_a_second_recovery_cleans_the_first_instance_up() -> None:
    simulated = Simulated()
    first = simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [before] = simulated.done("DescribeRecoveryInstances")["items"]
    second = simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [after] = simulated.done("DescribeRecoveryInstances")["items"]
    assert before["recoveryInstanceID"] != after["recoveryInstanceID"]
    assert after["jobID"] == second
    assert simulated.statuses(first) == ["TERMINATED"]
    events = [item["event"] for item in simulated.log(second)]
    assert events[:3] == ["JOB_START", "CLEANUP_START", "CLEANUP_END"]


def test_terminated_instances_are_forgotten_and_their_launch_says_so() -> None:
    simulated = Simulated()
    launch = simulated.start("db-01")
    simulated.passes(LONG_ENOUGH)
    [instance] = simulated.done("DescribeRecoveryInstances")["items"]
    ids = [instance["recoveryInstanceID"]]
    job = simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=ids)["job"]
    assert (job["type"], job["initiatedBy"]) == ("TERMINATE", "TERMINATE_RECOVERY_INSTANCES")
    simulated.passes(30)
    [ending] = simulated.done("DescribeRecoveryInstances")["items"]
    assert ending["ec2InstanceState"] == "SHUTTING-DOWN"
    simulated.passes(5 * MINUTE)
    assert simulated.done("DescribeRecoveryInstances")["items"] == []
    assert simulated.statuses(job["jobID"]) == simulated.statuses(launch) == ["TERMINATED"]
    server = simulated.done("DescribeSourceServers")["items"][0]
    assert "recoveryInstanceId" not in server
    assert server["lastLaunchResult"] == "SUCCEEDED"


def test_accounts_and_regions_are_separate_worlds() -> None:
    simulated = Simulated()
    job = simulated.start("db-01")
    filters = {"jobIDs": [job]}
    assert simulated.done("DescribeJobs", region="eu-central-1", filters=filters)["items"] == []
    status, body = simulated.ask("DescribeJobs", account="444455556666", filters=filters)
    assert (status, body["message"][:7]) == (400, "Account")
    simulated.done("InitializeService", account="444455556666")
    assert simulated.done("DescribeJobs", account="444455556666")["items"] == []


def test_what_ec2_refuses_fails_the_launch_from_that_moment_on() -> None:
    class Refusing(Nowhere):
        def run(self, *_: object) -> str:
            raise InstanceRefused("VcpuLimitExceeded: no more")

    simulated = Simulated(cloud=Refusing())
    job = simulated.start("db-01")
    seen = []
    while simulated.job(job)["status"] != "COMPLETED":
        seen += simulated.statuses(job)
        simulated.passes(5)
    assert list(dict.fromkeys(seen)) == ["PENDING", "IN_PROGRESS", "FAILED"]
    failed, ended = simulated.log(job)[-2:]
    assert failed["eventData"]["rawError"] == "VcpuLimitExceeded: no more"
    assert (failed["event"], ended["event"]) == ("LAUNCH_FAILED", "JOB_END")
    assert simulated.done("DescribeRecoveryInstances")["items"] == []
    simulated.passes(3 * MINUTE)
    [event] = simulated.simulation.published_events()
    assert event["detail"]["state"] == "RECOVERY_LAUNCH_FAILED"


def test_a_server_without_a_snapshot_cannot_be_recovered() -> None:
    territory = {"account": ACCOUNT, "region": REGION}
    fresh = {"name": "new-01", "replication": "INITIATING"}
    servers = ServersFile.model_validate({"worlds": [{**territory, "servers": [fresh]}]})
    simulated = Simulated(servers=servers)
    wanted = [{"sourceServerID": simulated.servers()["new-01"]}]
    status, body = simulated.ask("StartRecovery", sourceServers=wanted)
    assert status == 409
    assert "no recovery snapshot" in body["message"]
    simulated.passes(HOUR)
    assert simulated.ask("StartRecovery", sourceServers=wanted)[0] == 202


@pytest.mark.parametrize("count", [3, 4])
def test_the_same_seed_script_and_calls_give_the_same_run_event_by_event(count: int) -> None:
    assert _run(seed=count) == _run(seed=count)
    assert _run(seed=count) != _run(seed=count + 1)


def _run(seed: int) -> list[object]:
    """A whole run, as its clients see it, looked at every half minute."""
    simulated = Simulated(Script.model_validate({"seed": seed, "faults": _FAULTS}))
    seen: list[object] = []
    job = simulated.start("db-01", "db-02", "app-a-01")
    for step in range(80):
        if step == 20:
            seen.append(simulated.ask("StartRecovery", sourceServers=[]))
        seen.append(simulated.ask("DescribeJobs"))
        seen.append(simulated.log(job))
        seen.append(simulated.done("DescribeRecoveryInstances"))
        seen.append(simulated.done("DescribeSourceServers"))
        simulated.passes(30)
    seen.append(simulated.simulation.published_events())
    return seen


_FAULTS = [
    {"fault": "launch-fails", "server": "db-02"},
    {"fault": "throttled", "call": "DescribeJobs", "times": 2},
    {"fault": "replication", "server": "db-01", "state": "STALLED", "from": "5m", "until": "9m"},
    {"fault": "events-late", "server": "app-a-01"},
]
