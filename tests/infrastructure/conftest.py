"""Every environment, synthesized once per session."""

import tempfile
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import build
from stacks.environments import ENVIRONMENTS
from tests.infrastructure.synthesized import Synthesized


@pytest.fixture(scope="session")
def synthesized() -> dict[str, Synthesized]:
    """Environment name → what it synthesizes to. Fails if cdk-nag finds anything unexplained."""
    made = {}
    for environment in ENVIRONMENTS.values():
        directory = tempfile.mkdtemp(prefix=f"breakwater-{environment.name}-")
        app = cdk.App(outdir=directory)
        build(app, environment)
        assembly = app.synth()
        made[environment.name] = Synthesized(
            directory=Path(directory),
            stacks={
                stack.stack_name.removeprefix(f"breakwater-{environment.name}-"): stack.template
                for stack in assembly.stacks
            },
        )
    return made


@pytest.fixture(params=list(ENVIRONMENTS))
def each(request: pytest.FixtureRequest, synthesized: dict[str, Synthesized]) -> Synthesized:
    """One environment after the other."""
    return synthesized[request.param]


@pytest.fixture
def prod(synthesized: dict[str, Synthesized]) -> Synthesized:
    return synthesized["prod"]


@pytest.fixture
def local(synthesized: dict[str, Synthesized]) -> Synthesized:
    return synthesized["local"]
