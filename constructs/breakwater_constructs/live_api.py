"""Live updates, whole: who listens, what is told, and what reads it."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater import contract
from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.execution_reading import grant_look_at_any
from breakwater_constructs.function_family import FunctionFamily
from breakwater_constructs.live_socket import LiveSocket
from breakwater_constructs.live_table import LiveTable
from breakwater_constructs.patient_queue import patient_queue, waiting_in
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction
from breakwater_constructs.stream_reading import read_stream

_OF_INDEX = [
    {"dynamodb": {"Keys": {"executionArn": {"S": [{"prefix": prefix}]}}}}
    for prefix in ("arn:", "custom.", "#STEP#", "#HEALTH")
]
_OF_RUNS = [
    {"dynamodb": {"Keys": {"itemKey": {"S": [{"prefix": prefix}]}}}}
    for prefix in ("EXECUTION", "WAVE#", "SERVER#", "COMPENSATION#")
]


class LiveApi(Construct):
    """A WebSocket API, the table behind it, and five functions.

    Nothing polls and nothing runs while nobody watches: changes come from the streams of the
    execution index and of recovery runs; the steps of other executions are read by one loop, which
    ends with the last watcher. The same changes go to an event bus of their own, from which
    Breakwater itself reads nothing. What cannot be told is laid aside in `dead_letters`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        index: ExecutionIndex,
        history: ExecutionHistoryTable,
        requests: RequestsTable,
        recovery_machine_arn: str,
        time_scale: int = 1,
        event_bus_name: str | None = None,
        embedded: bool = False,
        retain: bool = True,
        deletion_protection: bool = True,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param index: whose table's stream tells how executions and custom workflows go.
        :param history: whose stream tells how recovery runs go.
        :param requests: where the budget of calls to Step Functions is kept.
        :param recovery_machine_arn: of the recovery state machine, by alias or without: its
            executions are told as runs.
        :param time_scale: how many of a run's seconds pass in one of the wall clock.
        :param event_bus_name: by which other systems find the bus; default: one that
            CloudFormation makes up.
        :param embedded: it is on the embedded AWS.
        :param retain: keep the table when the stack is deleted. DynamoDB itself refuses to delete
            it while `deletion_protection` is on.
        :param log_retention: how long logs are kept. `retain_logs` keeps the log groups when the
            stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        self.table = LiveTable(
            self, "Table", retain=retain, deletion_protection=deletion_protection
        )
        self._functions = FunctionFamily(
            self,
            environment=self.table.environment,
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        self.bus = events.EventBus(
            self, "Bus", event_bus_name=event_bus_name, description="Breakwater: what changes"
        )
        self.dead_letters = patient_queue(self, "DeadLetters", require_tls=not embedded)
        cdk.Validations.of(self.dead_letters).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-SQS3",
                reason="It is a queue of dead letters itself: of streams and of a function, which "
                "send to it without a queue in between.",
            )
        )
        self.authorizer = self._functions.add(
            "Authorizer",
            "live_authorizer",
            "Lets in who shows a good ticket",
            timeout=cdk.Duration.seconds(10),
        )
        self.table.grant_take_tickets(self.authorizer)
        self.socket = LiveSocket(self, "Socket", authorizer=self.authorizer, embedded=embedded)
        self.again = self._again()
        self.tail = self._tail(requests)
        self.clients = self._clients(index)
        self.changes = self._changes(index, history, recovery_machine_arn, time_scale)

    def metric_dead_letters(self) -> cloudwatch.Metric:
        """Changes that could not be told, and wait."""
        return waiting_in(self.dead_letters)

    def metric_lag(self) -> cloudwatch.Metric:
        """Milliseconds by which the streams are ahead of what is told."""
        return self.changes.function.metric(
            "IteratorAge", statistic="Maximum", period=cdk.Duration.minutes(5)
        )

    def metric_tail_errors(self) -> cloudwatch.Metric:
        """How often the reading of watched executions ended in an exception."""
        return self.tail.metric_errors()

    def metric_refused_clients(self) -> cloudwatch.Metric:
        """What happened on sockets and could not be answered, per five minutes."""
        return self.clients.metric_errors()

    def _again(self) -> RuntimeFunction:
        again = self._functions.add(
            "Again",
            "live_again",
            "Posts once more to clients that did not take their frames in time",
            timeout=cdk.Duration.minutes(2),
            variables={contract.LIVE_CALLBACK_VARIABLE: self.socket.callback_url},
        )
        self.table.grant_tell_again(again)
        self.socket.grant_post(again)
        self.socket.grant_close(again)
        return again

    def _tail(self, requests: RequestsTable) -> RuntimeFunction:
        tail = self._functions.add(
            "Tail",
            "live_tail",
            "Reads the histories of watched executions until nobody watches",
            timeout=cdk.Duration.minutes(15),
            variables={**requests.environment, **self.telling},
        )
        self._may_tell(tail)
        requests.grant_take_tokens(tail)
        grant_look_at_any(
            tail,
            ("GetExecutionHistory",),
            "People watch executions of every state machine of the account, those of tomorrow "
            "included; histories are read without payloads, in this Region only.",
        )
        self._may_go_on(tail)
        return tail

    def _may_go_on(self, tail: RuntimeFunction) -> None:
        """It lives a quarter of an hour, and then lets the next copy of itself go on.

        Lambda takes that for a mistake after some hours, unless it is told.
        """
        child = tail.function.node.default_child
        assert isinstance(child, lambda_.CfnFunction)
        child.recursive_loop = "Allow"
        # A policy of its own: the role's would wait for the function, which waits for the role's.
        policy = iam.Policy(
            tail,
            "GoesOn",
            statements=[
                iam.PolicyStatement(
                    actions=["lambda:InvokeFunction"], resources=[tail.function.function_arn]
                )
            ],
        )
        policy.attach_to_role(tail.role)

    def _clients(self, index: ExecutionIndex) -> RuntimeFunction:
        clients = self._functions.add(
            "Clients",
            "live_socket",
            "Takes what happens on sockets, and what clients say",
            timeout=cdk.Duration.seconds(29),
            variables={
                **index.table.environment,
                contract.LIVE_CALLBACK_VARIABLE: self.socket.callback_url,
                contract.LIVE_TAIL_VARIABLE: self.tail.function.function_name,
            },
        )
        self.table.grant_serve(clients)
        index.table.grant_read_row(clients)
        self.socket.grant_post(clients)
        self.socket.grant_close(clients)
        self._may_start_tail(clients)
        self.socket.answer_with(clients)
        return clients

    def _changes(
        self,
        index: ExecutionIndex,
        history: ExecutionHistoryTable,
        recovery_machine_arn: str,
        time_scale: int,
    ) -> RuntimeFunction:
        changes = self._functions.add(
            "Changes",
            "live_changes",
            "Tells what changes in the execution index and in recovery runs",
            timeout=cdk.Duration.seconds(30),
            variables={
                **self.telling,
                **self.laying_aside,
                contract.LIVE_TAIL_VARIABLE: self.tail.function.function_name,
                contract.STATE_MACHINE_VARIABLE: recovery_machine_arn,
                contract.TIME_SCALE_VARIABLE: str(time_scale),
            },
        )
        self.grant_tell(changes)
        self._may_start_tail(changes)
        dead = self.dead_letters
        read_stream(changes, "FromIndex", table=index.table, patterns=_OF_INDEX, dead_letters=dead)
        read_stream(changes, "FromRuns", table=history, patterns=_OF_RUNS, dead_letters=dead)
        cdk.Validations.of(changes).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="Which streams there are is asked without naming one: ListStreams "
                "knows no resources.",
            )
        )
        return changes

    def grant_tell(self, function: RuntimeFunction) -> None:
        """May tell changes: to clients, on the bus, and lay aside what it cannot tell."""
        self._may_tell(function)
        iam.Grant.add_to_principal(
            grantee=function,
            actions=["sqs:SendMessage"],
            resource_arns=[self.dead_letters.queue_arn],
        )

    @property
    def laying_aside(self) -> dict[str, str]:
        """Where a function lays aside what it cannot tell."""
        return {contract.LIVE_DEAD_LETTERS_VARIABLE: self.dead_letters.queue_url}

    @property
    def telling(self) -> dict[str, str]:
        """What a function needs to know that tells changes."""
        return {
            contract.LIVE_CALLBACK_VARIABLE: self.socket.callback_url,
            contract.LIVE_BUS_VARIABLE: self.bus.event_bus_name,
            contract.LIVE_AGAIN_VARIABLE: self.again.function.function_name,
        }

    def _may_tell(self, function: RuntimeFunction) -> None:
        self.table.grant_tell(function)
        self.socket.grant_post(function)
        iam.Grant.add_to_principal(
            grantee=function, actions=["events:PutEvents"], resource_arns=[self.bus.event_bus_arn]
        )
        _may_call(function, self.again)

    def _may_start_tail(self, function: RuntimeFunction) -> None:
        _may_call(function, self.tail)


def _may_call(caller: RuntimeFunction, called: RuntimeFunction) -> None:
    iam.Grant.add_to_principal(
        grantee=caller,
        actions=["lambda:InvokeFunction"],
        resource_arns=[called.function.function_arn],
    )
