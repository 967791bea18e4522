"""The pipelines: the same checks as here, actions pinned to a commit, no stored keys."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import CHECKOUT

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    for job in content["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
class TestEach:
    def test_an_action_is_pinned_to_a_commit(self, workflow: Path) -> None:
        for step in steps(workflow):
            if "uses" in step:
                assert re.fullmatch(r"[\w\-]+/[\w\-]+@[0-9a-f]{40}", step["uses"]), step["uses"]

    def test_a_command_exists(self, workflow: Path) -> None:
        makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
        for step in steps(workflow):
            for target in re.findall(r"\bmake ([a-z-]+)", step.get("run", "")):
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), target

    def test_no_key_is_stored(self, workflow: Path) -> None:
        text = workflow.read_text(encoding="utf-8")
        assert "secrets." not in text
        assert "aws-access-key-id" not in text

    def test_a_job_may_do_no_more_than_it_says(self, workflow: Path) -> None:
        content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        assert content["permissions"] == {"contents": "read"}
        for job in content["jobs"].values():
            assert job["timeout-minutes"] <= 90


def test_a_pull_request_runs_the_whole_proof_and_shows_the_difference() -> None:
    text = (CHECKOUT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    assert "make test" in text
    assert "make synth" in text
    assert "make diff ENV=dev" in text
    assert "gh pr comment" in text


def test_every_environment_on_aws_can_be_deployed_and_is_verified() -> None:
    path = CHECKOUT / ".github" / "workflows" / "deploy.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    inputs = content[True]["workflow_dispatch"]["inputs"]  # YAML reads `on` as a truth value
    assert inputs["environment"]["options"] == ["dev", "test", "prod"]
    commands = [step.get("run", "") for step in content["jobs"]["deploy"]["steps"]]
    assert commands[-2].startswith("make deploy ENV=")
    assert commands[-1].startswith("make verify ENV=")


def test_ci_runs_make_test() -> None:
    assert "exec make test" in (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
