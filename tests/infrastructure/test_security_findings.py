"""cdk-nag and cfn-lint, per environment; and every acknowledgement says why."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import cfnlint
import pytest
from aws_cdk import aws_s3 as s3
from cfnlint.api import ManualArgs

from app import build
from breakwater import contract
from breakwater_constructs.operations_api import OperationsApi
from stacks.environments import ENVIRONMENTS
from tests.conftest import CHECKOUT
from tests.infrastructure.synthesized import Synthesized

IGNORED_BY_CFN_LINT = [
    "W3005",  # CDK states dependencies that a reference implies already; harmless, and not ours
]


def test_cdk_nag_finds_nothing_that_is_not_explained(each: Synthesized) -> None:
    report = json.loads((each.directory / "validation-report.json").read_text(encoding="utf-8"))
    assert [p for p in report["pluginReports"] if p["pluginName"] == "AwsSolutions"] == []


def test_cdk_nag_is_awake(tmp_path: Path) -> None:
    """A bucket without access logs must make synthesis fail; else the test above proves nothing."""
    app = cdk.App(outdir=str(tmp_path))
    build(app, ENVIRONMENTS["prod"])
    s3.Bucket(cdk.Stack(app, "careless"), "Bucket")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def acknowledgements() -> Iterator[tuple[str, str, str]]:
    """(place, id, reason) of each acknowledgement in the infrastructure's code."""
    for folder in ("stacks", "constructs"):
        for path in (CHECKOUT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Acknowledgment"):
                    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
                    yield f"{path.name}:{node.lineno}", given["id"], given["reason"]


def test_every_acknowledgement_is_of_one_finding_and_explained() -> None:
    found = list(acknowledgements())
    assert found
    for place, finding, reason in found:
        assert "AwsSolutions-" in finding, place
        assert finding.count("*") == finding.count("[Resource::*]"), f"{place}: no patterns"
        passed_on = "reason"  # the public route's: its caller must explain, see below
        assert len(reason) > 40 or reason == passed_on, f"{place}: {reason} explains nothing"


def test_a_public_route_must_be_explained() -> None:
    api = OperationsApi(cdk.Stack(cdk.App(), "Stack"), "Api")
    with pytest.raises(ValueError, match="does not explain why /open is public"):
        api.add_public_route("/open", None, reason="because")  # type: ignore[arg-type]


@pytest.mark.thorough
@pytest.mark.parametrize("part", contract.STACKS)
# Between these two lie dev and test: values of the same settings.
@pytest.mark.parametrize("each", ["local", "prod"], indirect=True)
def test_cfn_lint_finds_nothing(part: str, each: Synthesized) -> None:
    found = cfnlint.lint(
        s=json.dumps(each.stacks[part]),
        config=ManualArgs(regions=["eu-west-1"], ignore_checks=IGNORED_BY_CFN_LINT),
    )
    assert [f"{match.rule.id} {match.path}: {match.message}" for match in found] == []
