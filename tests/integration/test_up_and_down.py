"""`make up`, `make status`, `make down` as people use them, and what they meet.

Each test has an embedded AWS of its own: it is killed, starved and confused here.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from breakwater_local import background, deployment, emulator
from breakwater_local.__main__ import NOT_RUNNING, main
from breakwater_local.drs import process as drs
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from breakwater_local.problem import Problem
from tests.conftest import CHECKOUT
from tests.integration.conftest import free_port
from tests.integration.deployed import functions as functions_of
from tests.integration.waiting import PATIENCE, until

UP = """
import sys
from pathlib import Path
from breakwater_local.__main__ import main
from breakwater_local.place import Place
sys.exit(main(sys.argv[2:], Place(Path(sys.argv[1]))))
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    """A place of its own; whatever a test leaves running there is ended."""
    place = Place(tmp_path / "state")
    yield place
    drs.stop(place)
    emulator.stop(place)


def command(place: Place, *words: str, more: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """The command in a process of its own, so that it can be killed."""
    return subprocess.Popen(
        [sys.executable, "-c", UP, str(place.state), *words],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": "local:runtime", **(more or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def works(place: Place) -> bool:
    running = emulator.find(place)
    assert running is not None
    statuses = deployment.stack_statuses(running)
    return len(statuses) == 5 and set(statuses.values()) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def test_before_anything_was_started_it_says_so(
    own: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"], own) == NOT_RUNNING
    assert "make up" in capsys.readouterr().out
    assert main(["down"], own) == 0
    assert "Nothing of ours is running" in capsys.readouterr().out
    assert main(["env"], own) == 1
    assert "make up" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--script", "--servers"])
def test_a_mistake_in_a_file_is_told_before_anything_starts(
    own: Place, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    own.state.mkdir(parents=True, exist_ok=True)
    wrong = own.state / "wrong.yaml"
    wrong.write_text("faults: [{fault: throttld}]\nworlds: nothing\n")
    assert main(["up", option, str(wrong)], own) == 1
    said = capsys.readouterr().err
    assert "wrong.yaml has" in said
    assert "line 1" in said
    assert emulator.find(own) is None
    assert drs.find(own) is None
    assert main(["up", option, "missing.yaml"], own) == 1
    assert "missing.yaml can't be read" in capsys.readouterr().err


def test_up_again_is_harmless_and_down_ends_exactly_what_was_started(
    aws: emulator.Emulator, place: Place, own: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """The session's embedded AWS is the bystander: it must survive the other's `down`."""
    port = free_port()
    with command(own, "up", "--port", str(port)) as up:
        said = up.communicate()[0]
    assert up.returncode == 0, said
    assert f"http://127.0.0.1:{port}" in said
    first = emulator.find(own)
    assert first is not None

    assert main(["up"], own) == 0
    assert "Deploying" not in capsys.readouterr().out  # nothing to do, and nothing was done
    assert emulator.find(own) == first
    assert main(["up", "--port", str(free_port())], own) == 1
    assert f"already runs on port {port}" in capsys.readouterr().err

    assert main(["status"], own) == 0
    said = capsys.readouterr().out
    assert f"process {first.pid}" in said
    assert said.count("CREATE_COMPLETE") == 5
    assert main(["env"], own) == 0
    assert f"export AWS_ENDPOINT_URL=http://127.0.0.1:{port}\n" in capsys.readouterr().out

    script = own.state / "faults.yaml"
    script.write_text("faults: [{fault: launch-fails, name: the full disk}]")
    before = drs.find(own)
    assert main(["up", "--script", str(script)], own) == 0
    assert "Deploying" not in capsys.readouterr().out  # DRS is where it was
    simulator = drs.find(own)
    assert simulator is not None
    assert before is not None
    assert (simulator.port, simulator.state()["faults"][0]["name"]) == (
        *(before.port, "the full disk"),
    )
    assert main(["up"], own) == 0
    assert drs.find(own) == simulator, "remembered"
    assert main(["status"], own) == 0
    assert str(script) in capsys.readouterr().out
    family = [first.pid, *(child.pid for child in psutil.Process(first.pid).children())]
    family.append(simulator.pid)
    assert main(["down"], own) == 0
    assert not any(psutil.pid_exists(pid) for pid in family)
    assert not own.scratch.exists()
    assert emulator.find(place) == aws
    assert aws.answers()


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("nothing is recorded yet", id="before-the-emulator-is-recorded"),
        pytest.param("the emulator is recorded", id="while-the-emulator-starts"),
        pytest.param("bootstrap", id="while-CDK-is-prepared"),
        pytest.param("deploy", id="while-the-stacks-are-deployed"),
    ],
)
def test_killed_at_any_moment_and_run_again_it_works(own: Place, moment: str) -> None:
    reached: dict[str, Callable[[], bool]] = {
        "nothing is recorded yet": own.lock.exists,
        "the emulator is recorded": own.emulator_record.exists,
        "bootstrap": lambda: in_log(own, "bootstrapping"),
        "deploy": lambda: in_log(own, "CREATE_IN_PROGRESS | AWS::DynamoDB::Table"),
    }
    up = command(own, "up", "--port", str(free_port()))
    until(reached[moment], every=0.01)
    up.send_signal(signal.SIGKILL)
    up.wait()
    if moment == "deploy":
        # CDK goes on without us, and holds the lock: the next `up` must wait, not run over it.
        with pytest.raises(Problem, match="is at work here"), exclusive(own.lock, patience=0.0):
            pass
    assert main(["up"], own) == 0
    assert works(own)


def test_what_is_left_of_an_aws_that_died_is_replaced(
    own: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its simulator would launch servers in an AWS that is gone, and say nothing of it."""
    assert main(["up", "--port", str(free_port())], own) == 0
    dead, orphan = emulator.find(own), drs.find(own)
    assert dead is not None
    assert orphan is not None
    os.kill(dead.pid, signal.SIGKILL)
    until(lambda: dead.process() is None)
    assert main(["up", "--port", str(free_port())], own) == 0
    new, simulator = emulator.find(own), drs.find(own)
    assert new is not None
    assert simulator is not None
    process = simulator.process()
    assert process is not None
    assert f"--aws-endpoint={new.endpoint}" in process.cmdline()

    os.kill(simulator.pid, signal.SIGKILL)
    until(lambda: simulator.process() is None)
    capsys.readouterr()
    assert main(["status"], own) == NOT_RUNNING
    assert "The DRS simulator does not run" in capsys.readouterr().out


def test_nobody_outside_this_machine_can_reach_it(aws: emulator.Emulator, place: Place) -> None:
    simulator = drs.find(place)
    assert simulator is not None
    for running in (aws, simulator):
        process = running.process()
        assert process is not None
        listening = [c for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
        assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "somebody",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


@pytest.mark.parametrize("words", [["status"], ["up"]])
def test_nothing_in_the_surroundings_leads_it_astray(
    aws: emulator.Emulator, place: Place, words: list[str]
) -> None:
    with command(
        place, *words, more={**HOSTILE, "AWS_CONFIG_FILE": str(CHECKOUT / "Makefile")}
    ) as it:
        said = it.communicate()[0]
    assert it.returncode == 0, said
    assert aws.answers()


def test_one_that_hangs_is_left_alone_and_named(
    aws: emulator.Emulator,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A full moment of silence is no reason to throw away what somebody has in there."""
    monkeypatch.setattr(background, "START_SECONDS", 0.5)
    os.kill(aws.pid, signal.SIGSTOP)
    try:
        assert main(["up"], place) == 1
    finally:
        os.kill(aws.pid, signal.SIGCONT)
    assert "runs, but does not answer" in capsys.readouterr().err
    until(aws.answers)


def test_the_address_of_drs_reaches_the_functions(aws: emulator.Emulator, place: Place) -> None:
    simulator = drs.find(place)
    assert simulator is not None
    functions = [
        function
        for function in functions_of(aws)
        if function["FunctionName"].startswith(
            ("breakwater-local-api-", "breakwater-local-recovery-")
        )
    ]
    told = {
        function["FunctionName"]: function["Environment"]["Variables"]["AWS_ENDPOINT_URL_DRS"]
        for function in functions
        if "AWS_ENDPOINT_URL_DRS" in function["Environment"]["Variables"]
    }
    assert set(told.values()) == {simulator.endpoint}
    for needs_it in ("Plans", "Executions", "EngineBegin", "EngineUpdateWaveStatus"):
        assert any(needs_it in name for name in told), needs_it


def in_log(place: Place, words: str) -> bool:
    log = place.deployment_log
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    return words.replace(" ", "").lower() in text.replace(" ", "").lower()


class TestHalfDeployed:
    """On the session's embedded AWS: what a deployment that went wrong leaves behind."""

    def test_a_stack_that_is_stuck_is_named_with_what_to_do(
        self,
        aws: emulator.Emulator,
        place: Place,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        stuck = {"breakwater-local-api": "UPDATE_ROLLBACK_FAILED"}
        monkeypatch.setattr(deployment, "stack_statuses", lambda _: stuck)
        assert main(["up"], place) == 1
        said = capsys.readouterr().err
        assert "breakwater-local-api is UPDATE_ROLLBACK_FAILED" in said
        assert "make down, then make up" in said

    def test_a_stack_that_somebody_deleted_is_deployed_again(
        self, aws: emulator.Emulator, place: Place
    ) -> None:
        cloudformation = aws.client("cloudformation")
        cloudformation.delete_stack(StackName="breakwater-local-api")
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName="breakwater-local-api",
            WaiterConfig={"Delay": 1, "MaxAttempts": int(PATIENCE)},
        )
        assert main(["up"], place) == 0
        assert works(place)


def test_a_deployment_that_fails_says_why_and_where_all_of_it_stands(
    aws: emulator.Emulator,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(deployment, "ENVIRONMENT", "nowhere")
    monkeypatch.setattr(deployment, "fingerprint", lambda _: "changed")
    assert main(["up"], place) == 1
    said = capsys.readouterr().err
    assert "There is no environment 'nowhere'" in said
    assert str(place.deployment_log) in said
    monkeypatch.undo()
    assert main(["up"], place) == 0
    assert works(place)


@pytest.mark.parametrize("port", ["0", "80", "65536", "abc", "-1", ""])
def test_a_port_that_is_none_is_refused(
    own: Place, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["up", f"--port={port}"], own)
    assert ended.value.code == 2
    assert "is no port: give a number from 1024 to 65535" in capsys.readouterr().err
    assert not own.state.exists()
