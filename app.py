"""The entry: which environment, which stacks."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "constructs"))
sys.path.insert(0, str(ROOT / "runtime"))

import aws_cdk as cdk
from breakwater import contract
from cdk_nag import AwsSolutionsChecks

from stacks.api import ApiStack
from stacks.data import DataStack
from stacks.environments import Environment, UnknownEnvironment, environment_named
from stacks.index import IndexStack
from stacks.recovery import RecoveryStack


def build(app: cdk.App, environment: Environment) -> None:
    """Put the stacks of one environment into the app."""
    data_part, index_part, recovery_part, api_part = contract.STACKS

    def settings(part: str, holds: str) -> dict[str, object]:
        return {
            "id": contract.stack_name(environment.name, part),
            "description": f"Breakwater ({environment.name}): {holds}",
            "environment": environment,
            "termination_protection": environment.deletion_protection,
            # The embedded AWS enforces IAM, and it has no role that may publish assets.
            "synthesizer": cdk.CliCredentialsStackSynthesizer() if environment.embedded else None,
        }

    data = DataStack(app, **settings(data_part, "tables of recovery and audit"))
    index = IndexStack(app, **settings(index_part, "every Step Functions execution"))
    tables = [*data.tables, *index.tables]
    RecoveryStack(app, tables=tables, **settings(recovery_part, "notifications and alarms"))
    ApiStack(app, tables=tables, **settings(api_part, "the operations API"))

    cdk.Tags.of(app).add("breakwater:environment", environment.name)
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
