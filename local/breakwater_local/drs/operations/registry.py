"""Which function does which operation."""

from collections.abc import Callable
from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.operations.describing import (
    describe_job_log_items,
    describe_jobs,
    describe_recovery_instances,
    describe_recovery_snapshots,
    describe_source_servers,
)
from breakwater_local.drs.operations.extension import (
    create_extended_source_server,
    list_extensible_source_servers,
)
from breakwater_local.drs.operations.failback import (
    delete_recovery_instance,
    disconnect_recovery_instance,
    reverse_replication,
    start_failback_launch,
    stop_failback,
)
from breakwater_local.drs.operations.initialization import initialize_service
from breakwater_local.drs.operations.launch_configuration import (
    get_launch_configuration,
    update_launch_configuration,
)
from breakwater_local.drs.operations.native_plans import (
    get_recovery_plan_execution,
    list_recovery_plan_execution_steps,
    list_recovery_plan_executions,
)
from breakwater_local.drs.operations.recovery import start_recovery, terminate_recovery_instances
from breakwater_local.drs.operations.tags import (
    list_tags_for_resource,
    tag_resource,
    untag_resource,
)

OPERATIONS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "CreateExtendedSourceServer": create_extended_source_server,
    "DeleteRecoveryInstance": delete_recovery_instance,
    "DescribeJobLogItems": describe_job_log_items,
    "DescribeJobs": describe_jobs,
    "DescribeRecoveryInstances": describe_recovery_instances,
    "DescribeRecoverySnapshots": describe_recovery_snapshots,
    "DescribeSourceServers": describe_source_servers,
    "DisconnectRecoveryInstance": disconnect_recovery_instance,
    "GetLaunchConfiguration": get_launch_configuration,
    "GetRecoveryPlanExecution": get_recovery_plan_execution,
    "InitializeService": initialize_service,
    "ListExtensibleSourceServers": list_extensible_source_servers,
    "ListRecoveryPlanExecutionSteps": list_recovery_plan_execution_steps,
    "ListRecoveryPlanExecutions": list_recovery_plan_executions,
    "ListTagsForResource": list_tags_for_resource,
    "ReverseReplication": reverse_replication,
    "StartFailbackLaunch": start_failback_launch,
    "StartRecovery": start_recovery,
    "StopFailback": stop_failback,
    "TagResource": tag_resource,
    "TerminateRecoveryInstances": terminate_recovery_instances,
    "UntagResource": untag_resource,
    "UpdateLaunchConfiguration": update_launch_configuration,
}
