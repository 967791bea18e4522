"""Which operations of DRS are simulated; the others answer that they are not."""

LISTS = (
    "DescribeJobLogItems",
    "DescribeJobs",
    "DescribeRecoveryInstances",
    "DescribeRecoverySnapshots",
    "DescribeSourceServers",
    "ListExtensibleSourceServers",
)

SUPPORTED = (
    "CreateExtendedSourceServer",
    "DeleteRecoveryInstance",
    *LISTS,
    "DisconnectRecoveryInstance",
    "GetLaunchConfiguration",
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
