"""What is watched of the counting of executions."""

from typing import TYPE_CHECKING

from constructs import Construct

from breakwater_constructs.alarm_at_one import alarm_at_one

if TYPE_CHECKING:
    from breakwater_constructs.execution_rollups import ExecutionRollups


class RollupAlarms(Construct):
    """Alarms on what counts executions. They tell nobody by themselves: add actions to `alarms`."""

    def __init__(self, scope: Construct, id: str, *, rollups: "ExecutionRollups") -> None:
        super().__init__(scope, id)
        self.alarms = [
            alarm_at_one(
                self,
                "DeadLetters",
                rollups.metric_dead_letters(),
                "Executions could not be counted; they wait with their reasons. See "
                "docs/analytics.md, dead letters.",
            ),
            alarm_at_one(
                self,
                "SweepFails",
                rollups.metric_sweep_errors(),
                "Histories that could not be read at first cannot be counted either. See "
                "docs/analytics.md, the sweep.",
            ),
        ]
