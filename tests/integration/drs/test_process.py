"""The simulator as a process: started once, found again, ended; mistakes are told in a sentence."""

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from breakwater_local.drs import process
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from breakwater_local.problem import Problem
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
    with exclusive(place.lock, patience=1):
        pass  # the process does not hold the lock
    client = boto3.client(
        "drs",
        endpoint_url=started.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="secret",
    )
    assert len(client.describe_source_servers()["items"]) == 5
    with urllib.request.urlopen(f"{started.endpoint}/_simulator/calls", timeout=5) as answer:
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
        timeout=30,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr
