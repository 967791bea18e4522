"""Functions that only show: nothing of what they show can be changed through them."""

import aws_cdk as cdk

from breakwater import contract
from breakwater_constructs.execution_reading import (
    grant_read_all_executions,
    grant_read_executions,
    grant_read_function_logs,
)
from breakwater_constructs.live_api import LiveApi
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.resource_patterns import explain_pattern
from breakwater_constructs.runtime_function import RuntimeFunction
from stacks.api_functions.function_maker import FunctionMaker
from stacks.data import DataStack
from stacks.index import IndexStack

# What CDK calls the ARN of the engine's state machine where it leaves its stack.
_MACHINE_EXPORT = "ExportsOutputRefEngineStateMachine018B9F51D795DDDF"


def audit(made: FunctionMaker, data: DataStack) -> RuntimeFunction:
    """Who did what."""
    function = made.function("Audit", "Reads the audit trail", [data.audit_trail, data.requests])
    data.audit_trail.grant_read(function)
    data.requests.grant_take_tokens(function)
    return function


def timeline(made: FunctionMaker, data: DataStack, engine: RecoveryEngine) -> RuntimeFunction:
    """What happened in one run."""
    tables = [data.execution_history, data.requests]
    function = made.function(
        "Timeline",
        "What happened in the Step Functions execution of a run",
        tables,
        engine.environment,
    )
    data.execution_history.grant_read_item(function)
    data.requests.grant_take_tokens(function)
    grant_read_executions(function, engine.state_machine.machine)
    # As cdk-nag writes a name that another stack exports.
    name = f"{cdk.Stack.of(engine).stack_name}:{_MACHINE_EXPORT}"
    machine = f'{{"Fn::Select":[6,{{"Fn::Split":[":",{{"Fn::ImportValue":"{name}"}}]}}]}}'
    explain_pattern(
        function,
        "states",
        f"execution:{machine}:*",
        "Executions are known when they run: those of this state machine, no other.",
    )
    return function


def workflows(
    made: FunctionMaker, data: DataStack, index: IndexStack, engine: RecoveryEngine
) -> RuntimeFunction:
    """Every workflow, whatever runs it."""
    tables = [
        *(data.execution_history, data.requests),
        *(index.execution_index.table, index.rollups),
    ]
    function = made.function(
        "Workflows", "Every workflow, whatever runs it", tables, engine.environment
    )
    for grant in (
        *(data.execution_history.grant_list, data.requests.grant_take_tokens),
        *(index.execution_index.grant_query, index.rollups.grant_read),
    ):
        grant(function)
    grant_read_all_executions(function, made.stack)
    grant_read_function_logs(function, made.stack)
    for service, resources in {
        "states": "execution:*",
        "logs": "log-group:/aws/lambda/*",
        "lambda": "function:*",
    }.items():
        explain_pattern(
            function,
            service,
            resources,
            "The view is of every state machine of the account, those of tomorrow included, and "
            "of the functions that they call; it only looks.",
        )
    return function


def analytics(made: FunctionMaker, data: DataStack, index: IndexStack) -> RuntimeFunction:
    """What all of them come to."""
    function = made.function(
        "Analytics",
        "What all workflows of a period come to",
        [index.rollups, data.requests],
    )
    index.rollups.grant_read(function)
    data.requests.grant_take_tokens(function)
    return function


def live_tickets(
    made: FunctionMaker, data: DataStack, live: LiveApi, live_url: str
) -> RuntimeFunction:
    """
    :param live_url: where people connect.
    """
    function = made.function(
        "LiveTickets",
        "Lets people connect to live updates",
        [live.table, data.requests],
        {contract.LIVE_URL_VARIABLE: live_url},
    )
    live.table.grant_give_tickets(function)
    data.requests.grant_take_tokens(function)
    return function
