"""How every function of the API is made, and what those are told that reach servers or runs."""

from collections.abc import Mapping

import aws_cdk as cdk

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.function_family import FunctionFamily
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.runtime_function import RuntimeFunction
from stacks.breakwater_stack import BreakwaterStack
from stacks.environments import Environment

_HANDLERS = {"LiveTickets": "live", "BulkWork": "bulk_work"}
_ANSWERS_WITHIN = cdk.Duration.seconds(29)  # an HTTP API waits no longer


class FunctionMaker:
    """Makes functions in one stack, for its environment."""

    def __init__(self, stack: BreakwaterStack, environment: Environment) -> None:
        self.stack = stack
        self.environment = environment
        self._functions = FunctionFamily(
            stack,
            environment=stack.variables(environment),
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
        )

    def function(
        self,
        id: str,
        description: str,
        tables: list[DurableTable],
        variables: Mapping[str, str] | None = None,
        *,
        timeout: cdk.Duration = _ANSWERS_WITHIN,
    ) -> RuntimeFunction:
        """A function that knows its environment and these tables; it may do nothing yet."""
        told = dict(variables or {})
        for table in tables:
            told |= table.environment
        handler = _HANDLERS.get(id, id.lower())
        return self._functions.add(id, handler, description, timeout=timeout, variables=told)

    def accounts(self) -> dict[str, str]:
        """What a function is told that reaches servers, here and in other accounts."""
        return {
            contract.ACCOUNT_VARIABLE: self.stack.account,
            # An id that no role asks for, where no other account is to be reached.
            contract.TARGET_EXTERNAL_ID_VARIABLE: self.environment.target_external_id or "none",
        }

    def about_runs(self, engine: RecoveryEngine) -> dict[str, str]:
        """What a function is told that leads runs."""
        return {
            **self.accounts(),
            **engine.environment,
            contract.TIME_SCALE_VARIABLE: str(self.environment.time_scale),
        }
