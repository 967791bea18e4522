"""The WebSocket API that clients hear of changes on."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_iam as iam
from constructs import Construct

from breakwater import contract
from breakwater_constructs.api_origin import embedded_port
from breakwater_constructs.resource_patterns import explain_pattern
from breakwater_constructs.runtime_function import RuntimeFunction


class LiveSocket(Construct):
    """A WebSocket API with one stage, `live`. Who connects shows a ticket; the rest one function
    answers.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        authorizer: RuntimeFunction,
        embedded: bool = False,
        frames_per_second: int = 500,
        burst: int = 1000,
    ) -> None:
        """
        :param authorizer: takes the ticket.
        :param embedded: it is on the embedded AWS, whose addresses are paths.
        :param frames_per_second: what the stage lets through, over all clients.
        """
        super().__init__(scope, id)
        self._embedded = embedded
        self._authorizer = authorizers.WebSocketLambdaAuthorizer(
            "Tickets",
            authorizer.function,
            identity_source=["route.request.querystring.ticket"],
        )
        self.api = apigateway.WebSocketApi(
            self,
            "Api",
            api_name=f"{cdk.Stack.of(self).stack_name}-live",
            description="Breakwater: live updates",
        )
        self.stage = apigateway.WebSocketStage(
            self,
            "Stage",
            web_socket_api=self.api,
            stage_name=contract.LIVE_STAGE,
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=frames_per_second, burst_limit=burst),
        )
        cdk.Validations.of(self.stage).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-APIG1",
                reason="A log of sockets needs a role that is set for the whole account. Who "
                "connects and what is refused, the functions log.",
            )
        )

    def answer_with(self, function: RuntimeFunction) -> None:
        """This function takes what happens on sockets, and what clients say."""

        def integration(name: str) -> integrations.WebSocketLambdaIntegration:
            return integrations.WebSocketLambdaIntegration(name, function.function)

        self.api.add_route(
            "$connect", integration=integration("Connect"), authorizer=self._authorizer
        )
        for key, name in (("$disconnect", "Disconnect"), ("$default", "Said")):
            route = self.api.add_route(key, integration=integration(name))
            cdk.Validations.of(route).acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-APIG4",
                    reason="Only $connect can be authorized: what follows comes over a connection "
                    "that a ticket has opened.",
                )
            )

    @property
    def callback_url(self) -> str:
        """Where functions post to connections."""
        if not self._embedded:
            return self.stage.callback_url
        return f"http://127.0.0.1:{self._port}{self._path}"

    @property
    def embedded_url(self) -> str:
        """Where clients connect on the embedded AWS, whose CloudFront carries no sockets."""
        return f"ws://localhost:{self._port}{self._path}"

    def grant_post(self, grantee: RuntimeFunction) -> None:
        """May post to connections, and to nothing else."""
        self._grant(grantee, "POST")

    def grant_close(self, grantee: RuntimeFunction) -> None:
        """May close connections."""
        self._grant(grantee, "DELETE")

    def _grant(self, grantee: RuntimeFunction, method: str) -> None:
        api = self.api.api_id
        place = f"{contract.LIVE_STAGE}/{method}/@connections/*"
        stack = cdk.Stack.of(self)
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["execute-api:ManageConnections"],
            resource_arns=[
                stack.format_arn(
                    service="execute-api",
                    resource=api,
                    resource_name=place,
                )
            ],
        )
        child = self.api.node.default_child
        assert isinstance(child, cdk.CfnElement)
        explain_pattern(
            grantee,
            "execute-api",
            f"<{stack.get_logical_id(child)}>/{place}",
            "Connections are known when they are there: those of this stage, no other.",
        )

    @property
    def _port(self) -> str:
        """Of the embedded AWS, from an address that it gives."""
        return embedded_port(self.api)

    @property
    def _path(self) -> str:
        return f"/_aws/execute-api/{self.api.api_id}/{contract.LIVE_STAGE}"
