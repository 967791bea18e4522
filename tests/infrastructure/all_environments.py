"""Synthesizes every environment. A module of its own: the CDK takes seconds to load."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk

from app import build
from stacks.environments import ENVIRONMENTS
from tests.infrastructure.synthesized import Synthesized


def all_environments(directory_for: Callable[[str], Path]) -> dict[str, Synthesized]:
    """Environment name → what it synthesizes to. Fails if cdk-nag finds anything unexplained."""
    made = {}
    for environment in ENVIRONMENTS.values():
        directory = directory_for(environment.name)
        app = cdk.App(outdir=str(directory))
        build(app, environment)
        made[environment.name] = Synthesized(
            directory=directory,
            stacks={
                stack.stack_name.removeprefix(f"breakwater-{environment.name}-"): stack.template
                for stack in app.synth().stacks
            },
        )
    return made
