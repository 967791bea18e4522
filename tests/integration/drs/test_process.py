"""The simulator as a process: started once, found again, ended; mistakes are told in a sentence."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from breakwater_local.drs import process, settings
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from breakwater_local.problem import Problem
from tests.integration.drs.conftest import InAws
from tests.integration.waiting import PATIENCE, until
from tests.simulated import ACCOUNT, REGION

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place() -> Iterator[Place]:
    found = Place(Path(tempfile.mkdtemp(prefix="breakwater-drs-")))
    yield found
    process.stop(found)
    shutil.rmtree(found.state, ignore_errors=True)


def test_it_is_started_once_found_again_and_ended(place: Place, bare_aws: Emulator) -> None:
    with exclusive(place.lock) as lock:
        started = process.start(place, lock, aws_endpoint=bare_aws.endpoint)
        again = process.start(place, lock)
    assert started == again == process.find(place)
    with exclusive(place.lock, patience=10):
        pass  # the process does not hold the lock
    client = boto3.client(
        "drs",
        endpoint_url=started.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="secret",
    )
    assert len(client.describe_source_servers()["items"]) == 5
    with urllib.request.urlopen(f"{started.endpoint}/_simulator/calls", timeout=PATIENCE) as answer:
        [call] = json.load(answer)["items"]
    assert (call["operation"], call["allowed"]) == ("DescribeSourceServers", True)
    assert process.stop(place) == started
    assert process.find(place) is None
    assert not started.answers()


def test_a_mistake_in_a_script_is_told_when_it_is_started(place: Place) -> None:
    script = place.state / "faults.yaml"
    script.write_text("faults: [{fault: throttld}]")
    with (
        exclusive(place.lock) as lock,
        pytest.raises(Problem, match="did you mean `throttled`"),
    ):
        process.start(place, lock, script=script)
    assert process.find(place) is None


def health(simulator: process.Simulator) -> dict[str, Any]:
    return simulator.state()


def faults_of(simulator: process.Simulator) -> list[str]:
    return [fault["fault"] for fault in health(simulator)["faults"]]


def test_its_files_are_remembered_and_others_replace_it_on_the_same_port(
    place: Place, bare_aws: Emulator
) -> None:
    script, servers = place.state / "faults.yaml", place.state / "samples.yaml"
    script.write_text("faults: [{fault: launch-fails}]")
    servers.write_text(
        "worlds: [{account: '111122223333', region: eu-west-1, servers: [{name: only}]}]"
    )
    with exclusive(place.lock) as lock:
        first = process.start(
            *(place, lock), aws_endpoint=bare_aws.endpoint, script=script, servers=servers
        )
        assert faults_of(first) == ["launch-fails"]
        assert [world["sourceServers"] for world in health(first)["worlds"]] == [1]
        assert process.start(place, lock) == first, "what is not said stays"
        assert process.settings(place).script == str(script)

        script.write_text("faults: [{fault: server-skipped}]")
        edited = process.start(place, lock)
        assert edited.pid != first.pid
        assert edited.port == first.port
        assert faults_of(edited) == ["server-skipped"]

        none = process.start(place, lock, forget=["script"])
        assert faults_of(none) == []
        assert [world["sourceServers"] for world in health(none)["worlds"]] == [1]
        assert process.settings(place).aws_endpoint == bare_aws.endpoint

        script.write_text("faults: [{fault: throttld}]")
        with pytest.raises(Problem, match="did you mean `throttled`"):
            process.start(place, lock, script=script)
        assert process.find(place) == none, "a mistake ends nothing"


def test_one_whose_source_was_edited_is_replaced(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with exclusive(place.lock) as lock:
        first = process.start(place, lock)
        source = place.state / "source"
        source.mkdir()
        (source / "edited.py").write_text("# newer")
        monkeypatch.setattr(settings, "_SOURCE", source)
        second = process.start(place, lock)
    assert second.pid != first.pid


def test_one_that_was_killed_comes_back_with_its_files_and_ends_what_it_left(
    place: Place, simulated: InAws
) -> None:
    script = place.state / "faults.yaml"
    script.write_text("faults: [{fault: slow-phase, phase: snapshot, takes: 1s}]")
    with exclusive(place.lock) as lock:
        first = process.start(
            *(place, lock), aws_endpoint=simulated.aws.endpoint, script=script, speed=5000
        )
    client = boto3.client(
        "drs",
        endpoint_url=first.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="secret",
    )
    server = client.describe_source_servers()["items"][0]["sourceServerID"]
    client.start_recovery(sourceServers=[{"sourceServerID": server}], isDrill=True)

    def state() -> str:
        found = simulated.instances()
        return found["db-01"]["State"]["Name"] if found else "nothing"

    until(lambda: state() == "running")
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: first.process() is None)
    with exclusive(place.lock) as lock:
        second = process.start(place, lock)
    assert health(second)["faults"][0]["fault"] == "slow-phase"
    assert client.describe_jobs()["items"] == []
    until(lambda: state() == "terminated")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--port", "99"], 2, "'99' is no port"),
        (["--port", "0", "--speed", "0"], 2, "'0' is no speed"),
        (["--port", "0", "--aws-endpoint", "https://drs.amazonaws.com"], 2, "not on this machine"),
        (["--port", "0", "--servers", "missing.yaml"], 1, "missing.yaml can't be read"),
        (["--port", "PORT"], 1, "is in use"),
    ],
)
def test_what_it_cannot_do_is_told_in_a_sentence(
    bare_aws: Emulator, arguments: list[str], status: int, said: str
) -> None:
    given = [str(bare_aws.port) if one == "PORT" else one for one in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "breakwater_local.drs", *given],
        cwd=CHECKOUT,
        env={"PYTHONPATH": "local"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr
