"""How recovery goes, at a glance; and what to ask the logs when it does not."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater.contract import (
    ENVIRONMENT_DIMENSION,
    METRICS_NAMESPACE,
    PLAN_DIMENSION,
    WAVE_DIMENSION,
    Metric,
)
from breakwater_constructs.recovery_engine import RecoveryEngine

_HOUR = cdk.Duration.hours(1)
_HALF, _WHOLE = 12, 24
_OUTCOMES = (
    (Metric.RUNS_STARTED, "started"),
    (Metric.RUNS_COMPLETED, "completed"),
    (Metric.RUNS_FAILED, "failed"),
    (Metric.RUNS_TIMED_OUT, "timed out"),
    (Metric.RUNS_CANCELLED, "cancelled"),
)


class RecoveryDashboard(Construct):
    """A CloudWatch dashboard, and saved questions to the engine's logs.

    From top to bottom: runs by outcome and what waits now; how long plans and waves take and how
    that compares with the objective; servers; the engine's own health; its last errors.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        engine: RecoveryEngine,
        name: str | None = None,
        questions: bool = True,
    ) -> None:
        """
        :param engine: what is shown.
        :param name: of the dashboard, and what the names of saved questions begin with; default:
            the stack's.
        :param questions: save questions to Logs Insights; the embedded AWS has none.
        """
        super().__init__(scope, id)
        self._engine = engine
        self._name = name or cdk.Stack.of(self).stack_name
        self._logs = [function.log_group for function in engine.functions]
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Default",
            dashboard_name=self._name,
            default_interval=cdk.Duration.days(7),
            widgets=[
                [self._outcomes(), self._waiting()],
                [self._durations(Metric.PLAN_SECONDS, "How long plans take", PLAN_DIMENSION)],
                [
                    self._durations(
                        *(Metric.WAVE_SECONDS, "How long waves take"),
                        *(PLAN_DIMENSION, WAVE_DIMENSION),
                    )
                ],
                [self._objective(), self._servers()],
                [self._errors(), self._machine()],
                [self._last_errors()],
            ],
        )
        if questions:
            self._save_questions()

    def _outcomes(self) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title="Runs by outcome, per hour",
            width=_HALF,
            stacked=True,
            left=[
                self._engine.metric(metric, period=_HOUR, label=label)
                for metric, label in _OUTCOMES
            ],
        )

    def _waiting(self) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title="Runs that wait: the longest pause, the longest silence (seconds)",
            width=_HALF,
            left=[
                self._engine.metric(Metric.LONGEST_PAUSE_SECONDS, "Maximum", label="pause"),
                self._engine.metric(Metric.LONGEST_SILENCE_SECONDS, "Maximum", label="silence"),
            ],
            left_annotations=[
                cloudwatch.HorizontalAnnotation(value=600, label="silent for ten minutes")
            ],
        )

    def _durations(self, metric: Metric, title: str, *by: str) -> cloudwatch.GraphWidget:
        """Whatever plans and waves there are: CloudWatch looks for them each time."""
        dimensions = ",".join((METRICS_NAMESPACE, ENVIRONMENT_DIMENSION, *by))
        which = f'MetricName="{metric}" {ENVIRONMENT_DIMENSION}="{self._engine.environment_name}"'
        return cloudwatch.GraphWidget(
            title=f"{title} (seconds)",
            width=_WHOLE,
            left=[
                cloudwatch.MathExpression(
                    expression=f"SEARCH('{{{dimensions}}} {which}', 'Maximum', 3600)",
                    label="",
                    using_metrics={},
                    period=_HOUR,
                )
            ],
        )

    def _objective(self) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title="Recovery time by the objective: above 1 it was missed",
            width=_HALF,
            left=[
                self._engine.metric(Metric.RTO_RATIO, "Maximum", period=_HOUR, label="with pauses"),
                self._engine.metric(
                    *(Metric.RTO_RATIO_WITHOUT_PAUSES, "Maximum"),
                    period=_HOUR,
                    label="without pauses",
                ),
            ],
            left_annotations=[cloudwatch.HorizontalAnnotation(value=1, label="the objective")],
        )

    def _servers(self) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title="Servers, per hour",
            width=_HALF,
            stacked=True,
            left=[
                self._engine.metric(Metric.SERVERS_LAUNCHED, period=_HOUR, label="launched"),
                self._engine.metric(Metric.SERVERS_FAILED, period=_HOUR, label="failed"),
            ],
        )

    def _errors(self) -> cloudwatch.GraphWidget:
        functions = self._engine.functions
        return cloudwatch.GraphWidget(
            title="The engine's functions: errors (left), throttles (right)",
            width=_HALF,
            left=[one.metric_errors().with_(label=one.node.id) for one in functions],
            right=[one.metric_throttles().with_(label=one.node.id) for one in functions],
        )

    def _machine(self) -> cloudwatch.GraphWidget:
        machine = self._engine.state_machine
        return cloudwatch.GraphWidget(
            title="Executions of the state machine",
            width=_HALF,
            left=[machine.metric_failed(), machine.metric_aborted(), machine.metric_throttled()],
        )

    def _last_errors(self) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title="The engine's last errors",
            width=_WHOLE,
            log_group_names=[group.log_group_name for group in self._logs],
            query_lines=list(_ERRORS),
        )

    def _save_questions(self) -> None:
        self._question("Errors", self._logs, _ERRORS)
        self._question("RunsThatDidNotComplete", self._logs, _ENDS)
        self._question("SlowFunctions", self._logs, _SLOW)
        self._question("MachineErrors", [self._engine.state_machine.log_group], _MACHINE)

    def _question(self, id: str, groups: Sequence[logs.LogGroup], lines: Sequence[str]) -> None:
        logs.CfnQueryDefinition(
            self,
            id,
            name=f"{self._name}/{id}",
            log_group_names=[group.log_group_name for group in groups],
            query_string="\n| ".join(lines),
        )


# What our code logs, what Lambda's runtime logs of an exception that nobody caught, and Lambda's
# own report of a function that ran out of time or memory: each has other fields.
_ERRORS = (
    "fields @timestamp, @log, coalesce(message, errorMessage, record.status) as said",
    "fields coalesce(exception_name, errorType, record.errorType) as kind",
    "fields coalesce(exception, stackTrace.0) as details",
    "fields coalesce(function_request_id, requestId, record.requestId) as request",
    'filter level in ["ERROR", "CRITICAL"] or record.status in ["timeout", "error", "failure"]',
    "sort @timestamp desc",
    "limit 50",
)
_ENDS = (
    "fields @timestamp, event, executionId, planName, isDrill",
    "filter RunsFailed = 1 or RunsTimedOut = 1 or RunsCancelled = 1",
    "sort @timestamp desc",
    "limit 100",
)
_SLOW = (
    'filter type = "platform.report"',
    "stats count(*) as calls, max(record.metrics.durationMs) as slowest by @log",
    "sort slowest desc",
)
_MACHINE = (
    "fields @timestamp, execution_arn, type, details.error, details.cause",
    "sort @timestamp desc",
    "limit 50",
)
