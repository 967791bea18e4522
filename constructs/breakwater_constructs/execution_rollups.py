"""What counts executions as they end: from the index table's stream into the Rollups table."""

import json

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater import contract
from breakwater.contract import RollupSettings
from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.execution_reading import grant_look_at_any
from breakwater_constructs.function_family import FunctionFamily
from breakwater_constructs.patient_queue import patient_queue, waiting_in
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.rollups_table import RollupsTable
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction
from breakwater_constructs.stream_reading import grant_read_stream

_SWEEP_TIMEOUT = cdk.Duration.minutes(5)
_OF_ALL = (
    "The figures are of every state machine of the account, those of tomorrow included; histories "
    "are read without payloads, in this Region only. ListStreams knows no resources."
)
_ENDED = {"dynamodb": {"NewImage": {"stopDate": {"S": [{"exists": True}]}}}}


class ExecutionRollups(Construct):
    """Every execution that ended, counted once for each redrive, in the figures of its hour, its
    day and its state machine's month.

    Histories are read within the budget that all of Breakwater shares. What finds none is counted
    without its steps, and completed by a sweep. A record that cannot be counted is laid aside in
    `dead_letters`; its body is an event that `contribute` takes again.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        index: ExecutionIndex,
        rollups: RollupsTable,
        requests: RequestsTable,
        history: ExecutionHistoryTable | None = None,
        keep: cdk.Duration = cdk.Duration.days(400),  # noqa: B008 - immutable
        sweep_interval: cdk.Duration = cdk.Duration.minutes(15),  # noqa: B008 - immutable
        require_tls: bool = True,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
    ) -> None:
        """
        :param index: whose table's stream tells what ended.
        :param requests: where the budget of calls to Step Functions is kept.
        :param history: where recovery runs are: their targets are in their plans.
        :param keep: how long the figures of a day stay, in whole days; at least 31, because
            answers are about 30.
        :param sweep_interval: how often the histories that could not be read are tried again.
        :param require_tls: the queue refuses calls without TLS; only the embedded AWS, which has
            no certificates, needs it off.
        :param log_retention: how long logs are kept. `retain_logs` keeps the log groups when the
            stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        """
        super().__init__(scope, id)
        if keep.to_days() < 31:
            raise ValueError(
                f"keep is {keep.to_days()} days; give 31 or more: answers are about 30"
            )
        self._functions = FunctionFamily(
            self,
            environment={
                **rollups.environment,
                **requests.environment,
                contract.ROLLUP_SETTINGS_VARIABLE: RollupSettings(
                    keepDays=int(keep.to_days())
                ).to_json(),
            },
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        self.dead_letters = patient_queue(self, "DeadLetters", require_tls=require_tls)
        cdk.Validations.of(self.dead_letters).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-SQS3",
                reason="It is a queue of dead letters itself: of a stream and of a function, which "
                "send to it without a queue in between.",
            )
        )
        self.contribute = self._contribute(index, rollups, history)
        self.sweep = self._sweep(rollups, sweep_interval)
        for function in (self.contribute, self.sweep):
            requests.grant_take_tokens(function)
            grant_look_at_any(function, ("GetExecutionHistory",), _OF_ALL)

    def metric_dead_letters(self) -> cloudwatch.Metric:
        """Records that could not be counted and wait."""
        return waiting_in(self.dead_letters)

    def metric_errors(self) -> cloudwatch.Metric:
        """Batches that ended in an exception, per five minutes."""
        return self.contribute.metric_errors()

    def metric_sweep_errors(self) -> cloudwatch.Metric:
        """Sweeps that ended in an exception, per five minutes."""
        return self.sweep.metric_errors()

    def metric_lag(self) -> cloudwatch.Metric:
        """Milliseconds by which the stream is ahead of what is counted."""
        return self.contribute.function.metric(
            "IteratorAge", statistic="Maximum", period=cdk.Duration.minutes(5)
        )

    def _contribute(
        self, index: ExecutionIndex, rollups: RollupsTable, history: ExecutionHistoryTable | None
    ) -> RuntimeFunction:
        contribute = self._functions.add(
            "Contribute",
            "contribute",
            "Counts executions as they end",
            timeout=cdk.Duration.minutes(1),
            variables={
                contract.ROLLUP_DEAD_LETTERS_VARIABLE: self.dead_letters.queue_url,
                **(history.environment if history else {}),
            },
        )
        rollups.grant_contribute(contribute)
        if history:
            history.grant_read_known(contribute)
        iam.Grant.add_to_principal(
            grantee=contribute,
            actions=["sqs:SendMessage"],
            resource_arns=[self.dead_letters.queue_arn],
        )
        stream = index.table.table.table_stream_arn
        assert stream is not None, "the index table has a stream: see the contract"
        grant_read_stream(contribute, stream)
        # Plain: CDK's own mapping also grants what only Lambda itself, in its own name, would need.
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "FromIndex",
            function_name=contribute.function.function_name,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            filter_criteria={"filters": [{"pattern": json.dumps(_ENDED)}]},
            batch_size=25,
            maximum_batching_window_in_seconds=5,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=5,
            maximum_record_age_in_seconds=6 * 3600,
            destination_config={"onFailure": {"destination": self.dead_letters.queue_arn}},
        )
        mapping.node.add_dependency(contribute)  # Lambda looks at once whether the role may read
        return contribute

    def _sweep(self, rollups: RollupsTable, interval: cdk.Duration) -> RuntimeFunction:
        sweep = self._functions.add(
            "Sweep",
            "contribute_sweep",
            "Reads histories for which there was no budget when their executions ended",
            timeout=_SWEEP_TIMEOUT,
        )
        rollups.grant_complete(sweep)
        events.Rule(
            self,
            "SweepSchedule",
            description="The sweep of what is counted without its steps",
            schedule=events.Schedule.rate(interval),
            targets=[targets.LambdaFunction(sweep.function, retry_attempts=0)],
        )
        return sweep
