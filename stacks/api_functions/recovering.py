"""Functions of disaster recovery: plans and what is in them, and runs of plans."""

from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.runtime_function import RuntimeFunction
from breakwater_constructs.target_account_role import (
    grant_look_at_servers,
    grant_reach_accounts,
    grant_reads,
)
from stacks.api_functions.function_maker import FunctionMaker
from stacks.data import DataStack


def plans(made: FunctionMaker, data: DataStack) -> RuntimeFunction:
    """What would be recovered, and how."""
    tables = [
        *(data.protection_groups, data.recovery_plans, data.audit_trail),
        *(data.server_leases, data.requests),
    ]
    function = made.function(
        "Plans",
        "Protection groups, recovery plans and source servers",
        tables,
        made.accounts(),
    )
    for grant in (
        *(data.protection_groups.grant_read, data.protection_groups.grant_edit),
        *(data.recovery_plans.grant_read, data.recovery_plans.grant_edit),
        *(data.audit_trail.grant_append, data.requests.grant_remember),
        data.server_leases.grant_read,
    ):
        grant(function)
    grant_look_at_servers(function, made.environment.name)
    return function


def executions(made: FunctionMaker, data: DataStack, engine: RecoveryEngine) -> RuntimeFunction:
    """Runs of plans: begun, followed, led."""
    function = made.function(
        "Executions",
        "Recovery runs: start, follow, pause, resume, cancel, retry, clean up",
        tables_of_runs(data),
        made.about_runs(engine),
    )
    for grant in (
        *(data.execution_history.grant_read, data.execution_history.grant_record),
        *(data.recovery_plans.grant_read_known, data.protection_groups.grant_read_known),
        *(data.server_leases.grant_read, data.requests.grant_remember),
        *(data.audit_trail.grant_append, data.audit_trail.grant_read_subject),
    ):
        grant(function)
    # DRS looks at the instances in EC2 in the name of whoever asks it.
    looks = ["drs:DescribeRecoveryInstances", "drs:DescribeSourceServers"]
    grant_reads(function, [*looks, "ec2:DescribeInstances"])
    let_lead_runs(made, function, engine)
    return function


def let_lead_runs(made: FunctionMaker, function: RuntimeFunction, engine: RecoveryEngine) -> None:
    """May begin runs, and answer those that wait."""
    grant_reach_accounts(function, made.environment.name)
    engine.state_machine.grant_start(function)
    engine.state_machine.grant_answer(function)


def tables_of_runs(data: DataStack) -> list[DurableTable]:
    """What is read and written where runs are led."""
    return [
        *(data.execution_history, data.recovery_plans, data.protection_groups),
        *(data.server_leases, data.audit_trail, data.requests),
    ]
