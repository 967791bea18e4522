"""What wakes people when recovery runs, or the engine that leads them, are not well."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from breakwater.contract import Metric
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.runtime_function import RuntimeFunction

_SEE = "See docs/operations.md, alarms of recovery."
_AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_FEWER = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class RecoveryAlarms(Construct):
    """Alarms on runs (failed, timed out, paused for long, looked at by nobody), on the watch that
    tells so, and on the engine's functions and its state machine.

    A run that failed is told by a message, too; the alarm is for whoever does not read those. An
    error of a function is tried again, so one alone wakes nobody.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        engine: RecoveryEngine,
        notifications: Notifications,
        longest_pause: cdk.Duration | None = None,
        longest_silence: cdk.Duration | None = None,
    ) -> None:
        """
        :param engine: what is watched. `notifications`: who is told.
        :param longest_pause: so long a run may wait for people; default: one hour.
        :param longest_silence: so long a run that is under way may go unlooked at; default: ten
            minutes.
        """
        super().__init__(scope, id)
        self._notifications = notifications
        self._runs(engine)
        self._watch(
            engine,
            longest_pause or cdk.Duration.hours(1),
            longest_silence or cdk.Duration.minutes(10),
        )
        for function in engine.functions:
            self._function(function)
        self._machine(engine)

    def _runs(self, engine: RecoveryEngine) -> None:
        self._alarm(
            "RunsFailed",
            f"A recovery run has failed: servers may be missing. {_SEE}",
            engine.metric(Metric.RUNS_FAILED),
        )
        self._alarm(
            "RunsTimedOut",
            f"A recovery run took longer than its plan allows, or nobody resumed it. {_SEE}",
            engine.metric(Metric.RUNS_TIMED_OUT),
        )

    def _watch(self, engine: RecoveryEngine, pause: cdk.Duration, silence: cdk.Duration) -> None:
        self._alarm(
            "PauseTooLong",
            f"A recovery run has waited for people for {pause.to_human_string()}: somebody must "
            f"resume or cancel it. {_SEE}",
            engine.metric(Metric.LONGEST_PAUSE_SECONDS, "Maximum"),
            threshold=pause.to_seconds(),
        )
        self._alarm(
            "RunUnlookedAt",
            "A recovery run is under way, and the engine has not looked at it for "
            f"{silence.to_human_string()}. {_SEE}",
            engine.metric(Metric.LONGEST_SILENCE_SECONDS, "Maximum"),
            threshold=silence.to_seconds(),
        )
        self._alarm(
            "WatchSilent",
            f"Nobody looks after open recovery runs: the function that does is not called. {_SEE}",
            engine.watch.metric_invocations(),
            threshold=1,
            comparison=_FEWER,
            periods=2,
            missing=cloudwatch.TreatMissingData.BREACHING,
        )

    def _function(self, function: RuntimeFunction) -> None:
        name = function.node.id
        self._alarm(
            f"{name}Errors",
            f"The engine's function {name} keeps ending in errors. {_SEE}",
            function.metric_errors(),
            threshold=3,
        )
        self._alarm(
            f"{name}Throttles",
            f"Lambda keeps refusing to run the engine's function {name}: the account's concurrency "
            f"is used up. {_SEE}",
            function.metric_throttles(),
            threshold=5,
        )

    def _machine(self, engine: RecoveryEngine) -> None:
        self._alarm(
            "ExecutionsAborted",
            f"Somebody stopped the execution of a recovery run in Step Functions. {_SEE}",
            engine.state_machine.metric_aborted(),
        )
        self._alarm(
            "ExecutionsThrottled",
            f"Step Functions holds recovery runs back: the account's transitions are used up. "
            f"{_SEE}",
            engine.state_machine.metric_throttled(),
        )

    def _alarm(
        self,
        id: str,
        description: str,
        metric: cloudwatch.Metric,
        *,
        threshold: float = 1,
        comparison: cloudwatch.ComparisonOperator = _AT_LEAST,
        periods: int = 1,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        """On a plain metric: the embedded AWS knows no metric math."""
        alarm = cloudwatch.Alarm(
            self,
            id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=comparison,
            treat_missing_data=missing,
        )
        self._notifications.raise_on(alarm)
