"""How workflows that run elsewhere tell Breakwater what happens in them."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from breakwater import contract
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.patient_queue import patient_queue, waiting_in
from breakwater_constructs.queue_reading import read_queue
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction

_SECONDS = 30


class CustomWorkflows(Construct):
    """An event bus for canonical workflow events, and what writes them into an execution index.

        workflows = CustomWorkflows(self, "CustomWorkflows", index=index)
        workflows.grant_publish(role)

    Rule, queue and function take events one by one: a bad one is laid aside in `dead_letters` with
    its reason, and its neighbours are kept. docs/custom-workflows.md has the schema of events;
    `breakwater.publish` publishes them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        index: ExecutionIndex,
        event_bus_name: str | None = None,
        require_tls: bool = True,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param index: where the workflows are to be found.
        :param event_bus_name: by which publishers find the bus; default: one that CloudFormation
            makes up.
        :param require_tls: the queues refuse calls without TLS; only the embedded AWS, which has
            no certificates, needs it off.
        :param log_retention: how long logs are kept. `retain_logs` keeps the log group when the
            stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        self.bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=event_bus_name,
            description="Breakwater: events of custom workflows",
        )
        self.dead_letters = patient_queue(self, "DeadLetters", require_tls=require_tls)
        self.queue = patient_queue(
            self,
            "Queue",
            require_tls=require_tls,
            visibility_timeout=cdk.Duration.seconds(6 * _SECONDS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=contract.INDEX_RECEIVES
            ),
        )
        self.capture = RuntimeFunction(
            self,
            "Capture",
            handler="workflow_events",
            description="Writes what custom workflows publish into the execution index",
            environment={
                **index.environment,
                **index.settings,
                contract.INDEX_DEAD_LETTERS_VARIABLE: self.dead_letters.queue_url,
            },
            timeout=cdk.Duration.seconds(_SECONDS),
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        index.table.grant_write(self.capture)
        read_queue(self, self.capture, self.queue, dead_letters=self.dead_letters)
        events.Rule(
            self,
            "Events",
            description="Everything on the bus, to be written or laid aside with a reason",
            event_bus=self.bus,
            event_pattern=events.EventPattern(account=[cdk.Stack.of(self).account]),
            targets=[targets.SqsQueue(self.queue)],
        )

    def grant_publish(self, grantee: iam.IGrantable) -> iam.Grant:
        """May publish events of workflows; `environment` says where to."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["events:PutEvents"], resource_arns=[self.bus.event_bus_arn]
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variable by which `breakwater.publish` finds the bus."""
        return {contract.WORKFLOW_BUS_VARIABLE: self.bus.event_bus_name}

    def metric_dead_letters(self) -> cloudwatch.Metric:
        """Events that said nothing that could be understood, and wait with their reasons."""
        return waiting_in(self.dead_letters)
