"""The recovery stack: the engine of runs, and what speaks to people when something happens."""

from collections.abc import Sequence

import aws_cdk as cdk
from constructs import Construct

from breakwater_constructs.alarm_at_one import alarm_at_one
from breakwater_constructs.bulk_queue import BulkQueue
from breakwater_constructs.custom_workflows import CustomWorkflows
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.execution_rollups import ExecutionRollups
from breakwater_constructs.index_alarms import IndexAlarms
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.recovery_alarms import RecoveryAlarms
from breakwater_constructs.recovery_dashboard import RecoveryDashboard
from breakwater_constructs.recovery_engine import RecoveryEngine
from breakwater_constructs.rollup_alarms import RollupAlarms
from breakwater_constructs.rollups_table import RollupsTable
from breakwater_constructs.sla_alerts import SlaAlerts
from breakwater_constructs.throttle_alarms import throttle_alarms
from stacks.breakwater_stack import BreakwaterStack
from stacks.data import DataStack
from stacks.environments import Environment


class RecoveryStack(BreakwaterStack):
    """The engine, notifications, alerts on workflows that take too long, and alarms on all of it,
    on the tables and on the execution index.
    """

    part = "recovery"
    holds = "the recovery engine, notifications and alarms"

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        *,
        data: DataStack,
        tables: Sequence[DurableTable],
        index: ExecutionIndex,
        rollups: ExecutionRollups,
        rollups_table: RollupsTable,
        custom_workflows: CustomWorkflows,
        bulk_queue: BulkQueue,
    ) -> None:
        super().__init__(scope, environment)
        self.notifications = Notifications(
            self,
            "Notifications",
            notification_email=environment.notification_email,
            alarm_email=environment.alarm_email,
            embedded=environment.embedded,
        )
        self.engine = RecoveryEngine(
            self,
            "Engine",
            environment_name=environment.name,
            history=data.execution_history,
            leases=data.server_leases,
            notifications=self.notifications,
            variables=self.variables(environment),
            target_external_id=environment.target_external_id,
            time_scale=environment.time_scale,
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
            embedded=environment.embedded,
        )
        self.sla_alerts = SlaAlerts(
            self,
            "SlaAlerts",
            environment_name=environment.name,
            index=index.table,
            rollups=rollups_table,
            requests=data.requests,
            notifications=self.notifications,
            variables={**self.variables(environment), **self.engine.environment},
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
        )
        RecoveryDashboard(self, "Dashboard", engine=self.engine, questions=not environment.embedded)
        if environment.alarms:
            RecoveryAlarms(self, "Alarms", engine=self.engine, notifications=self.notifications)
            for alarm in (
                *(alarm for table in tables for alarm in throttle_alarms(self, table)),
                *IndexAlarms(self, "ExecutionIndex", index=index).alarms,
                *RollupAlarms(self, "ExecutionRollups", rollups=rollups).alarms,
                self.sla_alerts.alarm(),
                alarm_at_one(
                    self,
                    "BulkDeadLetters",
                    bulk_queue.metric_dead_letters(),
                    "Nobody could work on a bulk; starting it again wakes it up. See "
                    "docs/operations.md, bulk actions.",
                ),
                alarm_at_one(
                    self,
                    "CustomWorkflowsDeadLetters",
                    custom_workflows.metric_dead_letters(),
                    "Events of custom workflows were not understood; they wait with their reasons. "
                    "See docs/custom-workflows.md.",
                ),
            ):
                self.notifications.raise_on(alarm)
            if not environment.alarm_email and not environment.embedded:
                cdk.Annotations.of(self).add_warning_v2(
                    "breakwater:no-alarm-email",
                    f"Alarms of {environment.name!r} reach nobody: set alarm_email in "
                    "stacks/environments.py.",
                )
