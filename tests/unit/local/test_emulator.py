"""Finding what was started here, and never believing a stale record."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from breakwater_local import emulator
from breakwater_local.emulator import without_aws_settings
from breakwater_local.place import Place, require_space
from breakwater_local.problem import Problem


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "state")


def record(place: Place, text: str) -> None:
    place.state.mkdir(parents=True, exist_ok=True)
    place.emulator_record.write_text(text, encoding="utf-8")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_nothing_recorded_is_nothing_running(place: Place) -> None:
    assert emulator.find(place) is None


NEVER = '{"pid": -5, "started": 1, "port": 4566}'
HUGE = '{"pid": 1e400, "started": 1, "port": 4566}'


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"pid": "x"}', '{"pid": 1}', "null", NEVER, HUGE]
)
def test_a_record_that_was_cut_off_is_not_believed(place: Place, text: str) -> None:
    record(place, text)
    assert emulator.find(place) is None


def test_a_process_that_only_has_the_number_is_not_ours(place: Place) -> None:
    """Our own process stands for a stranger that got a dead emulator's number."""
    me = psutil.Process()
    record(place, json.dumps({"pid": me.pid, "started": me.create_time() - 100, "port": 4566}))
    assert emulator.find(place) is None
    assert emulator.stop(place) is None  # and it is not ended: this test goes on
    assert not place.emulator_record.exists()


def test_the_process_that_wrote_the_record_is_ours(place: Place) -> None:
    me = psutil.Process()
    record(place, json.dumps({"pid": me.pid, "started": me.create_time(), "port": 4566}))
    found = emulator.find(place)
    assert found is not None
    assert found.endpoint == "http://127.0.0.1:4566"


def test_a_port_that_was_asked_for_and_is_taken_is_named_with_what_to_do(
    place: Place, taken_port: int
) -> None:
    with pytest.raises(Problem, match=f"Port {taken_port} is in use") as told:
        emulator.start(place, lock=-1, port=taken_port)
    assert "PORT=" in told.value.remedy
    assert not place.emulator_record.exists()


def test_when_the_usual_port_is_taken_a_free_one_is_used_and_said(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emulator, "PREFERRED_PORT", taken_port)
    chosen = emulator._free_port(None)
    assert chosen != taken_port
    said = capsys.readouterr().out
    assert f"Port {taken_port} is in use" in said
    assert f"taking {chosen} instead" in said


def test_the_user_of_a_port_is_named_where_the_system_tells(taken_port: int) -> None:
    assert str(os.getpid()) in emulator._user_of(taken_port)


def test_nothing_in_the_surroundings_can_lead_to_a_real_account() -> None:
    surroundings = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "x", "HOME": "/home/me"}
    clean = without_aws_settings(surroundings)
    assert clean.pop("AWS_CONFIG_FILE") == clean.pop("AWS_SHARED_CREDENTIALS_FILE") == os.devnull
    assert clean.pop("NO_PROXY") == clean.pop("no_proxy") == "127.0.0.1,localhost,.localhost"
    assert clean == {"HOME": "/home/me"}


def test_a_full_disk_is_noticed_before_anything_begins(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"no space left.*300 MiB, 12 MiB are free") as told:
        require_space(tmp_path / "not" / "there", 300, free_bytes=lambda _: 12 * 1024 * 1024)
    assert "Free some space" in told.value.remedy


def test_room_enough_is_no_problem(tmp_path: Path) -> None:
    require_space(tmp_path, 300, free_bytes=lambda _: 300 * 1024 * 1024)
