"""The api stack: how people and programs reach Breakwater."""

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from breakwater import contract
from breakwater_constructs.api_origin import embedded_port
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.live_alarms import LiveAlarms
from breakwater_constructs.live_api import LiveApi
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.operations_api import OperationsApi
from breakwater_constructs.public_origin import PublicOrigin
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.throttle_alarms import throttle_alarms
from breakwater_constructs.user_directory import UserDirectory
from stacks.api_functions import acting, recovering, showing
from stacks.api_functions.function_maker import FunctionMaker
from stacks.breakwater_stack import BreakwaterStack
from stacks.data import DataStack
from stacks.environments import Environment
from stacks.index import IndexStack

LOCAL_PAGE = "http://localhost:5173/"  # Vite, on a developer's machine


class ApiStack(BreakwaterStack):
    """The user pool, the HTTP API with its functions, and the origin that people open.

    They refer to each other (docs/decisions/0008), so they are in one stack.
    """

    part = "api"
    holds = "the operations API"

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        *,
        data: DataStack,
        index: IndexStack,
        engine: RecoveryEngine,
        notifications: Notifications,
    ) -> None:
        super().__init__(scope, environment)
        self._environment = environment
        self.users = UserDirectory(
            self,
            "Users",
            domain_prefix=f"breakwater-{environment.name}-{cdk.Aws.ACCOUNT_ID}",
            mfa_required=environment.mfa_required,
            first_commander=environment.admin_email,
            saml_metadata_url=environment.saml_metadata_url,
            branding=not environment.embedded,
            retain=environment.retain_data,
            deletion_protection=environment.deletion_protection,
        )
        self.api = OperationsApi(
            self,
            "Operations",
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
        )
        self.live = LiveApi(
            self,
            "Live",
            index=index.execution_index,
            history=data.execution_history,
            requests=data.requests,
            recovery_machine_arn=engine.environment[contract.STATE_MACHINE_VARIABLE],
            time_scale=environment.time_scale,
            event_bus_name=contract.live_bus_name(environment.name),
            embedded=environment.embedded,
            retain=environment.retain_data,
            deletion_protection=environment.deletion_protection,
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
        )
        if environment.alarms:
            alarms = [
                *LiveAlarms(self, "LiveAlarms", live=self.live).alarms,
                *throttle_alarms(self, self.live.table),
            ]
            for alarm in alarms:
                notifications.raise_on(alarm)
        self.origin = PublicOrigin(
            self,
            "Origin",
            api=self.api.http_api,
            live=self.live.socket,
            connect_to=[*self._sign_in_origins(), *self._socket_origins()],
            domain_name=environment.domain_name,
            certificate=self._certificate(),
            retain=environment.retain_data,
            embedded=environment.embedded,
        )
        page = [self.origin.url, *([LOCAL_PAGE] if environment.page_under_development else [])]
        self.client = self.users.add_public_client(
            "Portal",
            callback_urls=page,
            logout_urls=page,
            # There, a refreshed token has no groups: sign in once a day.
            session=cdk.Duration.days(1) if environment.embedded else None,
        )
        self._made = FunctionMaker(self, environment)
        self._health([*data.tables, *index.tables, self.live.table])
        self._answer(data, index, engine)
        self._tell()

    def _answer(self, data: DataStack, index: IndexStack, engine: RecoveryEngine) -> None:
        """A function behind each path."""
        made, signed_in = self._made, self.users.authorizer([self.client])
        live_url = self.origin.live_url(self.live.socket)
        for path, function in {
            "plans": recovering.plans(made, data),
            "audit": showing.audit(made, data),
            "executions": recovering.executions(made, data, engine),
            "timeline": showing.timeline(made, data, engine),
            "workflows": showing.workflows(made, data, index, engine),
            "actions": acting.actions(made, data, index, engine),
            "analytics": showing.analytics(made, data, index),
            "bulk": acting.bulk(made, data, index, engine),
            "live": showing.live_tickets(made, data, self.live, live_url),
        }.items():
            self.api.add_function(contract.API_PATHS[path], function, signed_in)

    def _health(self, tables: list[DurableTable]) -> None:
        health = self._made.function(
            "Health", "GET /health: is every part of Breakwater ready?", tables
        )
        for table in tables:
            table.grant_describe(health)
        self.api.add_public_route(
            contract.HEALTH_PATH,
            health,
            reason="Load balancers, `make verify` and people whose sign-in is down ask it. It "
            "names the parts and whether each is ready, and nothing else.",
        )

    def _certificate(self) -> certificates.ICertificate | None:
        """Of us-east-1, wherever this stack is: by its ARN, there is no stack to make it in."""
        arn = self._environment.certificate_arn
        if arn is None:
            return None
        return certificates.Certificate.from_certificate_arn(self, "Certificate", arn)

    def _sign_in_origins(self) -> list[str]:
        """Whom the page's script asks about sign-in: the pool's issuer, and where tokens are."""
        if self._environment.embedded:
            port = embedded_port(self.api.http_api)
            return [f"http://localhost:{port}", f"http://127.0.0.1:{port}"]
        return [
            f"https://cognito-idp.{self.region}.{self.url_suffix}",
            self.users.domain.base_url(),
        ]

    def _socket_origins(self) -> list[str]:
        """Whom the page's script hears changes from, where that is not its own origin."""
        if not self._environment.embedded:
            return []
        port = embedded_port(self.api.http_api)
        return [f"ws://localhost:{port}", f"ws://127.0.0.1:{port}"]

    def _tell(self) -> None:
        """Where it is: to people and `make verify`, and to functions for links in messages."""
        ssm.StringParameter(
            self,
            "PortalUrlParameter",
            parameter_name=contract.portal_url_parameter(self._environment.name),
            string_value=self.origin.url,
            description="What people open: the page and the API",
        )
        said = {
            contract.PORTAL_URL_OUTPUT: (self.origin.url, "What people open: the page and the API"),
            contract.API_URL_OUTPUT: (self.api.url, "Where the operations API answers"),
            contract.PAGE_BUCKET_OUTPUT: (self.origin.bucket.bucket_name, "Where the page lies"),
            contract.USER_POOL_OUTPUT: (self.users.user_pool.user_pool_id, "Who may sign in"),
            contract.CLIENT_OUTPUT: (self.client.user_pool_client_id, "The portal, to Cognito"),
            contract.SIGN_IN_OUTPUT: (self.users.domain.base_url(), "Where people sign in"),
        }
        for name, (value, description) in said.items():
            cdk.CfnOutput(self, name, value=value, description=description)
