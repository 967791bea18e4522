"""What is watched of live updates."""

from typing import TYPE_CHECKING

from constructs import Construct

from breakwater_constructs.alarm_at_one import alarm_at_one

if TYPE_CHECKING:
    from breakwater_constructs.live_api import LiveApi


class LiveAlarms(Construct):
    """Alarms on live updates. They tell nobody by themselves: add actions to `alarms`."""

    def __init__(self, scope: Construct, id: str, *, live: "LiveApi") -> None:
        super().__init__(scope, id)
        self.alarms = [
            alarm_at_one(
                self,
                "DeadLetters",
                live.metric_dead_letters(),
                "Changes could not be told to those who listen; they wait with their reasons. See "
                "docs/live.md, dead letters.",
            ),
            alarm_at_one(
                self,
                "TailFails",
                live.metric_tail_errors(),
                "The steps of watched executions are not read. See docs/live.md, the tail.",
            ),
        ]
