"""mypy reads of the CDK only what `pyproject.toml` lists; whatever is imported must be among it.

A module that is not read is `Any`: its calls would no longer be checked, and nothing would say so.
"""

import ast
import tomllib
from pathlib import Path

from tests.conftest import CHECKOUT

SOURCES = ("app.py", "stacks", "constructs", "tests", "local", "benchmarks")


def read_by_mypy() -> set[str]:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    [followed] = [
        one["module"]
        for one in settings["tool"]["mypy"]["overrides"]
        if one.get("follow_imports") == "normal"
    ]
    return set(followed)


def imported(source: str) -> set[str]:
    """Modules of the CDK that a file imports: classes of the package itself are in `aws_cdk`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aws_cdk":
            names = [one.name for one in node.names]
            module = str(node.module)
            found |= {module} if module != "aws_cdk" else {f"aws_cdk.{name}" for name in names}
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names if one.name.split(".")[0] == "aws_cdk"}
    return found


def files() -> list[Path]:
    return [
        path
        for source in SOURCES
        for path in (
            [CHECKOUT / source] if source.endswith(".py") else (CHECKOUT / source).rglob("*.py")
        )
    ]


def test_what_is_imported_of_the_cdk_is_read_by_mypy() -> None:
    known = read_by_mypy()
    not_read = {
        f"{path.relative_to(CHECKOUT)}: {module}"
        for path in files()
        for module in imported(path.read_text(encoding="utf-8"))
        if module not in known and module.rpartition(".")[2][0].islower()
    }
    assert not not_read, "list them in pyproject.toml, with aws_cdk.interfaces.… if it is there"


def test_the_test_sees_every_way_to_import() -> None:
    source = "import aws_cdk as cdk\nfrom aws_cdk import aws_kms as kms\nimport aws_cdk.aws_efs\n"
    assert imported(source) == {"aws_cdk", "aws_cdk.aws_kms", "aws_cdk.aws_efs"}
