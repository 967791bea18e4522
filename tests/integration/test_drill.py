"""`make drill` as people use it: from the command to the report, on the embedded AWS."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakwater import contract
from breakwater_local.drill.command import CANNOT_START, DONE, INTERRUPTED, NOT_WELL
from breakwater_local.emulator import Emulator
from breakwater_local.place import Place
from tests.conftest import CHECKOUT
from tests.integration.deployed import table
from tests.integration.test_up_and_down import UP
from tests.integration.waiting import PATIENCE, until

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drills")


@pytest.fixture
def healthy(place: Place) -> Iterator[None]:
    """Whatever a test lets go wrong in DRS goes well again for the others."""
    yield
    said = up(place, "--script", "none")
    assert said.returncode == 0, said.stdout


def started(place: Place, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", UP, str(place.state), *words],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": "local:runtime", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def up(place: Place, *words: str) -> "subprocess.CompletedProcess[str]":
    return finished(started(place, "up", *words))


def drill(place: Place, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return finished(started(place, "drill", "--folder", str(folder), *words))


def finished(command: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    with command:
        try:
            said, _ = command.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            command.kill()  # or leaving this block would wait for it
            raise
    return subprocess.CompletedProcess(command.args, command.returncode, said)


def run_of(said: str) -> str:
    [line] = [line for line in said.splitlines() if line.startswith("Started: run ")]
    return line.removeprefix("Started: run ")


def evidence(folder: Path, run: str) -> dict[str, Any]:
    page = (folder / f"{run}.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert run in page
    report: dict[str, Any] = json.loads((folder / f"{run}.json").read_text(encoding="utf-8"))
    assert report["executionId"] == run
    return report


def require_nothing_leased(aws: Emulator) -> None:
    """The last look of a run gives its leases back or, while DRS still winds a job up, the watch
    within a minute."""
    dynamodb, leases = aws.client("dynamodb"), table(aws, "data", "ServerLeases")
    until(lambda: not dynamodb.scan(TableName=leases)["Items"])


def instances(aws: Emulator) -> list[str]:
    found = []
    for region in ("eu-west-1", "eu-central-1"):
        pages = aws.client("ec2", region).get_paginator("describe_instances").paginate()
        found += [
            instance["InstanceId"]
            for page in pages
            for reservation in page["Reservations"]
            for instance in reservation["Instances"]
            if instance["State"]["Name"] == "running"
        ]
    return found


def test_the_sample_is_drilled_released_reported_and_cleaned_up(
    aws: Emulator, place: Place, folder: Path
) -> None:
    said = drill(place, folder, "--yes")
    assert said.returncode == DONE, said.stdout
    run = run_of(said.stdout)
    report = evidence(folder, run)
    assert report["status"] == "COMPLETED"
    assert {wave["name"]: wave["status"] for wave in report["waves"]} == dict.fromkeys(
        ("database", "app-a", "app-b", "web"), "COMPLETED"
    )
    assert {server["status"] for server in report["servers"]} == {"LAUNCHED"}
    assert len(report["servers"]) == 11
    assert {server["region"] for server in report["servers"]} == {"eu-west-1", "eu-central-1"}
    assert any("YES=1" in (decision["reason"] or "") for decision in report["decisions"])
    text = said.stdout
    assert "wave web HELD" in text
    assert "60 times faster here than on AWS" in text
    assert str(folder / f"{run}.html") in text
    assert f"make drill CLEANUP={run}" in text
    require_nothing_leased(aws)

    launched = {server["recoveryInstanceId"] for server in report["servers"]}
    assert launched <= set(instances(aws))
    refused = drill(place, folder, "--cleanup", run)
    assert refused.returncode == CANNOT_START, refused.stdout
    assert "YES=1" in refused.stdout
    assert launched <= set(instances(aws))
    cleaned = drill(place, folder, "--cleanup", run, "--yes")
    assert cleaned.returncode == DONE, cleaned.stdout
    assert not launched & set(instances(aws))
    again = drill(place, folder, "--cleanup", run, "--yes")
    assert again.returncode == DONE, again.stdout
    assert "nothing to clean up" in again.stdout

    looked = drill(place, folder, "--run", run)
    assert looked.returncode == DONE, looked.stdout
    assert "Recovery time" in looked.stdout


def test_a_drill_that_fails_says_why(
    aws: Emulator, place: Place, folder: Path, tmp_path: Path, healthy: None
) -> None:
    script = tmp_path / "faults.yaml"
    script.write_text(
        "faults:\n  - {fault: launch-fails, server: db-02, cause: no-capacity, times: always}\n",
        encoding="utf-8",
    )
    said = drill(place, folder, "--yes", "--script", str(script))
    assert said.returncode == NOT_WELL, said.stdout
    assert f"DRS goes wrong as {script} says" in said.stdout
    report = evidence(folder, run_of(said.stdout))
    assert report["status"] == "FAILED"
    assert {wave["name"]: wave["status"] for wave in report["waves"]} == {
        "database": "FAILED",
        **dict.fromkeys(("app-a", "app-b", "web"), "SKIPPED"),
    }
    [cause] = [one["cause"] for one in report["servers"] if one["status"] == "FAILED"]
    assert "capacity" in cause
    assert " ".join(cause.split())[:40] in " ".join(said.stdout.split())
    require_nothing_leased(aws)


def test_who_stops_watching_leaves_the_run_as_it_is_and_can_cancel_it(
    aws: Emulator, place: Place, folder: Path
) -> None:
    watching = started(place, "drill", "--folder", str(folder))
    said = ""
    with watching:
        assert watching.stdout is not None
        for line in watching.stdout:
            said += line
            if "wave database LAUNCHING" in line:
                break
        watching.send_signal(signal.SIGINT)
        said += finished(watching).stdout
    assert watching.returncode == INTERRUPTED, said
    run = run_of(said)
    assert f"make drill RUN={run}" in said
    assert f"make drill CANCEL={run}" in said

    busy = drill(place, folder)
    assert busy.returncode == CANNOT_START, busy.stdout
    assert f"make drill RUN={run}" in busy.stdout

    cancelled = drill(place, folder, "--cancel", run)
    assert cancelled.returncode == NOT_WELL, cancelled.stdout
    report = evidence(folder, run)
    assert report["status"] == "CANCELLED"
    assert not report["cleanupIncomplete"]
    launched = {server["recoveryInstanceId"] for server in report["servers"]} - {None}
    assert not launched & set(instances(aws))
    require_nothing_leased(aws)


def test_a_plan_from_a_file_is_applied_and_drilled(
    aws: Emulator, place: Place, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "web.yaml"
    file.write_text(
        """\
groups:
  - name: Web alone
    accountId: "111122223333"
    region: eu-central-1
    servers: {tags: {application: shop, wave: web}}
plans:
  - name: Only the web
    waves: [{name: only, groups: [Web alone]}]
""",
        encoding="utf-8",
    )
    said = drill(place, folder, "--plan", str(file))
    assert said.returncode == DONE, said.stdout
    assert evidence(folder, run_of(said.stdout))["planName"] == "Only the web"

    unknown = drill(place, folder, "--plan", "only the Wep")
    assert unknown.returncode == CANNOT_START
    assert {"Only the web", "Sample shop"} <= set(
        re.findall(r"Only the web|Sample shop", unknown.stdout)
    )
    file.write_text("plans: [{name: Wrong, waves: [{nam: x}]}]", encoding="utf-8")
    wrong = drill(place, folder, "--plan", str(file))
    assert wrong.returncode == CANNOT_START
    assert f"{file}:1: plans[0].waves[0].nam" in wrong.stdout
    assert contract.PRODUCT in wrong.stdout


def test_a_run_that_there_is_not_is_told(aws: Emulator, place: Place, folder: Path) -> None:
    said = drill(place, folder, "--run", "20200101-000000-00000000")
    assert said.returncode == CANNOT_START, said.stdout
    assert "404" in said.stdout
