"""The real AWS CLI works for each operation: `aws drs ...`, each once, several at a time.

The CLI starts slowly, so all of it is one run, in the order that the operations need.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from breakwater_local.drs.supported import SUPPORTED
from tests.contract.drs.conftest import Serve, Served
from tests.contract.drs.test_operations import STAGING, two_accounts
from tests.integration.waiting import PATIENCE
from tests.simulated import ACCOUNT, LONG_ENOUGH, OTHER_REGION, REGION

AWS = shutil.which("aws", path=str(Path(sys.executable).parent))
AT_ONCE = 4


class CommandLine:
    """Runs `aws drs <command>` against a simulator."""

    def __init__(self, served: Served, region: str = REGION) -> None:
        self._served = served
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "AWS_ENDPOINT_URL_DRS": served.endpoint,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": region,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        assert AWS, "the AWS CLI is not installed beside this Python"
        return subprocess.run(
            [AWS, "drs", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def said(self, *arguments: str) -> Any:
        done = self.run(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def all_said(self, *commands: tuple[str, ...]) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda command: self.said(*command), commands))


def test_the_aws_command_line_works_for_each_operation(serve: Serve) -> None:
    served = serve()
    ireland = CommandLine(served)
    known = served.servers()
    server, other = known["app-a-01"], known["app-a-02"]
    arn = f"arn:aws:drs:{REGION}:{ACCOUNT}:source-server/{server}"
    started, listed, snapshots, before, after, _, _ = ireland.all_said(
        (
            *("start-recovery", "--is-drill", "--tags", "run=r-1", "--source-servers"),
            *(f"sourceServerID={server}", f"sourceServerID={other}"),
        ),
        ("describe-source-servers",),
        ("describe-recovery-snapshots", "--source-server-id", server, "--max-items", "3"),
        ("get-launch-configuration", "--source-server-id", known["db-01"]),
        (
            *("update-launch-configuration", "--source-server-id", known["db-02"]),
            *("--launch-disposition", "STOPPED"),
        ),
        ("tag-resource", "--resource-arn", arn, "--tags", "owner=me,also=this"),
        ("initialize-service",),
    )
    assert started["job"]["initiatedBy"] == "START_DRILL"
    assert len(listed["items"]) == 5
    assert len(snapshots["items"]) == 3
    assert (before["launchDisposition"], after["launchDisposition"]) == ("STARTED", "STOPPED")
    served.passes(2 * LONG_ENOUGH)
    job = started["job"]["jobID"]
    jobs, log, instances, _ = ireland.all_said(
        ("describe-jobs", "--filters", f"jobIDs={job}"),
        ("describe-job-log-items", "--job-id", job, "--page-size", "2"),
        ("describe-recovery-instances",),
        ("untag-resource", "--resource-arn", arn, "--tag-keys", "also"),
    )
    assert jobs["items"][0]["status"] == "COMPLETED"
    assert log["items"][-1]["event"] == "JOB_END"
    first, second = (item["recoveryInstanceID"] for item in instances["items"])
    tags, reversed_server, terminated = ireland.all_said(
        ("list-tags-for-resource", "--resource-arn", arn),
        ("reverse-replication", "--recovery-instance-id", first),
        ("terminate-recovery-instances", "--recovery-instance-ids", second),
    )
    assert tags["tags"]["owner"] == "me"
    assert "also" not in tags["tags"]
    assert OTHER_REGION in reversed_server["reversedDirectionSourceServerArn"]
    assert terminated["job"]["type"] == "TERMINATE"
    served.passes(2 * LONG_ENOUGH)
    failback = ireland.said("start-failback-launch", "--recovery-instance-ids", first)
    assert failback["job"]["initiatedBy"] == "FAILBACK"
    served.passes(LONG_ENOUGH)
    for command in ("stop-failback", "disconnect-recovery-instance", "delete-recovery-instance"):
        ireland.said(command, "--recovery-instance-id", first)
    assert served.client().describe_recovery_instances()["items"] == []
    called = {call["operation"] for call in served.simulation.recorded_calls()}
    # The command line, of its old version, knows no recovery plans yet.
    elsewhere = {"CreateExtendedSourceServer", "ListExtensibleSourceServers"}
    assert {name for name in set(SUPPORTED) - called if "RecoveryPlan" not in name} == elsewhere


def test_the_aws_command_line_extends_source_servers(serve: Serve) -> None:
    served = serve(servers=two_accounts())
    line = CommandLine(served)
    listed = line.said("list-extensible-source-servers", "--staging-account-id", STAGING)
    arn = listed["items"][0]["arn"]
    created = line.said("create-extended-source-server", "--source-server-arn", arn)
    assert created["sourceServer"]["stagingArea"]["stagingSourceServerArn"] == arn


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{fault: throttled}", "(ThrottlingException)"),
        ("{fault: expired-session}", "(ExpiredTokenException)"),
        ("{fault: uninitialized-account}", "(UninitializedAccountException)"),
    ],
)
def test_the_aws_command_line_tells_errors_by_their_names(
    serve: Serve, fault: str, said: str
) -> None:
    refused = CommandLine(serve(f"faults: [{fault}]")).run("describe-jobs")
    assert refused.returncode != 0
    assert said in refused.stderr
