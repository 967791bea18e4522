"""The api stack: how people and programs reach Breakwater."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.operations_api import OperationsApi
from breakwater_constructs.runtime_function import RuntimeFunction
from stacks.breakwater_stack import BreakwaterStack
from stacks.environments import Environment


class ApiStack(BreakwaterStack):
    """The HTTP API, with the function that tells whether Breakwater is well."""

    part = "api"
    holds = "the operations API"

    def __init__(
        self, scope: Construct, environment: Environment, *, tables: Sequence[DurableTable]
    ) -> None:
        super().__init__(scope, environment)
        self.api = OperationsApi(
            self,
            "Operations",
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
        )
        self.health = self._health_function(environment, tables)
        self.api.add_public_route(
            contract.HEALTH_PATH,
            self.health,
            reason="Load balancers, `make verify` and people whose sign-in is down ask it. It "
            "names the parts and whether each is ready, and nothing else.",
        )
        cdk.CfnOutput(
            self,
            contract.API_URL_OUTPUT,
            value=self.api.url,
            description="Where the operations API answers",
        )

    def _health_function(
        self, environment: Environment, tables: Sequence[DurableTable]
    ) -> RuntimeFunction:
        variables = self.variables(environment)
        for table in tables:
            variables |= table.environment
        health = RuntimeFunction(
            self,
            "Health",
            handler="health",
            description="GET /health: is every part of Breakwater ready?",
            environment=variables,
            timeout=cdk.Duration.seconds(15),
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
        )
        for table in tables:
            table.grant_describe(health)
        return health
