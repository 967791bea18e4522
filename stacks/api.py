"""The api stack: how people and programs reach Breakwater."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from breakwater import contract
from breakwater_constructs.api_origin import embedded_port
from breakwater_constructs.bulk_queue import WORKER_LIVES
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_acting import grant_act_on_executions, grant_call_gates
from breakwater_constructs.execution_reading import (
    grant_read_all_executions,
    grant_read_executions,
    grant_read_function_logs,
)
from breakwater_constructs.live_alarms import LiveAlarms
from breakwater_constructs.live_api import LiveApi
from breakwater_constructs.nag_name import nag_name
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.operations_api import OperationsApi
from breakwater_constructs.public_origin import PublicOrigin
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.runtime_function import RuntimeFunction
from breakwater_constructs.target_account_role import (
    grant_look_at_servers,
    grant_reach_accounts,
    grant_reads,
)
from breakwater_constructs.throttle_alarms import throttle_alarms
from breakwater_constructs.user_directory import UserDirectory
from stacks.breakwater_stack import BreakwaterStack
from stacks.data import DataStack
from stacks.environments import Environment
from stacks.index import IndexStack

LOCAL_PAGE = "http://localhost:5173/"  # Vite, on a developer's machine

# What CDK calls the ARN of the engine's state machine where it leaves its stack.
_MACHINE_EXPORT = "ExportsOutputRefEngineStateMachine018B9F51D795DDDF"

_HANDLERS = {"LiveTickets": "live"}


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
        self._health([*data.tables, *index.tables, self.live.table])
        signed_in = self.users.authorizer([self.client])
        self.api.add_function(contract.API_PATHS["plans"], self._plans(data), signed_in)
        self.api.add_function(contract.API_PATHS["audit"], self._audit(data), signed_in)
        self.api.add_function(
            contract.API_PATHS["executions"], self._executions(data, engine), signed_in
        )
        self.api.add_function(
            contract.API_PATHS["timeline"], self._timeline(data, engine), signed_in
        )
        self.api.add_function(
            contract.API_PATHS["workflows"], self._workflows(data, index, engine), signed_in
        )
        self.api.add_function(
            contract.API_PATHS["actions"], self._actions(data, index, engine), signed_in
        )
        self.api.add_function(
            contract.API_PATHS["analytics"], self._analytics(data, index), signed_in
        )
        self.api.add_function(
            contract.API_PATHS["bulk"], self._bulk(data, index, engine), signed_in
        )
        self.api.add_function(contract.API_PATHS["live"], self._live_tickets(data), signed_in)
        self._tell()

    def _health(self, tables: list[DurableTable]) -> None:
        health = self._function("Health", "GET /health: is every part of Breakwater ready?", tables)
        for table in tables:
            table.grant_describe(health)
        self.api.add_public_route(
            contract.HEALTH_PATH,
            health,
            reason="Load balancers, `make verify` and people whose sign-in is down ask it. It "
            "names the parts and whether each is ready, and nothing else.",
        )

    def _plans(self, data: DataStack) -> RuntimeFunction:
        tables = [
            *(data.protection_groups, data.recovery_plans, data.audit_trail),
            *(data.server_leases, data.requests),
        ]
        plans = self._function(
            "Plans",
            "Protection groups, recovery plans and source servers",
            tables,
            self._accounts(),
        )
        for grant in (
            *(data.protection_groups.grant_read, data.protection_groups.grant_edit),
            *(data.recovery_plans.grant_read, data.recovery_plans.grant_edit),
            *(data.audit_trail.grant_append, data.requests.grant_remember),
            data.server_leases.grant_read,
        ):
            grant(plans)
        grant_look_at_servers(plans, self._environment.name)
        return plans

    def _audit(self, data: DataStack) -> RuntimeFunction:
        audit = self._function("Audit", "Reads the audit trail", [data.audit_trail, data.requests])
        data.audit_trail.grant_read(audit)
        data.requests.grant_take_tokens(audit)
        return audit

    def _executions(self, data: DataStack, engine: RecoveryEngine) -> RuntimeFunction:
        executions = self._function(
            "Executions",
            "Recovery runs: start, follow, pause, resume, cancel, retry, clean up",
            _tables_of_runs(data),
            self._about_runs(engine),
        )
        for grant in (
            *(data.execution_history.grant_read, data.execution_history.grant_record),
            *(data.recovery_plans.grant_read_known, data.protection_groups.grant_read_known),
            *(data.server_leases.grant_read, data.requests.grant_remember),
            *(data.audit_trail.grant_append, data.audit_trail.grant_read_subject),
        ):
            grant(executions)
        # DRS looks at the instances in EC2 in the name of whoever asks it.
        looks = ["drs:DescribeRecoveryInstances", "drs:DescribeSourceServers"]
        grant_reads(executions, [*looks, "ec2:DescribeInstances"])
        self._let_lead_runs(executions, engine)
        return executions

    def _about_runs(self, engine: RecoveryEngine) -> dict[str, str]:
        return {
            **self._accounts(),
            **engine.environment,
            contract.TIME_SCALE_VARIABLE: str(self._environment.time_scale),
        }

    def _let_lead_runs(self, function: RuntimeFunction, engine: RecoveryEngine) -> None:
        grant_reach_accounts(function, self._environment.name)
        engine.state_machine.grant_start(function)
        engine.state_machine.grant_answer(function)

    def _actions(
        self, data: DataStack, index: IndexStack, engine: RecoveryEngine
    ) -> RuntimeFunction:
        """Apart from the function that shows workflows, which may change nothing."""
        actions = self._function(
            "Actions",
            "What people do with workflows: pause, resume, cancel, retry, clone",
            [*_tables_of_runs(data), index.execution_index.table],
            {**self._about_runs(engine), **index.bulk_queue.environment},
        )
        data.requests.grant_remember(actions)
        index.bulk_queue.grant_wake(actions)  # later: was what a cancel leaves undone?
        self._let_act(actions, data, index, engine)
        grant_call_gates(actions, self)
        self._explain(
            actions,
            set(),
            "Functions of gates have a tag of their own, also those of tomorrow.",
            more={"lambda": "function:*"},
        )
        return actions

    def _let_act(
        self, function: RuntimeFunction, data: DataStack, index: IndexStack, engine: RecoveryEngine
    ) -> None:
        """On workflows, one by one or many at once."""
        for grant in (
            *(data.execution_history.grant_read_item, data.execution_history.grant_read_run),
            *(data.execution_history.grant_record, data.server_leases.grant_read),
            *(data.audit_trail.grant_append, index.execution_index.table.grant_note),
        ):
            grant(function)
        grant_reads(function, ["drs:DescribeSourceServers"])
        grant_read_all_executions(function, self)
        grant_act_on_executions(function, self, embedded=self._environment.embedded)
        self._let_lead_runs(function, engine)
        self._explain(
            function,
            {"execution:*", "stateMachine:*"},
            "Which state machines may be acted on, their owners say by a tag, also of those of "
            "tomorrow: IAM looks at it where something is started, the code before everything.",
        )

    def _timeline(self, data: DataStack, engine: RecoveryEngine) -> RuntimeFunction:
        tables = [data.execution_history, data.requests]
        timeline = self._function(
            "Timeline",
            "What happened in the Step Functions execution of a run",
            tables,
            engine.environment,
        )
        data.execution_history.grant_read_item(timeline)
        data.requests.grant_take_tokens(timeline)
        grant_read_executions(timeline, engine.state_machine.machine)
        # As cdk-nag writes a name that another stack exports.
        name = f"{cdk.Stack.of(engine).stack_name}:{_MACHINE_EXPORT}"
        machine = f'{{"Fn::Select":[6,{{"Fn::Split":[":",{{"Fn::ImportValue":"{name}"}}]}}]}}'
        where = (self.partition, "states", self.region, self.account)
        here = ":".join(["arn", *(nag_name(part) for part in where)])
        finding = f"{here}:execution:{machine}:*"
        cdk.Validations.of(timeline).acknowledge(
            cdk.Acknowledgment(
                id=f"AwsSolutions-IAM5[Resource::{finding}]",
                reason="Executions are known when they run: those of this state machine, no other.",
            )
        )
        return timeline

    def _workflows(
        self, data: DataStack, index: IndexStack, engine: RecoveryEngine
    ) -> RuntimeFunction:
        tables = [
            *(data.execution_history, data.requests),
            *(index.execution_index.table, index.rollups),
        ]
        workflows = self._function(
            "Workflows", "Every workflow, whatever runs it", tables, engine.environment
        )
        for grant in (
            *(data.execution_history.grant_list, data.requests.grant_take_tokens),
            *(index.execution_index.grant_query, index.rollups.grant_read),
        ):
            grant(workflows)
        grant_read_all_executions(workflows, self)
        grant_read_function_logs(workflows, self)
        self._explain(
            workflows,
            {"execution:*"},
            "The view is of every state machine of the account, those of tomorrow included, and "
            "of the functions that they call; it only looks.",
            more={"logs": "log-group:/aws/lambda/*", "lambda": "function:*"},
        )
        return workflows

    def _analytics(self, data: DataStack, index: IndexStack) -> RuntimeFunction:
        analytics = self._function(
            "Analytics",
            "What all workflows of a period come to",
            [index.rollups, data.requests],
        )
        index.rollups.grant_read(analytics)
        data.requests.grant_take_tokens(analytics)
        return analytics

    def _bulk(self, data: DataStack, index: IndexStack, engine: RecoveryEngine) -> RuntimeFunction:
        self._bulk_worker(data, index, engine)
        tables = [
            *(data.bulks, data.execution_history, data.requests, data.audit_trail),
            *(index.execution_index.table, index.rollups),
        ]
        bulk = self._function(
            "Bulk",
            "Bulk cancel and retry: preview, start, follow, stop",
            tables,
            {**engine.environment, **index.bulk_queue.environment},
        )
        for grant in (
            *(data.bulks.grant_preview, data.execution_history.grant_list_by_status),
            *(data.requests.grant_remember, data.audit_trail.grant_append),
            *(index.execution_index.table.grant_list, index.rollups.grant_read),
            index.bulk_queue.grant_wake,
        ):
            grant(bulk)
        return bulk

    def _bulk_worker(self, data: DataStack, index: IndexStack, engine: RecoveryEngine) -> None:
        environment = {**self.variables(self._environment), **self._about_runs(engine)}
        tables = [*_tables_of_runs(data), index.execution_index.table, data.bulks]
        for table in tables:
            environment |= table.environment
        worker = RuntimeFunction(
            self,
            "BulkWork",
            handler="bulk_work",
            description="Acts on the workflows of a bulk, one after the other",
            environment={**environment, **index.bulk_queue.environment},
            timeout=WORKER_LIVES,
            log_retention=self._environment.log_retention,
            retain_logs=self._environment.retain_data,
            powertools_layer_parameter=self._environment.powertools_layer_parameter,
        )
        data.bulks.grant_work(worker)
        index.execution_index.table.grant_find_notes(worker)
        data.requests.grant_take_tokens(worker)
        self._let_act(worker, data, index, engine)
        index.bulk_queue.bring_to(worker)

    def _explain(
        self,
        function: RuntimeFunction,
        of_states: set[str],
        reason: str,
        *,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Why resources are named by a pattern.

        :param of_states: of Step Functions. `more`: service → resource of others.
        """
        found = [*(("states", one) for one in sorted(of_states)), *(more or {}).items()]
        for service, resources in found:
            where = (self.partition, service, self.region, self.account)
            here = ":".join(["arn", *(nag_name(part) for part in where)])
            cdk.Validations.of(function).acknowledge(
                cdk.Acknowledgment(
                    id=f"AwsSolutions-IAM5[Resource::{here}:{resources}]", reason=reason
                )
            )

    def _live_tickets(self, data: DataStack) -> RuntimeFunction:
        tickets = self._function(
            "LiveTickets",
            "Lets people connect to live updates",
            [self.live.table, data.requests],
            {contract.LIVE_URL_VARIABLE: self.origin.live_url(self.live.socket)},
        )
        self.live.table.grant_give_tickets(tickets)
        data.requests.grant_take_tokens(tickets)
        return tickets

    def _accounts(self) -> dict[str, str]:
        """What a function is told that reaches servers, here and in other accounts."""
        return {
            contract.ACCOUNT_VARIABLE: self.account,
            # An id that no role asks for, where no other account is to be reached.
            contract.TARGET_EXTERNAL_ID_VARIABLE: self._environment.target_external_id or "none",
        }

    def _function(
        self,
        id: str,
        description: str,
        tables: list[DurableTable],
        variables: Mapping[str, str] | None = None,
    ) -> RuntimeFunction:
        """A function that knows its environment and these tables; it may do nothing yet."""
        environment = {**self.variables(self._environment), **(variables or {})}
        for table in tables:
            environment |= table.environment
        return RuntimeFunction(
            self,
            id,
            handler=_HANDLERS.get(id, id.lower()),
            description=description,
            environment=environment,
            timeout=cdk.Duration.seconds(29),  # an HTTP API waits no longer
            log_retention=self._environment.log_retention,
            retain_logs=self._environment.retain_data,
            powertools_layer_parameter=self._environment.powertools_layer_parameter,
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


def _tables_of_runs(data: DataStack) -> list[DurableTable]:
    return [
        *(data.execution_history, data.recovery_plans, data.protection_groups),
        *(data.server_leases, data.audit_trail, data.requests),
    ]
