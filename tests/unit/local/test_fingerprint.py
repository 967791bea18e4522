"""What makes `make up` deploy again, and what does not."""

import shutil
from pathlib import Path

import pytest

from breakwater_local.deployment import fingerprint
from tests.conftest import CHECKOUT

FILES = ("app.py", "cdk.json", "requirements.txt", "package-lock.json")
FOLDERS = ("stacks", "constructs", "runtime", "local")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for file in FILES:
        shutil.copy(CHECKOUT / file, tmp_path / file)
    for folder in FOLDERS:
        shutil.copytree(
            CHECKOUT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path


def test_a_copy_has_the_same_fingerprint_wherever_it_is(copy: Path) -> None:
    assert fingerprint(copy) == fingerprint(CHECKOUT)


@pytest.mark.parametrize("file", [*FILES, "runtime/breakwater/contract/tables.py", "stacks/api.py"])
def test_any_change_to_what_is_deployed_changes_it(copy: Path, file: str) -> None:
    before = fingerprint(copy)
    with (copy / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert fingerprint(copy) != before


def test_a_new_file_changes_it(copy: Path) -> None:
    before = fingerprint(copy)
    (copy / "runtime/breakwater/new.py").touch()
    assert fingerprint(copy) != before


def test_running_the_code_does_not(copy: Path) -> None:
    before = fingerprint(copy)
    (copy / "runtime/breakwater/__pycache__").mkdir()
    (copy / "runtime/breakwater/__pycache__/x.pyc").touch()
    assert fingerprint(copy) == before
