"""The HTTP API that people and programs reach Breakwater through."""

import json
from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway as access_log
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater import contract
from breakwater_constructs.runtime_function import RuntimeFunction

# One JSON object per request: who, what, when, how it went. No payload, no query, no token.
_ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latencyMs": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
}


@jsii.implements(apigateway.IAccessLogSettings)
class _AccessLog:
    """The destination and format, as the stage wants them: CDK has no class for the pair."""

    def __init__(self, log_group: logs.ILogGroup) -> None:
        self._destination = apigateway.LogGroupLogDestination(log_group)
        self._format = access_log.AccessLogFormat.custom(json.dumps(_ACCESS_LOG))

    @property
    def destination(self) -> apigateway.IAccessLogDestination:
        return self._destination

    @property
    def format(self) -> access_log.AccessLogFormat:
        return self._format


class OperationsApi(Construct):
    """An HTTP API with one stage, `api`, so that the page and the API can share an origin.

    Throttled at the stage; access logs say who asked what and when, never a payload. There is no
    CORS to open.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        requests_per_second: int = 50,
        burst: int = 100,
    ) -> None:
        """
        :param log_retention: how long access logs are kept. `retain_logs` keeps their log group
            when the stack goes.
        :param requests_per_second: what the stage lets through, over all callers. `burst` is how
            many may arrive at one moment.
        """
        super().__init__(scope, id)
        self.access_logs = logs.LogGroup(
            self,
            "AccessLogs",
            retention=log_retention,
            removal_policy=(cdk.RemovalPolicy.RETAIN if retain_logs else cdk.RemovalPolicy.DESTROY),
        )
        self.http_api = apigateway.HttpApi(
            self,
            "Http",
            api_name=cdk.Stack.of(self).stack_name,
            description="Breakwater: the operations API",
            create_default_stage=False,
        )
        self.stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.http_api,
            stage_name=contract.API_STAGE,
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=requests_per_second, burst_limit=burst),
            access_log_settings=_AccessLog(self.access_logs),
        )

    def add_public_route(self, path: str, function: RuntimeFunction, *, reason: str) -> None:
        """A GET that needs no sign-in. `reason` says why that is safe; reviewers read it."""
        if len(reason) < 40:
            raise ValueError(f"reason is {reason!r}, which does not explain why {path} is public")
        routes = self.http_api.add_routes(
            path=path,
            methods=[apigateway.HttpMethod.GET],
            integration=integrations.HttpLambdaIntegration(
                f"{function.node.id}Integration", function.function
            ),
        )
        for route in routes:
            cdk.Validations.of(route).acknowledge(
                cdk.Acknowledgment(id="AwsSolutions-APIG4", reason=reason)
            )

    def add_function(
        self,
        paths: Sequence[str],
        function: RuntimeFunction,
        authorizer: apigateway.IHttpRouteAuthorizer,
    ) -> None:
        """Everything at and below these paths, for people who are signed in.

        What there is, and who may, the function's own route table says: so a mistake is answered
        in the product's words, whatever the path.
        """
        integration = integrations.HttpLambdaIntegration(
            f"{function.node.id}Integration", function.function
        )
        for path in paths:
            for pattern in (path, f"{path}/{{proxy+}}"):
                self.http_api.add_routes(
                    path=pattern,
                    methods=[apigateway.HttpMethod.ANY],
                    integration=integration,
                    authorizer=authorizer,
                )

    @property
    def url(self) -> str:
        """Where the API answers. Built from what the API says of itself, so it is also right on
        the embedded AWS, whose addresses are not AWS's.
        """
        return f"{self.http_api.api_endpoint}/{contract.API_STAGE}"

    def metric_server_errors(self) -> cloudwatch.Metric:
        """Answers with a 5xx status, per five minutes."""
        return self.http_api.metric_server_error(period=cdk.Duration.minutes(5))
