"""The layout that everything stands on, and what must never be committed."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import constructs
import pytest

from breakwater_constructs.runtime_function import POWERTOOLS_VERSION
from breakwater_local.deployment import DRS_ENDPOINT_PARAMETER
from breakwater_local.emulator import TIME_SCALE
from breakwater_local.powertools_layer import PARAMETER
from stacks.environments import LOCAL
from tests.conftest import CHECKOUT


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    named = [CHECKOUT / name for name in listed.stdout.split("\0") if name]
    return [path for path in named if path.exists()]  # one may just have been removed


@pytest.mark.parametrize("root", ["constructs", "runtime", "local"])
def test_a_source_root_is_no_package(root: str) -> None:
    """An __init__.py in constructs/ would hide the package that aws_cdk imports."""
    assert not (CHECKOUT / root / "__init__.py").exists()


def test_constructs_is_the_package_that_aws_cdk_needs() -> None:
    assert "site-packages" in str(constructs.__file__)
    assert hasattr(constructs, "Construct")


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_pinned_exactly(file: str) -> None:
    for line in (CHECKOUT / file).read_text(encoding="utf-8").splitlines():
        assert re.match(r"[A-Za-z0-9_.\-]+(\[[^\]]+\])?==[^=\s]+( ;.*)?$", line), line


def test_the_two_sets_agree() -> None:
    run, dev = (
        set((CHECKOUT / file).read_text(encoding="utf-8").splitlines())
        for file in ("requirements.txt", "requirements-dev.txt")
    )
    assert run <= dev


def test_the_cdk_command_line_is_the_one_that_can_read_our_templates() -> None:
    package = json.loads((CHECKOUT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((CHECKOUT / "package-lock.json").read_text(encoding="utf-8"))
    assert package["devDependencies"]["aws-cdk"] == "2.1148.1"
    assert lock["packages"]["node_modules/aws-cdk"]["version"] == "2.1148.1"


def test_the_layer_is_the_powertools_that_is_installed() -> None:
    pinned = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert f"aws-lambda-powertools=={POWERTOOLS_VERSION}" in pinned


def test_what_make_up_writes_down_is_what_local_reads() -> None:
    assert LOCAL.powertools_layer_parameter == PARAMETER
    assert LOCAL.drs_endpoint_parameter == DRS_ENDPOINT_PARAMETER
    assert LOCAL.time_scale == TIME_SCALE


def test_no_file_names_a_registry_or_an_account() -> None:
    accounts = {"111122223333", "444455556666", "123456789012", "000000000000"}
    for path in tracked():
        if path.name == Path(__file__).name or path.suffix in (".png", ".ico", ".woff2"):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://registry\.|files\.pythonhosted|pypi\.org/simple", text), (
            path
        )
        for account in re.findall(r"(?<![\w.\-])\d{12}(?![\w.])", text):
            assert account in accounts, f"{path}: {account}"


def test_every_command_that_readme_shows_exists() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for document in [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *docs()]:
        for target in re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8")):
            assert target in targets, f"{document.name}: make {target}"


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *docs()]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def docs() -> list[Path]:
    return sorted((CHECKOUT / "docs").rglob("*.md"))


def test_the_wheel_is_described_by_the_same_version_as_the_code() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["version"]["path"] == "runtime/breakwater/__init__.py"
