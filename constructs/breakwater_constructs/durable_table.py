"""What every table of Breakwater promises, whatever it holds."""

from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from breakwater.contract import TableShape


class DurableTable(Construct):
    """A DynamoDB table that outlives mistakes; the tables in the files beside this one extend it.

    On demand (idle costs nothing but storage), point-in-time recovery over 35 days, encrypted with
    KMS, protected against deletion and retained when its stack goes, unless told otherwise.

    A subclass names its keys (`shape`, from the shared contract), answers "what may I ask it?" in
    its docstring, and offers one `grant_*` per use. No grant includes Scan, and none reaches an
    index that its use does not read.
    """

    shape: ClassVar[TableShape]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        retain: bool = True,
        deletion_protection: bool = True,
    ) -> None:
        """
        :param retain: keep the table, with its data, when the stack is deleted or replaces it.
        :param deletion_protection: DynamoDB itself refuses to delete the table while this is on.
        """
        super().__init__(scope, id)
        # The child id "Default" gives the table the logical id of this wrapper: wrapping it
        # once more later does not replace it.
        self.table = dynamodb.Table(
            self,
            "Default",
            partition_key=_string(self.shape.partition),
            sort_key=_string(self.shape.sort) if self.shape.sort else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute=self.shape.expires,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if self.shape.stream else None,
            deletion_protection=deletion_protection,
            removal_policy=cdk.RemovalPolicy.RETAIN if retain else cdk.RemovalPolicy.DESTROY,
            resource_policy=self._resource_policy(),
        )
        for index in self.shape.indexes:
            self.table.add_global_secondary_index(
                index_name=index.name,
                partition_key=_string(index.partition),
                sort_key=_string(index.sort) if index.sort else None,
                projection_type=dynamodb.ProjectionType[index.projection],
            )

    def _resource_policy(self) -> iam.PolicyDocument | None:
        """What the table itself refuses, whatever a role allows; nothing by default."""
        return None

    @property
    def label(self) -> str:
        """What people call it: its id, or that of the construct that it is the heart of."""
        if self.node.id == "Default" and self.node.scope is not None:
            return self.node.scope.node.id
        return self.node.id

    @property
    def environment(self) -> dict[str, str]:
        """The variable by which a function finds this table: merge it into its environment."""
        return {self.shape.variable: self.table.table_name}

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """May ask whether the table and its indexes are ready; sees no item."""
        return self._grant(grantee, "DescribeTable")

    def metric_throttled_reads(self, index: str | None = None) -> cloudwatch.Metric:
        """Reads that DynamoDB refused, per five minutes: on demand, that means a hot key.

        :param index: of this index; default: of the table. What an index refuses is not counted
            for its table.
        """
        return self._metric("ReadThrottleEvents", index)

    def metric_throttled_writes(self, index: str | None = None) -> cloudwatch.Metric:
        """Writes that DynamoDB refused, per five minutes; `index` as for reads."""
        return self._metric("WriteThrottleEvents", index)

    def _metric(self, name: str, index: str | None) -> cloudwatch.Metric:
        of_index = {"GlobalSecondaryIndexName": index} if index else {}
        return cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name=name,
            dimensions_map={"TableName": self.table.table_name, **of_index},
            statistic="Sum",
            period=cdk.Duration.minutes(5),
        )

    def _grant(self, grantee: iam.IGrantable, *actions: str, index: str | None = None) -> iam.Grant:
        """Allow exactly these actions on the table, or on one of its indexes.

        Not `table.grant_*`: those add every index and, for writes, actions nobody calls.
        """
        arn = self.table.table_arn
        if index is not None:
            if index not in {known.name for known in self.shape.indexes}:
                raise ValueError(f"{type(self).__name__} has no index {index!r}")
            arn = f"{arn}/index/{index}"
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"dynamodb:{action}" for action in actions],
            resource_arns=[arn],
        )

    def _grant_query_indexes(self, grantee: iam.IGrantable) -> iam.Grant:
        """Query each index of this table, named one by one: an index added later is not in it."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:Query"],
            resource_arns=[
                f"{self.table.table_arn}/index/{index.name}" for index in self.shape.indexes
            ],
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
