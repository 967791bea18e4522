"""Every field that the code reads from AWS exists in the installed botocore model."""

from typing import Any

import botocore.session
import pytest

READ = [
    *(
        ("stepfunctions", "DescribeExecution", name)
        for name in (
            *("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate"),
            *("redriveCount", "redriveDate", "stateMachineVersionArn", "stateMachineAliasArn"),
            *("error", "cause", "input", "output"),
        )
    ),
    *(
        ("stepfunctions", "ListExecutions", f"executions.[].{name}")
        for name in (
            *("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate"),
            *("redriveCount", "redriveDate", "stateMachineVersionArn", "stateMachineAliasArn"),
        )
    ),
    ("stepfunctions", "ListExecutions", "nextToken"),
    ("stepfunctions", "ListStateMachines", "stateMachines.[].stateMachineArn"),
    ("stepfunctions", "ListStateMachines", "stateMachines.[].type"),
    ("stepfunctions", "ListStateMachines", "nextToken"),
    ("stepfunctions", "ListTagsForResource", "tags.[].key"),
    ("stepfunctions", "ListTagsForResource", "tags.[].value"),
    ("sqs", "ReceiveMessage", "Messages.[].MessageAttributes"),
    ("sqs", "ReceiveMessage", "Messages.[].ReceiptHandle"),
    ("sqs", "GetQueueAttributes", "Attributes"),
    ("lambda", "Invoke", "Payload"),
    ("events", "PutEvents", "Entries.[].ErrorCode"),
    ("dynamodb", "UpdateItem", "Attributes"),
    ("dynamodb", "DeleteItem", "Attributes"),
    ("dynamodb", "BatchWriteItem", "UnprocessedItems"),
    ("lambda", "Invoke", "FunctionError"),
    ("cloudformation", "DescribeStacks", "Stacks.[].Outputs.[].Description"),
    ("dynamodb", "DescribeTable", "Table.TableStatus"),
    ("dynamodb", "DescribeTable", "Table.SSEDescription.Status"),
    ("dynamodb", "DescribeTable", "Table.DeletionProtectionEnabled"),
    ("dynamodb", "DescribeTable", "Table.GlobalSecondaryIndexes.[].IndexName"),
    ("dynamodb", "DescribeTable", "Table.GlobalSecondaryIndexes.[].IndexStatus"),
    (
        "dynamodb",
        "DescribeContinuousBackups",
        "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
    ),
    ("cloudformation", "DescribeStacks", "Stacks.[].StackStatus"),
    ("cloudformation", "DescribeStacks", "Stacks.[].EnableTerminationProtection"),
    ("cloudformation", "DescribeStacks", "Stacks.[].Outputs.[].OutputKey"),
    ("cloudformation", "DescribeStacks", "Stacks.[].Outputs.[].OutputValue"),
    ("cloudformation", "ListStackResources", "StackResourceSummaries.[].ResourceType"),
    ("cloudformation", "ListStackResources", "StackResourceSummaries.[].LogicalResourceId"),
    ("cloudformation", "ListStackResources", "StackResourceSummaries.[].PhysicalResourceId"),
    ("lambda", "GetFunctionConfiguration", "State"),
    ("lambda", "GetFunctionConfiguration", "StateReason"),
    ("lambda", "GetFunctionConfiguration", "LastUpdateStatus"),
    ("lambda", "GetFunctionConfiguration", "LastUpdateStatusReason"),
    ("sns", "ListSubscriptionsByTopic", "Subscriptions.[].Endpoint"),
    ("sns", "ListSubscriptionsByTopic", "Subscriptions.[].SubscriptionArn"),
    ("cloudwatch", "DescribeAlarms", "MetricAlarms.[].StateValue"),
    ("cloudwatch", "DescribeAlarms", "MetricAlarms.[].StateReason"),
    ("stepfunctions", "DescribeExecution", "status"),
    ("stepfunctions", "DescribeExecution", "stateMachineArn"),
    ("stepfunctions", "DescribeExecution", "startDate"),
    ("stepfunctions", "DescribeExecution", "stopDate"),
    ("stepfunctions", "DescribeStateMachineForExecution", "definition"),
    ("stepfunctions", "DescribeStateMachineForExecution", "revisionId"),
    (
        "stepfunctions",
        "DescribeStateMachineForExecution",
        "loggingConfiguration.destinations.[].cloudWatchLogsLogGroup.logGroupArn",
    ),
    ("stepfunctions", "GetExecutionHistory", "nextToken"),
    ("stepfunctions", "GetExecutionHistory", "events.[].id"),
    ("stepfunctions", "GetExecutionHistory", "events.[].type"),
    ("stepfunctions", "GetExecutionHistory", "events.[].timestamp"),
    ("stepfunctions", "GetExecutionHistory", "events.[].previousEventId"),
    ("drs", "DescribeSourceServers", "items.[].sourceServerID"),
    ("drs", "DescribeSourceServers", "items.[].tags"),
    ("drs", "DescribeSourceServers", "items.[].recoveryInstanceId"),
    ("drs", "DescribeSourceServers", "items.[].lastLaunchResult"),
    ("drs", "DescribeSourceServers", "items.[].dataReplicationInfo.lagDuration"),
    ("drs", "DescribeSourceServers", "items.[].dataReplicationInfo.dataReplicationState"),
    ("drs", "DescribeSourceServers", "items.[].dataReplicationInfo.dataReplicationError.error"),
    ("drs", "DescribeSourceServers", "items.[].lifeCycle.lastSeenByServiceDateTime"),
    ("drs", "DescribeSourceServers", "items.[].lifeCycle.lastLaunch.status"),
    ("drs", "DescribeSourceServers", "items.[].lifeCycle.lastLaunch.initiated.apiCallDateTime"),
    ("drs", "DescribeSourceServers", "items.[].lifeCycle.lastLaunch.initiated.jobID"),
    ("drs", "DescribeSourceServers", "items.[].lifeCycle.lastLaunch.initiated.type"),
    ("drs", "DescribeSourceServers", "items.[].sourceProperties.identificationHints.hostname"),
    ("drs", "DescribeSourceServers", "items.[].sourceProperties.identificationHints.fqdn"),
    ("drs", "DescribeSourceServers", "items.[].sourceProperties.identificationHints.awsInstanceID"),
    ("drs", "DescribeSourceServers", "items.[].sourceCloudProperties.originAccountID"),
    ("drs", "DescribeSourceServers", "items.[].sourceCloudProperties.originRegion"),
    ("drs", "DescribeSourceServers", "items.[].replicationDirection"),
    ("drs", "DescribeSourceServers", "nextToken"),
    ("drs", "DescribeJobs", "items.[].status"),
    ("drs", "DescribeJobs", "items.[].jobID"),
    ("drs", "DescribeJobs", "items.[].participatingServers.[].sourceServerID"),
    ("drs", "DescribeJobs", "nextToken"),
    ("drs", "DescribeRecoverySnapshots", "items.[].timestamp"),
    ("drs", "DescribeRecoverySnapshots", "items.[].expectedTimestamp"),
    ("drs", "GetLaunchConfiguration", "ec2LaunchTemplateID"),
    ("drs", "ListRecoveryPlanExecutions", "recoveryPlanExecutions.[].recoveryPlanExecutionArn"),
    ("drs", "ListRecoveryPlanExecutions", "nextToken"),
    (
        "drs",
        "ListRecoveryPlanExecutionSteps",
        "recoveryPlanExecutionSteps.[].configuration.executionServerStepConfiguration.servers.[].serverArn",
    ),
    ("drs", "ListRecoveryPlanExecutionSteps", "nextToken"),
    ("ec2", "DescribeLaunchTemplateVersions", "LaunchTemplateVersions.[].LaunchTemplateId"),
    ("ec2", "DescribeLaunchTemplateVersions", "LaunchTemplateVersions.[].LaunchTemplateName"),
    (
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions.[].LaunchTemplateData.TagSpecifications.[].Tags.[].Value",
    ),
    (
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions.[].LaunchTemplateData.NetworkInterfaces.[].SubnetId",
    ),
    (
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions.[].LaunchTemplateData.NetworkInterfaces.[].Groups",
    ),
    (
        "ec2",
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions.[].LaunchTemplateData.SecurityGroupIds",
    ),
    ("ec2", "DescribeSubnets", "Subnets.[].SubnetId"),
    ("ec2", "DescribeSubnets", "Subnets.[].VpcId"),
    ("ec2", "DescribeSecurityGroups", "SecurityGroups.[].GroupId"),
    ("ec2", "DescribeInstances", "Reservations.[].Instances.[].InstanceId"),
    ("ec2", "DescribeInstances", "Reservations.[].Instances.[].VpcId"),
    ("sts", "AssumeRole", "Credentials.AccessKeyId"),
    ("sts", "AssumeRole", "Credentials.SecretAccessKey"),
    ("sts", "AssumeRole", "Credentials.SessionToken"),
    ("sts", "AssumeRole", "Credentials.Expiration"),
    ("sts", "GetCallerIdentity", "Arn"),
    ("sts", "GetCallerIdentity", "UserId"),
    ("ec2", "DescribeLaunchTemplateVersions", "NextToken"),
    ("ec2", "DescribeSubnets", "NextToken"),
    ("ec2", "DescribeSecurityGroups", "NextToken"),
    ("ec2", "DescribeInstances", "NextToken"),
]
KNOWN_VALUES = [
    ("dynamodb", "TableStatus", {"ACTIVE", "UPDATING", "CREATING", "DELETING"}),
    ("dynamodb", "TableStatus", {"ARCHIVING", "ARCHIVED", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"}),
    ("dynamodb", "IndexStatus", {"ACTIVE", "UPDATING", "CREATING", "DELETING"}),
    ("dynamodb", "PointInTimeRecoveryStatus", {"ENABLED"}),
    ("dynamodb", "SSEStatus", {"ENABLED", "UPDATING"}),
    ("lambda", "State", {"Active", "Inactive"}),
    ("lambda", "LastUpdateStatus", {"Failed"}),
    ("cloudwatch", "StateValue", {"ALARM", "OK"}),
    ("cloudformation", "StackStatus", {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}),
    ("cloudformation", "StackStatus", {"UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"}),
    ("stepfunctions", "ExecutionStatus", {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT"}),
    ("stepfunctions", "ExecutionStatus", {"ABORTED", "PENDING_REDRIVE"}),
    ("stepfunctions", "StateMachineType", {"EXPRESS", "STANDARD"}),
    ("drs", "DataReplicationState", {"CONTINUOUS", "CREATING_SNAPSHOT", "BACKLOG", "RESCAN"}),
    ("drs", "DataReplicationState", {"PAUSED", "STALLED", "INITIATING", "INITIAL_SYNC"}),
    ("drs", "DataReplicationState", {"STOPPED", "DISCONNECTED"}),
    ("drs", "JobStatus", {"COMPLETED"}),
    ("drs", "ReplicationDirection", {"FAILBACK"}),
    ("drs", "RecoverySnapshotsOrder", {"DESC"}),
    ("drs", "RecoveryPlanExecutionStatus", {"CREATED", "IN_PROGRESS", "CANCELLING"}),
]


@pytest.mark.parametrize(("service", "operation", "path"), READ)
def test_a_field_that_is_read_exists(service: str, operation: str, path: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    shape: Any = model.operation_model(operation).output_shape
    for step in path.split("."):
        shape = shape.member if step == "[]" else shape.members[step]


@pytest.mark.parametrize(("service", "shape", "values"), KNOWN_VALUES)
def test_a_value_that_is_compared_exists(service: str, shape: str, values: set[str]) -> None:
    model = botocore.session.get_session().get_service_model(service)
    known: Any = model.shape_for(shape)
    assert values <= set(known.enum)
