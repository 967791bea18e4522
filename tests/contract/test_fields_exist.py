"""Every field that the code reads from AWS exists in the installed botocore model."""

from typing import Any

import botocore.session
import pytest

READ = [
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
