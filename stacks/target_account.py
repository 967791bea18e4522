"""One command deploys the role into another account: `make target-role`.

An app of its own, because it goes to another account than everything else:
    cdk deploy --app "python3 -m stacks.target_account" -c environment=prod -c control=<account>
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runtime"))

import re

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from breakwater import contract
from breakwater_constructs.target_account_role import TargetAccountRole
from stacks.environments import UnknownEnvironment, environment_named


def build(app: cdk.App, name: str | None, control: str) -> None:
    """The stack with the role; ValueError says what is missing.

    :param name: of the environment. `control`: the account that it is deployed to.
    """
    environment = environment_named(name)
    if not re.fullmatch(r"[0-9]{12}", control):
        raise ValueError(
            f"control is {control!r}; give the twelve digits of the account that Breakwater runs "
            "in: make target-role ENV=... CONTROL=111122223333"
        )
    if not environment.target_external_id:
        raise ValueError(
            f"Environment {environment.name!r} has no target_external_id. Choose one (uuidgen) and "
            "put it into stacks/environments.py: both sides must know it."
        )
    stack = cdk.Stack(
        app,
        contract.stack_name(environment.name, "target"),
        description=f"Breakwater ({environment.name}): reached from account {control}",
        synthesizer=cdk.CliCredentialsStackSynthesizer() if environment.embedded else None,
    )
    TargetAccountRole(
        stack,
        "TargetAccountRole",
        environment_name=environment.name,
        control_account=control,
        external_id=environment.target_external_id,
        organization_id=environment.organization_id,
        embedded=environment.embedded,
    )
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))


def main() -> None:
    """Synthesize."""
    app = cdk.App()
    try:
        context = app.node.try_get_context
        build(app, context("environment"), str(context("control") or ""))
    except (UnknownEnvironment, ValueError) as problem:
        sys.exit(f"breakwater: {problem}")
    app.synth()


if __name__ == "__main__":
    main()
