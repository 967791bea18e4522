"""The Lambda asset stands alone: every module of it imports where only boto3 and Powertools are.

The embedded AWS runs functions in an environment in which everything is installed, so a package
that is missing from the asset would be noticed on AWS only.
"""

import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from breakwater import contract
from breakwater_constructs.runtime_code import runtime_directory
from tests.function_settings import SETTINGS

PROVIDED = ("boto3", "aws-lambda-powertools", "pydantic")  # by the runtime and by the layer


def with_requirements(names: tuple[str, ...]) -> set[str]:
    """Distributions and everything they require, without extras."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name.lower() not in found:
            found.add(name.lower())
            for text in requires(name) or ():
                requirement = Requirement(text)
                if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                    waiting.append(requirement.name)
    return found


@pytest.fixture(scope="module")
def provided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what AWS provides and nothing else."""
    folder = tmp_path_factory.mktemp("provided")
    for name in with_requirements(PROVIDED):
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (folder / top).exists():
                (folder / top).symlink_to(Path(str(distribution(name).locate_file(top))))
    return folder


def import_in_isolation(statement: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """-I: no environment, no user site; -S: no site-packages. Only these paths and the stdlib."""
    program = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n{statement}"
    settings = f"import os; os.environ.update({SETTINGS!r})\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", settings + program],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.thorough
def test_every_module_of_the_asset_imports_with_what_aws_provides(provided: Path) -> None:
    root = runtime_directory()
    modules = sorted(
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for path in root.rglob("*.py")
    )
    assert "breakwater.handlers.health" in modules
    ended = import_in_isolation(f"import {', '.join(modules)}", root, provided)
    assert ended.returncode == 0, ended.stderr


def test_the_isolation_is_real(provided: Path) -> None:
    """psutil is installed here, and must not be found there; else the test above proves nothing."""
    ended = import_in_isolation("import psutil", runtime_directory(), provided)
    assert "No module named 'psutil'" in ended.stderr


def test_the_contract_needs_the_standard_library_only() -> None:
    ended = import_in_isolation("import breakwater.contract", runtime_directory())
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    ("handler", "missing"),
    [
        ("health", contract.ENVIRONMENT_VARIABLE),
        ("health", contract.REQUESTS.variable),
        ("actions", contract.RECOVERY_PLANS.variable),  # read when somebody acts on a run
        ("workflows", contract.EXECUTION_HISTORY.variable),
    ],
)
def test_a_function_that_lacks_a_setting_refuses_to_start_and_says_which(
    handler: str, missing: str, provided: Path
) -> None:
    ended = import_in_isolation(
        f"import os; del os.environ[{missing!r}]\nimport breakwater.handlers.{handler}",
        runtime_directory(),
        provided,
    )
    assert f"{missing} is not set" in ended.stderr
