"""The engine of recovery runs: its functions, the state machine that calls them, the watch."""

from collections.abc import Mapping
from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from breakwater import contract
from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.recovery_definition import RecoveryActions
from breakwater_constructs.recovery_permissions import grant_follow_launches, grant_recover_servers
from breakwater_constructs.recovery_state_machine import RecoveryStateMachine
from breakwater_constructs.runtime_function import POWERTOOLS_LAYER_PARAMETER, RuntimeFunction
from breakwater_constructs.server_leases_table import ServerLeasesTable
from breakwater_constructs.target_account_role import grant_reach_accounts, grant_reads


class RecoveryEngine(Construct):
    """Recovers servers in waves, run by run; what a run is, ExecutionHistory says.

    Five functions are called by the state machine. The sixth, `watch`, looks at all open runs once
    a minute: it starts what was accepted and not started, ends pauses that lasted too long, and
    tells how long the longest pause and the longest silence have been. Each role holds what its
    function calls and nothing more.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        environment_name: str,
        history: ExecutionHistoryTable,
        leases: ServerLeasesTable,
        notifications: Notifications,
        variables: Mapping[str, str] | None = None,
        target_external_id: str | None = None,
        time_scale: int = 1,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        retain_logs: bool = True,
        powertools_layer_parameter: str = POWERTOOLS_LAYER_PARAMETER,
        embedded: bool = False,
    ) -> None:
        """
        :param environment_name: of the deployment: part of the names of what it looks up.
        :param history: runs. `leases`: who holds which server. `notifications`: who is told.
        :param variables: more environment variables for every function.
        :param target_external_id: the word that accounts of servers know; default: none is reached.
        :param time_scale: how many times faster than the wall clock the minutes of plans pass.
        :param log_retention: how long logs are kept. `retain_logs` keeps them when the stack goes.
        :param powertools_layer_parameter: the SSM parameter that holds the ARN of the layer.
        :param embedded: for the embedded AWS.
        """
        super().__init__(scope, id)
        self.environment_name = environment_name
        self._history, self._leases, self._notifications = history, leases, notifications
        self._embedded = embedded
        self._make = partial(
            RuntimeFunction,
            log_retention=log_retention,
            retain_logs=retain_logs,
            powertools_layer_parameter=powertools_layer_parameter,
        )
        self._variables = {
            contract.ENVIRONMENT_VARIABLE: environment_name,
            contract.ACCOUNT_VARIABLE: cdk.Aws.ACCOUNT_ID,
            # An id that no role asks for, where no other account is to be reached.
            contract.TARGET_EXTERNAL_ID_VARIABLE: target_external_id or "none",
            contract.MESSAGES_TOPIC_VARIABLE: notifications.messages.topic_arn,
            contract.TIME_SCALE_VARIABLE: str(time_scale),
            **history.environment,
            **leases.environment,
            **(variables or {}),
        }
        self.begin = self._begin()
        self.update = self._update()
        self.store_token = self._function(
            "StoreTaskToken", "Recovery: keeps the token of a pause, and tells people"
        )
        self.resume = self._resume()
        self.record_failure = self._record_failure()
        self.state_machine = RecoveryStateMachine(
            self,
            "StateMachine",
            actions=RecoveryActions(
                begin=self.begin.function,
                update_wave_status=self.update.function,
                store_task_token=self.store_token.function,
                resume_wave=self.resume.function,
                record_failure=self.record_failure.function,
            ),
            log_retention=log_retention,
            retain_logs=retain_logs,
            embedded=embedded,
        )
        self.state_machine.grant_answer(self.store_token)
        self.watch = self._watch()

    @property
    def functions(self) -> list[RuntimeFunction]:
        """All six."""
        return [
            *(self.begin, self.update, self.store_token),
            *(self.resume, self.record_failure, self.watch),
        ]

    @property
    def environment(self) -> dict[str, str]:
        """What a function needs that starts runs: merge it into its environment."""
        return {contract.STATE_MACHINE_VARIABLE: self.state_machine.alias_arn}

    def metric(
        self,
        metric: contract.Metric,
        statistic: str = "Sum",
        *,
        period: cdk.Duration | None = None,
        label: str | None = None,
    ) -> cloudwatch.Metric:
        """What the engine tells of its runs, over all plans.

        :param period: default: five minutes.
        """
        return cloudwatch.Metric(
            namespace=contract.METRICS_NAMESPACE,
            metric_name=metric,
            dimensions_map={contract.ENVIRONMENT_DIMENSION: self.environment_name},
            statistic=statistic,
            period=period or cdk.Duration.minutes(5),
            label=label,
        )

    def _begin(self) -> RuntimeFunction:
        begin = self._function(
            "Begin",
            "Recovery: freezes the plan, takes leases, starts the first waves; begins a cleanup",
        )
        self._history.grant_read_item(begin)
        self._leases.grant_take(begin)
        self._leases.grant_give_back(begin)
        grant_reads(begin, ["drs:DescribeJobs"])
        grant_recover_servers(begin)
        grant_reach_accounts(begin, self.environment_name)
        return begin

    def _update(self) -> RuntimeFunction:
        update = self._function(
            "UpdateWaveStatus", "Recovery: asks DRS, settles waves, starts the next ones"
        )
        self._leases.grant_give_back(update)
        grant_reads(update, ["drs:DescribeJobs", "drs:GetLaunchConfiguration"])
        grant_recover_servers(update)
        grant_follow_launches(update, embedded=self._embedded)
        grant_reach_accounts(update, self.environment_name)
        return update

    def _resume(self) -> RuntimeFunction:
        resume = self._function("ResumeWave", "Recovery: a pause is over, waves are let go")
        self._leases.grant_give_back(resume)
        grant_reads(resume, ["drs:DescribeJobs"])
        grant_recover_servers(resume)
        grant_reach_accounts(resume, self.environment_name)
        return resume

    def _record_failure(self) -> RuntimeFunction:
        record = self._function(
            "RecordFailure", "Recovery: writes down an error that nobody foresaw"
        )
        self._leases.grant_give_back(record)
        return record

    def _watch(self) -> RuntimeFunction:
        watch = self._function(
            "WatchRuns", "Recovery: looks at all open runs once a minute", self.environment
        )
        self._history.grant_find_open(watch)
        self._leases.grant_give_back(watch)
        grant_reads(watch, ["drs:DescribeJobs"])
        grant_reach_accounts(watch, self.environment_name)
        self.state_machine.grant_start(watch)
        self.state_machine.grant_look(watch)
        self.state_machine.grant_answer(watch)
        events.Rule(
            self,
            "EveryMinute",
            description="Breakwater looks at its open recovery runs",
            schedule=events.Schedule.rate(cdk.Duration.minutes(1)),
            # The next minute is the retry.
            targets=[targets.LambdaFunction(watch.function, retry_attempts=0)],
        )
        watch.function.configure_async_invoke(
            retry_attempts=0, max_event_age=cdk.Duration.minutes(1)
        )
        return watch

    def _function(
        self, id: str, description: str, more: Mapping[str, str] | None = None
    ) -> RuntimeFunction:
        """One that reads and writes runs and tells people; what else it may, its maker says."""
        function = self._make(
            self,
            id,
            handler=_handler(id),
            description=description,
            environment={**self._variables, **(more or {})},
            timeout=cdk.Duration.minutes(1),
        )
        self._history.grant_read_run(function)
        self._history.grant_record(function)
        self._notifications.grant_tell(function)
        here = f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        iam.Grant.add_to_principal(
            grantee=function,
            actions=["ssm:GetParameter"],
            resource_arns=[
                f"{here}:parameter{contract.portal_url_parameter(self.environment_name)}"
            ],
        )
        return function


def _handler(id: str) -> str:
    """WatchRuns → watch_runs."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in id)[1:]
