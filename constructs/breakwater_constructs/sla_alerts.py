"""The sweep of deadlines: who is told that a workflow takes too long."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater import contract
from breakwater_constructs.alarm_at_one import alarm_at_one
from breakwater_constructs.execution_index_table import ExecutionIndexTable
from breakwater_constructs.execution_reading import grant_look_at_any
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.rollups_table import RollupsTable
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction


class SlaAlerts(Construct):
    """Tells the message topic, each once, that a workflow has used 90 % of its target, that it
    missed it, and that it is in a state for longer than nineteen of twenty visits take.

    A sweep comes every minute; what it finds is on the row of the index as well (`slaWarnedAt`,
    `slaBreachedAt`, `slowState`), so that whoever reads the table's stream hears of it. Recovery
    runs are told of by the engine.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        environment_name: str,
        index: ExecutionIndexTable,
        rollups: RollupsTable,
        requests: RequestsTable,
        notifications: Notifications,
        variables: Mapping[str, str],
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param environment_name: of the deployment: said in each message.
        :param index: what is open, in the order of what is due. `rollups`: what is usual for a
            state machine. `requests`: where the budget of calls to Step Functions is kept.
        :param notifications: whose message topic is told.
        :param variables: more for the function: which state machine runs recoveries.
        :param log_retention: how long logs are kept. `retain_logs` keeps them when the stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        self.sweep = RuntimeFunction(
            self,
            "Sweep",
            handler="sla_alerts",
            description="Tells of workflows that come near their targets, miss them, or hang",
            environment={
                **index.environment,
                **rollups.environment,
                **requests.environment,
                **variables,
                contract.ENVIRONMENT_VARIABLE: environment_name,
                contract.MESSAGES_TOPIC_VARIABLE: notifications.messages.topic_arn,
            },
            timeout=cdk.Duration.minutes(1),  # and the next begins
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        index.grant_watch(self.sweep)
        rollups.grant_read(self.sweep)
        requests.grant_take_tokens(self.sweep)
        notifications.grant_tell(self.sweep)
        grant_look_at_any(
            self.sweep,
            ("DescribeExecution", "GetExecutionHistory"),
            "Targets are of every state machine of the account, those of tomorrow included; "
            "histories are read without payloads, in this Region only.",
        )
        self._grant_link(environment_name)
        events.Rule(
            self,
            "EveryMinute",
            description="Breakwater looks which workflows take too long",
            schedule=events.Schedule.rate(cdk.Duration.minutes(1)),
            # The next minute is the retry.
            targets=[targets.LambdaFunction(self.sweep.function, retry_attempts=0)],
        )
        self.sweep.function.configure_async_invoke(
            retry_attempts=0, max_event_age=cdk.Duration.minutes(1)
        )

    def metric_errors(self) -> cloudwatch.Metric:
        """Sweeps that could not tell everything, per five minutes."""
        return self.sweep.metric_errors()

    def alarm(self) -> cloudwatch.Alarm:
        """On sweeps that fail. It tells nobody by itself."""
        return alarm_at_one(
            self,
            "Fails",
            self.metric_errors(),
            "Workflows take too long, and people could not be told. See docs/operations.md, "
            "targets of workflows.",
        )

    def _grant_link(self, environment_name: str) -> None:
        here = f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        iam.Grant.add_to_principal(
            grantee=self.sweep,
            actions=["ssm:GetParameter"],
            resource_arns=[f"{here}:parameter{contract.portal_url_parameter(environment_name)}"],
        )
