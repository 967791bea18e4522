"""Which operations of DRS are simulated; the others answer that they are not."""

LISTS = (
    "DescribeJobLogItems",
    "DescribeJobs",
    "DescribeRecoveryInstances",
    "DescribeRecoverySnapshots",
    "DescribeSourceServers",
    "ListExtensibleSourceServers",
    "ListRecoveryPlanExecutionSteps",
    "ListRecoveryPlanExecutions",
)

SUPPORTED = (
    "CreateExtendedSourceServer",
    "DeleteRecoveryInstance",
    *LISTS,
    "DisconnectRecoveryInstance",
    "GetLaunchConfiguration",
    "GetRecoveryPlanExecution",
    "InitializeService",
    "ListTagsForResource",
    "ReverseReplication",
    "StartFailbackLaunch",
    "StartRecovery",
    "StopFailback",
    "TagResource",
    "TerminateRecoveryInstances",
    "UntagResource",
    "UpdateLaunchConfiguration",
)

NAMING_SERVERS = (
    "CreateExtendedSourceServer",
    "DeleteRecoveryInstance",
    "DescribeRecoveryInstances",
    "DescribeRecoverySnapshots",
    "DescribeSourceServers",
    "DisconnectRecoveryInstance",
    "GetLaunchConfiguration",
    "ListTagsForResource",
    "ReverseReplication",
    "StartFailbackLaunch",
    "StartRecovery",
    "StopFailback",
    "TagResource",
    "TerminateRecoveryInstances",
    "UntagResource",
    "UpdateLaunchConfiguration",
)
"""Those whose requests may name source servers, or recovery instances of them."""
