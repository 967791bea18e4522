"""Plans a server's way through a job: snapshot, conversion, launch, actions; or where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.files import server_faults
from breakwater_local.drs.files.causes import LAUNCH_CAUSES
from breakwater_local.drs.launch import FAILED, LAUNCHED, TERMINATED, ActionRun, Launch, LogItem
from breakwater_local.drs.snapshots import Snapshot
from breakwater_local.drs.world import SourceServer

LENGTHS = {"snapshot": (300.0, 600.0), "conversion": (180.0, 300.0), "launch": (120.0, 180.0)}
"""How long each phase takes, in simulated seconds."""
UNFINISHED = 240.0
_FIRST_ACTION = 2

_FAIL_EVENTS = {
    "snapshot": "SNAPSHOT_FAIL",
    "conversion": "CONVERSION_FAIL",
    "launch": "LAUNCH_FAILED",
}
AnyServerFault = TypeVar("AnyServerFault", bound=server_faults.ServerFault)


@dataclass
class Planner:
    """Plans one launch; time moves on as its phases are laid end to end."""

    dice: Dice
    job_id: str
    server: SourceServer
    created: float
    time: float
    faults: Sequence[server_faults.ServerFault]
    snapshot: Snapshot | None
    """The one that was asked for, or the newest there is."""
    fresh: bool
    """Take a new snapshot rather than use that one."""

    def plan(self) -> Launch:
        """The whole launch, from this moment to its end."""
        self.launch = Launch(self.server.id, [(self.created, "PENDING")], self.time)
        skipped = self._fault(server_faults.ServerSkipped)
        unfinished = self._fault(server_faults.LeftUnfinished)
        if skipped:
            self._log("SERVER_SKIPPED")
            if skipped.leaves == FAILED:
                self._becomes(FAILED)
        elif unfinished:
            if unfinished.leaves == "IN_PROGRESS":
                self._becomes("IN_PROGRESS")
                self._log("SNAPSHOT_START")
            self.time += UNFINISHED
        else:
            self._becomes("IN_PROGRESS")
            if self._snapshot() and self._conversion() and self._launch():
                self._after_launch()
        self.launch.settled = max(self.launch.settled, self.time)
        return self.launch

    def _snapshot(self) -> bool:
        began = self.time
        if self.fresh:
            self._log("SNAPSHOT_START")
            self._pass("snapshot")
            if self._fails_in("snapshot"):
                return False
        if self.snapshot and (not self.fresh or self._fault(server_faults.PreviousSnapshot)):
            if self.fresh:
                said = "The replication server could not take a snapshot."
                self._log("SNAPSHOT_FAIL", rawError=said)
            self._log("USING_PREVIOUS_SNAPSHOT")
            self.launch.data_from = self.snapshot.taken
        else:
            self._log("SNAPSHOT_END")
            self.launch.data_from = began
        return True

    def _conversion(self) -> bool:
        if self.server.launch_configuration["recoveryMode"] == "FAST":
            return True
        converter = self.dice.id("i-", "conversion server", self.job_id, self.server.id)
        self._log("CONVERSION_START", conversionServerID=converter)
        self._pass("conversion")
        if self._fails_in("conversion", conversionServerID=converter):
            return False
        self._log("CONVERSION_END", conversionServerID=converter)
        return True

    def _launch(self) -> bool:
        self._log("LAUNCH_START")
        began = self.time
        self._pass("launch")
        if self._fails_in("launch"):
            return False
        self.launch.instance_id = self.dice.id("i-", self.job_id, self.server.id)
        self.launch.appears = round(began + (self.time - began) / 2, 1)
        self.launch.runs = self.time
        self._becomes(LAUNCHED)
        return True

    def _after_launch(self) -> None:
        launched = self.time
        self._actions(launched)
        cleaned_up = self._fault(server_faults.TerminatedDuringJob)
        if cleaned_up:
            self.time = self.launch.terminates = launched + cleaned_up.after
            self._becomes(TERMINATED)
        vanished = self._fault(server_faults.InstanceGone)
        if vanished:
            self.launch.vanishes = launched + vanished.after

    def _actions(self, begins: float) -> None:
        if not self.server.launch_configuration["postLaunchEnabled"]:
            return
        fault = self._fault(server_faults.ActionFails)
        for order, action in enumerate(self.server.profile.launch.post_launch_actions):
            fails = fault if fault and fnmatchcase(action.name, fault.action) else None
            about = (self.job_id, self.server.id, order)
            run = ActionRun(
                id=self.dice.uuid("run", *about),
                action=action,
                action_id=self.dice.uuid("action", self.server.id, order),
                order=_FIRST_ACTION + order,
                begins=begins,
                ends=begins + action.takes,
                failure=fails.reason if fails else None,
            )
            self.launch.actions.append(run)
            begins = run.ends

    def _pass(self, phase: str) -> None:
        slow = next(
            (f for f in self.faults if isinstance(f, server_faults.SlowPhase) and f.phase == phase),
            None,
        )
        drawn = self.dice.between(*LENGTHS[phase], phase, self.job_id, self.server.id)
        self.time = round(self.time + (slow.takes if slow else drawn), 1)

    def _fails_in(self, phase: str, **data: Any) -> bool:
        meant = (
            f for f in self.faults if isinstance(f, server_faults.LaunchFails) and f.phase == phase
        )
        fault = next(meant, None)
        if fault is None:
            return False
        zone = self.server.arn.split(":")[3] + "a"
        said = LAUNCH_CAUSES[fault.cause].format(type=self.server.profile.instance_type, zone=zone)
        self._log(_FAIL_EVENTS[phase], rawError=fault.error or said, **data)
        self._becomes(FAILED)
        return True

    def _fault(self, kind: type[AnyServerFault]) -> AnyServerFault | None:
        return next((fault for fault in self.faults if isinstance(fault, kind)), None)

    def _becomes(self, status: str) -> None:
        self.launch.statuses.append((self.time, status))

    def _log(self, event: str, **data: Any) -> None:
        item = LogItem(self.time, event, {"sourceServerID": self.server.id, **data})
        self.launch.log.append(item)
