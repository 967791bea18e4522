"""A Lambda function of Breakwater, with a role that can do nothing yet."""

from collections.abc import Mapping

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from breakwater_constructs.runtime_code import runtime_code

# AWS publishes the layer's ARN for each Region under this name, so synthesis asks nobody and no
# layer number stands in the code. The version is the one in requirements.txt.
POWERTOOLS_VERSION = "3.37.0"
POWERTOOLS_LAYER_PARAMETER = f"/aws/service/powertools/python/arm64/python3.14/{POWERTOOLS_VERSION}"


@jsii.implements(iam.IGrantable)
class RuntimeFunction(Construct):
    """One handler of `runtime/breakwater/handlers/` as a function.

    Python 3.14 on arm64 with the Powertools layer, JSON logs in a log group of its own, X-Ray
    tracing. Its role may write those logs and traces and nothing else: give it what its code calls
    with the `grant_*` of what it uses.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        description: str,
        environment: Mapping[str, str] | None = None,
        timeout: cdk.Duration | None = None,
        memory_mib: int = 512,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param handler: the module below `breakwater.handlers`; its function is called `handler`.
        :param description: one sentence for whoever meets the function in the console.
        :param timeout: default: 30 seconds.
        :param memory_mib: also decides how much processor the function gets.
        :param log_retention: how long its logs are kept. `retain_logs` keeps the log group when
            the stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=log_retention,
            removal_policy=(cdk.RemovalPolicy.RETAIN if retain_logs else cdk.RemovalPolicy.DESTROY),
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {handler} may do",
        )
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            code=runtime_code(),
            handler=f"breakwater.handlers.{handler}.handler",
            role=self.role,
            layers=[self._powertools(powertools_layer_parameter)],
            environment={
                "POWERTOOLS_SERVICE_NAME": handler,
                "AWS_SDK_UA_APP_ID": handler,
                **(environment or {}),
            },
            timeout=timeout or cdk.Duration.seconds(30),
            memory_size=memory_mib,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
        )
        cdk.Validations.of(self.role).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="X-Ray knows no resources: PutTraceSegments and PutTelemetryRecords can "
                "only be allowed on *.",
            )
        )

    def _powertools(self, parameter: str) -> lambda_.ILayerVersion:
        arn = ssm.StringParameter.value_for_string_parameter(self, parameter)
        return lambda_.LayerVersion.from_layer_version_arn(self, "Powertools", arn)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Whom a `grant_*` is given to."""
        return self.function.grant_principal

    def metric_errors(self) -> cloudwatch.Metric:
        """Invocations that ended in an exception, per five minutes."""
        return self.function.metric_errors(period=cdk.Duration.minutes(5))

    def metric_invocations(self) -> cloudwatch.Metric:
        """Invocations, per five minutes."""
        return self.function.metric_invocations(period=cdk.Duration.minutes(5))

    def metric_throttles(self) -> cloudwatch.Metric:
        """Invocations that Lambda refused, per five minutes: its concurrency is used up."""
        return self.function.metric_throttles(period=cdk.Duration.minutes(5))
