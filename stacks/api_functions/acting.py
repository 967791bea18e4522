"""Functions that act on workflows, one by one or many at once.

Apart from those that show workflows, which may change nothing.
"""

from breakwater_constructs.bulk_queue import WORKER_LIVES
from breakwater_constructs.execution_acting import grant_act_on_executions, grant_call_gates
from breakwater_constructs.execution_reading import grant_read_all_executions
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.resource_patterns import explain_pattern
from breakwater_constructs.runtime_function import RuntimeFunction
from breakwater_constructs.target_account_role import grant_reads
from stacks.api_functions.function_maker import FunctionMaker
from stacks.api_functions.recovering import let_lead_runs, tables_of_runs
from stacks.data import DataStack
from stacks.index import IndexStack


def actions(
    made: FunctionMaker, data: DataStack, index: IndexStack, engine: RecoveryEngine
) -> RuntimeFunction:
    """What people do with one workflow."""
    function = made.function(
        "Actions",
        "What people do with workflows: pause, resume, cancel, retry, clone",
        [*tables_of_runs(data), index.execution_index.table],
        {**made.about_runs(engine), **index.bulk_queue.environment},
    )
    data.requests.grant_remember(function)
    index.bulk_queue.grant_wake(function)  # later: was what a cancel leaves undone?
    _let_act(made, function, data, index, engine)
    grant_call_gates(function, made.stack)
    explain_pattern(
        function,
        "lambda",
        "function:*",
        "Functions of gates have a tag of their own, also those of tomorrow.",
    )
    return function


def bulk(
    made: FunctionMaker, data: DataStack, index: IndexStack, engine: RecoveryEngine
) -> RuntimeFunction:
    """Asks for what is done to many, and tells how far it is; the work is a worker's."""
    _bulk_worker(made, data, index, engine)
    tables = [
        *(data.bulks, data.execution_history, data.requests, data.audit_trail),
        *(index.execution_index.table, index.rollups),
    ]
    function = made.function(
        "Bulk",
        "Bulk cancel and retry: preview, start, follow, stop",
        tables,
        {**engine.environment, **index.bulk_queue.environment},
    )
    for grant in (
        *(data.bulks.grant_preview, data.execution_history.grant_list_by_status),
        *(data.requests.grant_remember, data.audit_trail.grant_append),
        *(index.execution_index.table.grant_list, index.rollups.grant_read),
        index.bulk_queue.grant_wake,
    ):
        grant(function)
    return function


def _bulk_worker(
    made: FunctionMaker, data: DataStack, index: IndexStack, engine: RecoveryEngine
) -> None:
    worker = made.function(
        "BulkWork",
        "Acts on the workflows of a bulk, one after the other",
        [*tables_of_runs(data), index.execution_index.table, data.bulks],
        {**made.about_runs(engine), **index.bulk_queue.environment},
        timeout=WORKER_LIVES,
    )
    data.bulks.grant_work(worker)
    index.execution_index.table.grant_find_notes(worker)
    data.requests.grant_take_tokens(worker)
    _let_act(made, worker, data, index, engine)
    index.bulk_queue.bring_to(worker)


def _let_act(
    made: FunctionMaker,
    function: RuntimeFunction,
    data: DataStack,
    index: IndexStack,
    engine: RecoveryEngine,
) -> None:
    """On runs of plans, and on executions whose machines allow it."""
    for grant in (
        *(data.execution_history.grant_read_item, data.execution_history.grant_read_run),
        *(data.execution_history.grant_record, data.server_leases.grant_read),
        *(data.audit_trail.grant_append, index.execution_index.table.grant_note),
    ):
        grant(function)
    grant_reads(function, ["drs:DescribeSourceServers"])
    grant_read_all_executions(function, made.stack)
    grant_act_on_executions(function, made.stack, embedded=made.environment.embedded)
    let_lead_runs(made, function, engine)
    for resources in ("execution:*", "stateMachine:*"):
        explain_pattern(
            function,
            "states",
            resources,
            "Which state machines may be acted on, their owners say by a tag, also of those of "
            "tomorrow: IAM looks at it where something is started, the code before everything.",
        )
