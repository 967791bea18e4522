"""Steps of a state machine that logs, told as they are logged."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from constructs import Construct

from breakwater_constructs.live_api import LiveApi
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction


class LiveSteps(Construct):
    """Pushes what a state machine logs to whoever watches one of its executions.

        LiveSteps(self, "LiveSteps", live=live, requests=requests, log_group=orders_log)

    The state machine logs with level ALL; payloads are not needed (`includeExecutionData` may be
    off), and leave the log in no case. Nothing is polled: of each watched execution its history is
    read once, for what happened before. What nobody watches costs a function call per push. A push
    that cannot be told is tried three times, and then laid aside with those of `live`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        live: LiveApi,
        requests: RequestsTable,
        log_group: logs.ILogGroup,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param live: whose clients are told.
        :param requests: where the budget of calls to Step Functions is kept.
        :param log_group: that the state machine logs to.
        :param log_retention: how long the logs of the function are kept. `retain_logs` keeps the
            log group when the stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        self.pushed = RuntimeFunction(
            self,
            "Pushed",
            handler="live_logs",
            description="Takes what a state machine logs",
            environment={
                **live.table.environment,
                **requests.environment,
                **live.telling,
                **live.laying_aside,
            },
            timeout=cdk.Duration.seconds(30),
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        live.grant_tell(self.pushed)
        requests.grant_take_tokens(self.pushed)
        iam.Grant.add_to_principal(
            grantee=self.pushed,
            actions=["states:GetExecutionHistory"],
            resource_arns=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": cdk.Aws.REGION}},
        )
        cdk.Validations.of(self.pushed).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="Which state machine logs there, its log group does not say; histories are "
                "read without payloads, in this Region only.",
            )
        )
        # Plain: CDK's own destination also grants what nobody calls.
        lambda_.CfnEventInvokeConfig(
            self,
            "Again",
            function_name=self.pushed.function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=2,
            destination_config={"onFailure": {"destination": live.dead_letters.queue_arn}},
        ).node.add_dependency(self.pushed.role)  # Lambda looks at once whether the role may send
        logs.SubscriptionFilter(
            self,
            "Push",
            log_group=log_group,
            destination=destinations.LambdaDestination(self.pushed.function),
            filter_pattern=logs.FilterPattern.all_events(),
        )
