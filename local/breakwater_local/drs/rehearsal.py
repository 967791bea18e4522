"""Applies the script: which faults strike this call, this recovery, this server's replication.

It counts how often each fault struck; that is all it remembers.
"""

from collections.abc import Sequence
from math import inf
from typing import TypeVar

from breakwater_local.drs.files import call_faults, server_faults
from breakwater_local.drs.files.fault import Counted, Fault, is_meant
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.native_plan import PlanExecution
from breakwater_local.drs.replication import Window
from breakwater_local.drs.world import SourceServer, World

AnyFault = TypeVar("AnyFault", bound=Fault)

Marks = tuple[dict[tuple[int, str], int], dict[int, int]]


class Rehearsal:
    """The script, being played."""

    def __init__(self, played: Script) -> None:
        self.script = played
        self._seen: dict[tuple[int, str], int] = {}
        self._struck: dict[int, int] = {}
        self._sessions: dict[str, float] = {}
        self._begun: set[tuple[str, str]] = set()

    def on_call(
        self, world: World, operation: str, servers: Sequence[SourceServer], at: float
    ) -> list[call_faults.CallFault]:
        """The faults that strike this call; they count as used."""
        meant = _named(servers)
        found: list[call_faults.CallFault] = []
        for number, fault in enumerate(self.script.faults):
            if (
                isinstance(fault, call_faults.CallFault)
                and not isinstance(fault, call_faults.ExpiredSession)
                and fault.active(world.account, world.region, at)
                and fault.strikes(operation, meant)
                and not self._is_over(fault, world, operation)
                and self._counts(number, fault, "")
            ):
                found.append(fault)
        return found

    def on_session(
        self,
        world: World,
        access_key: str,
        operation: str,
        servers: Sequence[SourceServer],
        at: float,
    ) -> bool:
        """Has the session of this access key expired?"""
        since = self._sessions.setdefault(access_key, at)
        for number, fault in enumerate(self.script.faults):
            if (
                isinstance(fault, call_faults.ExpiredSession)
                and fault.active(world.account, world.region, at)
                and fault.strikes(operation, _named(servers))
            ):
                if fault.lifetime is not None:
                    if at >= since + fault.lifetime:
                        self._strike(number)
                        return True
                elif self._counts(number, fault, ""):
                    return True
        return False

    def on_recovery(
        self, world: World, server: SourceServer, at: float
    ) -> list[server_faults.ServerFault]:
        """The faults that strike this server in the job that begins; they count as used."""
        return [
            fault
            for number, fault in enumerate(self.script.faults)
            if isinstance(fault, server_faults.ServerFault)
            and fault.active(world.account, world.region, at)
            and is_meant(fault.server, *server.known_as)
            and self._counts(number, fault, f"{world.account}/{world.region}/{server.id}")
        ]

    def windows(self, world: World, names: Sequence[str]) -> tuple[Window, ...]:
        """When the script holds up the replication of a server."""
        return tuple(
            Window(fault.state, fault.from_, fault.until)
            for fault in self._about(server_faults.Replication, world, names)
        )

    def expiries(self, world: World, names: Sequence[str]) -> tuple[float, ...]:
        """When all snapshots of a server go away."""
        return tuple(f.from_ for f in self._about(server_faults.SnapshotsExpire, world, names))

    def failback_after(self, world: World, server: SourceServer, runs: float) -> float | None:
        """When a failback client takes over an instance that is up from then on."""
        for fault in self._about(server_faults.FailbackStarts, world, server.known_as):
            begins = max(fault.from_, runs)
            if begins < (inf if fault.until is None else fault.until):
                return begins
        return None

    def plans(self, world: World) -> list[PlanExecution]:
        """The executions of native recovery plans that are scripted here."""
        found = []
        for number, fault in enumerate(self.script.faults):
            if not isinstance(fault, server_faults.RecoveryPlanRuns):
                continue
            if fault.account in (None, world.account) and fault.region in (None, world.region):
                servers = [
                    one for one in world.servers.values() if is_meant(fault.server, *one.known_as)
                ]
                if servers:
                    found.append(PlanExecution.of(fault, number, world, servers))
        return found

    def plan_of(self, world: World, server: SourceServer, at: float) -> PlanExecution | None:
        """The native recovery plan that is at work on a server."""
        at_work = (plan for plan in self.plans(world) if plan.status_at(at) == "IN_PROGRESS")
        return next((plan for plan in at_work if server in plan.servers), None)

    def marks(self) -> Marks:
        """How often each fault struck until now, to go back to."""
        return dict(self._seen), dict(self._struck)

    def back_to(self, marks: Marks) -> None:
        """A call turned out to be one that changes nothing: it was not counted."""
        self._seen, self._struck = marks

    def only(self, fault: call_faults.CallFault, marks: Marks) -> None:
        """One fault decided the answer: the others that would have struck are not used up."""
        number = next(n for n, known in enumerate(self.script.faults) if known is fault)
        seen, struck = self._seen, self._struck
        self.back_to(marks)
        self._struck[number] = struck.get(number, 0)
        self._seen |= {key: count for key, count in seen.items() if key[0] == number}

    def initialized(self, world: World) -> None:
        """InitializeService was called: the account is not uninitialized any more."""
        self._begun.add((world.account, world.region))

    def report(self) -> list[dict[str, object]]:
        """Each fault, and how often it struck."""
        return [
            {"fault": fault.fault, "name": fault.name, "struck": self._struck.get(number, 0)}
            for number, fault in enumerate(self.script.faults)
        ]

    def _about(self, kind: type[AnyFault], world: World, names: Sequence[str]) -> list[AnyFault]:
        return [
            fault
            for fault in self.script.faults
            if isinstance(fault, kind)
            and fault.account in (None, world.account)
            and fault.region in (None, world.region)
            and is_meant(getattr(fault, "server", ()), *names)
        ]

    def _is_over(self, fault: call_faults.CallFault, world: World, operation: str) -> bool:
        return isinstance(fault, call_faults.UninitializedAccount) and (
            operation == "InitializeService" or (world.account, world.region) in self._begun
        )

    def _counts(self, number: int, fault: Counted, whose: str) -> bool:
        """One more chance for the fault to strike: does it?"""
        seen = self._seen.get((number, whose), 0)
        self._seen[number, whose] = seen + 1
        strikes = seen >= fault.skip and (
            fault.times == "always" or seen < fault.skip + fault.times
        )
        if strikes:
            self._strike(number)
        return strikes

    def _strike(self, number: int) -> None:
        self._struck[number] = self._struck.get(number, 0) + 1


def _named(servers: Sequence[SourceServer]) -> list[tuple[str, ...]]:
    return [server.known_as for server in servers]
