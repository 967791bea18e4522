"""What a file says that could never happen, or that DRS could never say, is a mistake in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from breakwater_local.drs.files.servers import names, read_servers
from breakwater_local.drs.supported import SUPPORTED
from breakwater_local.drs.wire.model import operations
from breakwater_local.problem import Problem
from tests.simulated import LONG_ENOUGH, Simulated, scripted, servers_file

ANYWHERE = "worlds: [{account: '111122223333', region: eu-west-1, servers: [%s]}]"


def refused(tmp_path: Path, script: str) -> str:
    with pytest.raises(Problem) as raised:
        scripted(tmp_path, script)
    return raised.value.what


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("fault: throttled, call: DescribeJobs, server: db-01", "DescribeJobs names no server"),
        ("fault: throttled, call: DescribeJobLogItems, server: db-01", "names no server"),
        ("fault: empty-participants, call: DescribeJobs", "never meets empty-participants"),
        ("fault: small-pages, call: StartRecovery", "never meets small-pages"),
        ("fault: default-ebs-key, call: StartRecovery", "never meets default-ebs-key"),
        ("fault: uninitialized-account, call: InitializeService", "never meets uninitialized"),
        ("fault: conflict, call: DescribeJobs", "DescribeJobs knows no ConflictException"),
        ("fault: quota-exceeded, call: DescribeJobs", "knows no ServiceQuotaExceededException"),
        ("fault: default-ebs-key, server: 'arn:aws:drs:eu-west-1:1:x/s-1'", "no server is"),
        ("fault: launch-fails, server: db-01, region: eu-central-1", "none of these servers is in"),
        ("fault: launch-fails, server: db-01, account: '444455556666'", "none of these servers"),
        ("fault: action-fails, server: db-01", "no post-launch action of these servers"),
        ("fault: launch-fails, region: eu-west-9", "did you mean eu-west-"),
    ],
)
def test_a_fault_that_never_could_strike_is_refused(tmp_path: Path, fault: str, said: str) -> None:
    assert said in refused(tmp_path, f"faults: [{{{fault}}}]")


@pytest.mark.parametrize(
    "fault",
    [
        "fault: throttled, server: db-01",
        "fault: throttled, call: TagResource, server: db-01",
        "fault: launch-fails, server: app-a-01, region: eu-central-1",  # reversed, it is there
        "fault: conflict, call: TerminateRecoveryInstances",
        "fault: default-ebs-key, server: db-01",
        "fault: access-denied, call: InitializeService",
    ],
)
def test_one_that_could_is_taken(tmp_path: Path, fault: str) -> None:
    assert scripted(tmp_path, f"faults: [{{{fault}}}]").faults


@pytest.mark.parametrize("call", SUPPORTED)
def test_a_call_can_be_throttled_if_drs_throttles_it(tmp_path: Path, call: str) -> None:
    text = f"faults: [{{fault: throttled, call: {call}}}]"
    if "ThrottlingException" in operations()[call].errors:
        assert scripted(tmp_path, text).faults
    else:
        assert f"{call} knows no ThrottlingException" in refused(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "faults: [{fault: throttled, times: true}]",
        "faults: [{fault: throttled, times: 1.0}]",
        "faults: [{fault: throttled, skip: yes}]",
        "faults: [{fault: throttled, retryAfterSeconds: yes}]",
        "quotas: {jobs: yes}",
        "seed: true",
    ],
)
def test_yes_is_no_number(tmp_path: Path, text: str) -> None:
    assert "has 1 problem" in refused(tmp_path, text)


@pytest.mark.parametrize(
    "server",
    [
        "{name: a, cores: yes}",
        "{name: a, disksGib: [true]}",
        "{name: a, launch: {copyTags: 1}}",
        "{name: a, launch: {byol: 'yes'}}",
        "{name: a, disksGib: [0]}",
        "{name: a, disksGib: [99999]}",
        f"{{name: a, disksGib: {[8] * 61}}}",
        f"{{name: a, os: {'x' * 257}}}",
        f"{{name: a, instanceType: {'x' * 300}}}",
        "{name: a, instanceType: ''}",
        f"{{name: a, tags: {{{'k' * 129}: v}}}}",
        "{name: a, tags: {'aws:mine': v}}",
        "{name: a, tags: {'': v}}",
        f"{{name: a, tags: {{k: {'v' * 257}}}}}",
        f"{{name: a, tags: {{{', '.join(f't{n}: v' for n in range(51))}}}}}",
        "{name: a, launch: {postLaunchActions: [{name: x, document: 'no spaces'}]}}",
        f"{{name: a, launch: {{postLaunchActions: [{{name: {'x' * 257}}}]}}}}",
        "{name: a, originRegion: eu-west-1}",
        "{name: a, origin: aws}",
        "{name: a, origin: aws, originRegion: eu-west-9}",
    ],
)
def test_a_server_that_drs_could_not_show_is_refused(tmp_path: Path, server: str) -> None:
    with pytest.raises(Problem, match="has 1 problem"):
        servers_file(tmp_path, ANYWHERE % server)


@pytest.mark.parametrize(
    "fault",
    [
        f"fault: launch-fails, error: {'x' * 65_537}",
        f"fault: launch-fails, server: db-01, error: {'x' * 65_537}",
    ],
)
def test_an_error_that_no_log_could_hold_is_refused(tmp_path: Path, fault: str) -> None:
    assert "65536 characters, not 65537" in refused(tmp_path, f"faults: [{{{fault}}}]")


@pytest.mark.parametrize("reason", ["'q\"uotes\"'", "x" * 257, "'new\n\nline'"])
def test_a_reason_that_no_action_could_give_is_refused(tmp_path: Path, reason: str) -> None:
    servers = servers_file(
        tmp_path, ANYWHERE % "{name: db-01, launch: {postLaunchActions: [{name: Join}]}}"
    )
    with pytest.raises(Problem, match="reason"):
        scripted(
            *(tmp_path, f"faults: [{{fault: action-fails, server: db-01, reason: {reason}}}]"),
            servers,
        )


def test_the_largest_of_everything_is_shown_as_it_is(tmp_path: Path) -> None:
    largest: dict[str, Any] = {
        "name": "n" * 128,
        "os": "o" * 256,
        "tags": {f"{'k' * 120}{n}": "v" * 256 for n in range(45)},
        "disksGib": [65_536] * 60,
        "memoryGib": 24_576,
        "cores": 512,
        "protectedFor": "3000d",
        "launch": {"postLaunchActions": [{"name": "a" * 256, "document": "d" * 1011}]},
    }
    world = {"account": "111122223333", "region": "eu-west-1", "servers": [largest]}
    servers = servers_file(tmp_path, yaml.safe_dump({"worlds": [world]}))
    error = "e" * 65_536
    script = scripted(
        *(tmp_path, f"faults: [{{fault: launch-fails, error: {error}, times: 1}}]"), servers
    )
    simulated = Simulated(script, servers)
    [item] = simulated.done("DescribeSourceServers")["items"]
    server = {"sourceServerID": item["sourceServerID"]}
    assert simulated.done("GetLaunchConfiguration", **server)["launchDisposition"] == "STARTED"
    assert simulated.done("DescribeRecoverySnapshots", **server)["items"]
    for expected in ("FAILED", "LAUNCHED"):
        job = simulated.done("StartRecovery", sourceServers=[server])["job"]["jobID"]
        simulated.passes(LONG_ENOUGH)
        assert simulated.statuses(job) == [expected]
        assert simulated.log(job)
    assert simulated.done("DescribeRecoveryInstances")["items"]


@pytest.mark.parametrize("by", ["name", "id", "host name", "full name"])
def test_a_server_is_meant_by_any_of_its_names(tmp_path: Path, by: str) -> None:
    servers = servers_file(tmp_path, ANYWHERE % "{name: DB-01}, {name: DB-02}")
    known = names(servers)[0].names
    named = dict(zip(("name", "id", "host name", "full name"), known, strict=True))[by]
    script = scripted(tmp_path, f"faults: [{{fault: launch-fails, server: {named}}}]", servers)
    simulated = Simulated(script, servers)
    hints = simulated.done("DescribeSourceServers")["items"][0]["sourceProperties"]
    assert hints["identificationHints"]["hostname"] in known
    job = simulated.start("DB-01", "DB-02")
    simulated.passes(LONG_ENOUGH)
    assert simulated.statuses(job) == ["FAILED", "LAUNCHED"]


def test_unknown_servers_are_told_together_with_every_other_mistake(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        "seed: lucky\n"
        "faults:\n"
        "  - {fault: launch-fails, server: db-77}\n"
        "  - {fault: launch-fails, server: db-78, cause: bad-luck}\n"
        "  - {fault: throttld}\n",
    )
    assert "has 5 problems" in said
    for expected in ("line 1, seed", "'db-77'", "'db-78'", "bad-luck", "throttld"):
        assert expected in said


def test_servers_that_are_there_twice_are_told_together_with_every_other_mistake(
    tmp_path: Path,
) -> None:
    with pytest.raises(Problem) as raised:
        servers_file(tmp_path, ANYWHERE % "{name: a}, {name: A}, {name: b, cores: 0}")
    assert "two servers are called 'A' here" in raised.value.what
    assert "has 2 problems" in raised.value.what


def test_the_sample_is_as_it_should_be() -> None:
    assert len(names(read_servers())) == 11
