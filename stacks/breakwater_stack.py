"""What the stacks of a deployment have in common: name, description, protection, tags."""

from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from breakwater import contract
from stacks.environments import Environment


class BreakwaterStack(cdk.Stack):
    """One part of a deployment. It names itself, so two environments can share an account."""

    part: ClassVar[str]
    holds: ClassVar[str]

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(
            scope,
            contract.stack_name(environment.name, self.part),
            env=cdk.Environment(account=environment.account, region=environment.region),
            description=f"Breakwater ({environment.name}): {self.holds}",
            termination_protection=environment.deletion_protection,
            # The embedded AWS enforces IAM and has no role that may publish assets.
            synthesizer=cdk.CliCredentialsStackSynthesizer() if environment.embedded else None,
        )
        cdk.Tags.of(self).add("breakwater:environment", environment.name)

    def variables(self, environment: Environment) -> dict[str, str]:
        """What every function is told: its environment, and where DRS is if not on AWS."""
        told = {contract.ENVIRONMENT_VARIABLE: environment.name}
        if environment.drs_endpoint_parameter:
            told["AWS_ENDPOINT_URL_DRS"] = ssm.StringParameter.value_for_string_parameter(
                self, environment.drs_endpoint_parameter
            )
        return told
