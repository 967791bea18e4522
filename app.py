"""The entry: which environment, which stacks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "constructs"))
sys.path.insert(0, str(Path(__file__).resolve().parent / "runtime"))

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from stacks.api import ApiStack
from stacks.data import DataStack
from stacks.environments import Environment, UnknownEnvironment, environment_named
from stacks.index import IndexStack
from stacks.recovery import RecoveryStack


def build(app: cdk.App, environment: Environment) -> None:
    """Put the stacks of one environment into the app."""
    data = DataStack(app, environment)
    index = IndexStack(app, environment, data=data)
    recovery = RecoveryStack(
        app,
        environment,
        data=data,
        tables=[*data.tables, *index.tables],
        index=index.execution_index,
        rollups=index.execution_rollups,
        rollups_table=index.rollups,
        custom_workflows=index.custom_workflows,
        bulk_queue=index.bulk_queue,
    )
    ApiStack(
        app,
        environment,
        data=data,
        index=index,
        engine=recovery.engine,
        notifications=recovery.notifications,
    )
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))


def main() -> None:
    """Synthesize the environment that the context names (`-c environment=...`)."""
    app = cdk.App()
    try:
        environment = environment_named(app.node.try_get_context("environment"))
    except UnknownEnvironment as problem:
        sys.exit(f"breakwater: {problem}")
    build(app, environment)
    app.synth()


if __name__ == "__main__":
    main()
