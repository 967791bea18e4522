"""What is watched of an execution index."""

from typing import TYPE_CHECKING

from constructs import Construct

from breakwater_constructs.alarm_at_one import alarm_at_one

if TYPE_CHECKING:
    from breakwater_constructs.execution_index import ExecutionIndex


class IndexAlarms(Construct):
    """Alarms on an index. They tell nobody by themselves: add actions to each of `alarms`."""

    def __init__(self, scope: Construct, id: str, *, index: "ExecutionIndex") -> None:
        super().__init__(scope, id)
        self.alarms = [
            alarm_at_one(
                self,
                "DeadLetters",
                index.metric_dead_letters(),
                "Status changes could not be indexed; they wait with their reasons. See "
                "docs/execution-index.md, dead letters.",
            ),
            alarm_at_one(
                self,
                "SweepFails",
                index.metric_sweep_errors(),
                "The sweep ends in errors, so what events miss is not mended. See "
                "docs/execution-index.md, the sweep.",
            ),
        ]
